"""A book in its order: each section after those it needs, held back only by what is incomplete before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from storygen.draft import Draft, DraftStatus, Flag
from storygen.outline.tree import Section
from storygen.settings import OnRefusal
from storygen.text.words import count_words
from storygen.writer.ask import Commission
from storygen.writer.attempt import Line
from storygen.writer.events import Began
from storygen.writer.reasons import Sitting
from storygen.writer.section import write_section


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where drafts lie: `resume` gives what an earlier run left, `keep` takes a draft that has ended.

    `leave` saves what there is of a section that had to be left in the middle.
    """

    resume: Callable[[Section], Sitting]
    keep: Callable[[Section, Draft], None]
    leave: Callable[[Section], None]


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be written in this run, and what is there already.

    `texts` are the texts of the book by id, `missing` the sections to write, in reading order, `ready` the
    ids of all sections that others may follow.
    """

    missing: tuple[Section, ...]
    texts: Mapping[str, str]
    ready: frozenset[str]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run wrote, and which sections it held back."""

    drafts: tuple[Draft, ...]
    held_back: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was left incomplete or held back."""
        return not self.held_back and all(draft.status is not DraftStatus.INCOMPLETE for draft in self.drafts)


async def write_book(
    commission: Commission, work: Work, *, line: Line, shelf: Shelf, stop: Callable[[], bool]
) -> Result:
    """Write what is missing, one section after another, keeping each as soon as it ends.

    *stop* is asked before every section. A section that ends incomplete holds back what comes after it; a
    refusal holds back the rest of the book, unless the settings say to skip it.
    """
    texts, ready = dict(work.texts), set(work.ready)
    drafts: list[Draft] = []
    held: list[str] = []
    refused = False
    for section in work.missing:
        if refused or stop() or not ready.issuperset(section.after):
            held.append(section.id)
            continue
        draft = await _write(commission, section, texts, line=line, shelf=shelf)
        drafts.append(draft)
        refused = Flag.REFUSED in draft.flags and commission.settings.on_refusal is OnRefusal.STOP
        if draft.status is not DraftStatus.INCOMPLETE:
            ready.add(section.id)
            texts[section.id] = draft.text
    return Result(tuple(drafts), tuple(held))


async def _write(
    commission: Commission,
    section: Section,
    texts: Mapping[str, str],
    *,
    line: Line,
    shelf: Shelf,
) -> Draft:
    sitting = shelf.resume(section)
    line.tell(Began(section, count_words(sitting.text)))
    try:
        draft = await write_section(commission, section, texts, sitting=sitting, line=line)
    except BaseException:
        shelf.leave(section)
        raise
    shelf.keep(section, draft)
    return draft
