"""A book in its order: each section after those it needs, as many at once as may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

import anyio
from anyio.abc import TaskGroup

from storygen.draft import Draft, DraftStatus, Flag
from storygen.errors import Cut, FileError, JournalError, ModelError, Rejected, lone
from storygen.known_settings import OnRefusal
from storygen.outline.tree import Section
from storygen.text.words import count_words
from storygen.writer.ask import Commission
from storygen.writer.attempt import Line
from storygen.writer.events import Began, Left
from storygen.writer.reasons import Sitting
from storygen.writer.section import write_section


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where drafts lie: `resume` gives what an earlier run left, `keep` takes a draft that has ended.

    `resume` is told the texts that the section is about to be asked with, by id. `keep` returns the text that
    the section has from then on: its author may have written one meanwhile. `leave` saves what there is of a
    section that had to be left in the middle. `proofread` sees a draft before that, and may flag it.
    """

    resume: Callable[[Section, Mapping[str, str]], Sitting]
    keep: Callable[[Section, Draft], str]
    leave: Callable[[Section], None]
    proofread: Callable[[Section, Draft], Draft] = lambda _, draft: draft


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
    """Write what is missing, each section as soon as all that it comes after is there.

    As many as the settings' `jobs` are written at once, and each is kept as soon as it ends; what is whole
    comes out the same however many. *stop* is asked before every section. A section that ends incomplete
    holds back only what comes after it; a refusal holds back the rest of the book, unless the settings say to
    skip it. Raises the error of a section that could not be written: at once where it concerns the whole run,
    else when the others are done.
    """
    bench = _Bench(commission, line, shelf, stop, dict(work.texts), set(work.ready), list(work.missing))
    try:
        async with anyio.create_task_group() as group:
            bench.start(group)
    except BaseExceptionGroup as several:
        raise lone(several.subgroup(JournalError) or several) from None
    if bench.failures:
        raise bench.failures[0]
    ids = [section.id for section in work.missing]
    written = tuple(bench.drafts[id_] for id_ in ids if id_ in bench.drafts)
    return Result(written, tuple(id_ for id_ in ids if id_ not in bench.drafts))


@dataclass(slots=True)
class _Bench:
    """A book as it is written: the sections that wait, how many are at hand, and what came of the others."""

    commission: Commission
    line: Line
    shelf: Shelf
    stop: Callable[[], bool]
    texts: dict[str, str]
    ready: set[str]
    waiting: list[Section]
    at_hand: int = 0
    refused: bool = False
    drafts: dict[str, Draft] = field(default_factory=dict)
    failures: list[ModelError] = field(default_factory=list)

    def start(self, group: TaskGroup) -> None:
        """Begin as many sections as may be at hand, the first in reading order first."""
        room = self.commission.settings.jobs - self.at_hand
        able = (section for section in self.waiting if self.ready.issuperset(section.after))
        for section in list(islice(able, room)):
            if self.refused or self.stop():
                return
            self.waiting.remove(section)
            self.at_hand += 1
            group.start_soon(self._finish, section, group)

    async def _finish(self, section: Section, group: TaskGroup) -> None:
        """Write *section*, and begin what can follow."""
        try:
            self._keep(section, self.shelf.proofread(section, await self._write(section)))
        except ModelError as error:
            if _ends_the_run(error):
                raise
            self.failures.append(error)
            self.line.tell(Left(section, error.message))
        self.at_hand -= 1
        self.start(group)

    async def _write(self, section: Section) -> Draft:
        sitting = self.shelf.resume(section, self.texts)
        self.line.tell(Began(section, count_words(sitting.text)))
        try:
            return await write_section(self.commission, section, self.texts, sitting=sitting, line=self.line)
        except BaseException:
            with suppress(
                FileError
            ):  # what came is in the journal, and the error that is on its way says more
                self.shelf.leave(section)
            raise

    def _keep(self, section: Section, draft: Draft) -> None:
        text = self.shelf.keep(section, draft)
        self.drafts[section.id] = draft
        if Flag.REFUSED in draft.flags and self.commission.settings.on_refusal is OnRefusal.STOP:
            self.refused = True
        if draft.status is not DraftStatus.INCOMPLETE:
            self.ready.add(section.id)
            self.texts[section.id] = text


def runs_alone(sections: Sequence[Section]) -> bool:
    """Say whether no two of *sections* can be written at once, since each waits for another one."""
    open_ = {section.id for section in sections}
    after = {section.id: open_.intersection(section.after) for section in sections}
    written: set[str] = set()
    while open_:
        able = [id_ for id_ in open_ if after[id_] <= written]
        if len(able) != 1:
            return not able
        written.update(able)
        open_.difference_update(able)
    return True


def _ends_the_run(error: ModelError) -> bool:
    """Say whether every other section would meet the same *error*: a key, an account, no connection."""
    match error:
        case Rejected():
            return error.fatal
        case Cut():
            return not error.retry
        case _:
            return True
