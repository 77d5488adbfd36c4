"""Knows a section again whose title was changed: the text that belongs to it is asked for once only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from storygen.book.drafts import StoredDraft
from storygen.book.record import Written, hash_text
from storygen.book.view import JournalView
from storygen.desk.inputs import card_hash
from storygen.desk.states import Shelved
from storygen.draft import Finding
from storygen.errors import OutlineError
from storygen.outline.tree import Outline, Section
from storygen.text.slug import slug

_INTRO = "-intro"
_TITLE = re.compile(r"(?P<indent>[ \t]*(?:- +)?)title[ \t]*:")
_ITEM = re.compile(r"(?P<indent>[ \t]*- +)(?P<title>[^\s{\[].*)")


@dataclass(frozen=True, slots=True)
class Retitled:
    """A section without a draft, and the draft without a section that seems to be its own."""

    section: Section
    draft: StoredDraft


def placed(sections: Sequence[Section], written: Mapping[str, Written]) -> dict[str, Written]:
    """Return what is *written*, each with the beats and the place that its section has now."""
    befores = _befores(sections)
    now = {
        section.id: _placed(written[section.id], _beats(section), befores[section.id])
        for section in sections
        if section.id in written
    }
    return {**written, **now}


def _placed(written: Written, beats: str, before: str) -> Written:
    """Return *written* as it is where its place is known, which that of most is."""
    there = (written.beats, written.follows) == (beats, before)
    return written if there else replace(written, beats=beats, follows=before)


def begun(sections: Iterable[Section], shelved: Shelved, journal: JournalView) -> dict[str, str]:
    """Return the ids of unfinished drafts whose section is gone, each with the hash of its card then.

    The *journal* knows what they were asked from; a rehearsal, which nobody paid for, is not among them.
    """
    gone = shelved.partials.keys() - {section.id for section in sections}
    cards = {id_: journal.inputs(id_, rehearsed=False).get("card", "") for id_ in gone}
    return {id_: card for id_, card in cards.items() if card}


def retitled(
    sections: Sequence[Section], shelved: Shelved, *, partials: Mapping[str, str]
) -> tuple[Retitled, ...]:
    """Return the sections whose title, and so whose id, was changed since their draft was written.

    Such a section has no draft and an id that comes from its title. The draft's own section is gone; it had
    the same beats (where there are none, the same summary), and the same section before it or beats that no
    other section without a draft has. What nobody paid for, an unedited rehearsal, does not count. Of the
    *partials*, from `begun`, the card has to be the same, and no other section's without a draft.
    """
    found: dict[str, Retitled] = {}
    lost = dict(_lost(sections, shelved))
    befores = _befores(sections)
    bare = [section for section in sections if _is_bare(section, shelved)]
    for section in bare:
        before = befores[section.id]
        before = found[before].draft.id if before in found else before
        alone = bool(_plan(section)) and sum(_plan(each) == _plan(section) for each in bare) == 1
        old = [id_ for id_, written in lost.items() if written.beats == _beats(section)]
        here = [id_ for id_ in old if lost[id_].follows == before]
        for id_ in (here or old)[: bool(here) or alone]:
            found[section.id] = Retitled(section, shelved.drafts[id_])
            del lost[id_]
    rest = [section for section in bare if section.id not in found]
    return (*found.values(), *_unfinished(rest, shelved, partials))


def _unfinished(bare: Sequence[Section], shelved: Shelved, partials: Mapping[str, str]) -> Iterator[Retitled]:
    """Yield those of the *bare* sections that were begun under another title."""
    cards = Counter(card_hash(section) for section in bare)
    for section in bare if partials else ():
        card = card_hash(section)
        old = [id_ for id_, begun_from in partials.items() if begun_from == card]
        if len(old) == 1 and cards[card] == 1:
            yield Retitled(section, shelved.partials[old[0]])


def refuse_retitled(
    outline: Outline, shelved: Shelved, *, partials: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Raise OutlineError, with the line to write for each, where a title was changed without an id."""
    found = retitled(outline.sections, shelved, partials=partials)
    if found:
        raise OutlineError(
            f"{outline.path}: a title has changed, and the text of its section would be left behind",
            "give the section its old id: `storygen check` shows the line",
            findings=tuple(findings(outline.path, found)),
        )


def findings(path: Path, found: Iterable[Retitled]) -> Iterator[Finding]:
    """Yield, for everything that was *found* in the outline at *path*, the place and the id line."""
    lines = ["", *path.read_text(encoding="utf-8-sig").split("\n")]
    for each in found:
        section, draft = each.section, each.draft
        id_ = draft.id.removesuffix(_INTRO) if section.intro_of else draft.id
        source = lines[section.line].rstrip("\r")
        column = max(source.find(section.title), 0) + 1
        yield Finding(
            rule="outline/lost-id",
            message=f"`{section.id}` has no draft, and drafts/{draft.path.name} has no section",
            path=str(path),
            line=section.line,
            column=column,
            width=max(1, min(len(section.title), len(source) - column + 1)),
            source=source,
            under="same place, same beats: a new title?",
            help=f"keep its text: {_advice(source, id_, markdown=path.suffix == '.md')}\n"
            f"if it is another section, move drafts/{draft.path.name} out of drafts/",
        )


def _lost(sections: Iterable[Section], shelved: Shelved) -> Iterator[tuple[str, Written]]:
    """Yield the ids of drafts whose section is gone, and what is known of them."""
    known = {section.id for section in sections}
    for id_, written in shelved.record.sections.items():
        draft = shelved.drafts.get(id_)
        paid = draft and not (written.rehearsed and written.text == hash_text(draft.text))
        if paid and written.beats and id_ not in known:
            yield id_, written


def _befores(sections: Sequence[Section]) -> dict[str, str]:
    """Return, for every section's id, the id of the section before it; nothing for the first."""
    ids = [section.id for section in sections]
    return dict(zip(ids, ["", *ids], strict=False))


def _is_bare(section: Section, shelved: Shelved) -> bool:
    derived = slug(section.title) + (_INTRO if section.intro_of else "")
    there = section.id in shelved.drafts or section.id in shelved.partials
    return section.asked and section.id == derived and not there


def _beats(section: Section) -> str:
    return _hashed(_plan(section))


@lru_cache(maxsize=10_000)
def _hashed(plan: str) -> str:
    """Hash *plan*, once for all the times that the record is written."""
    return hash_text(plan)


def _plan(section: Section) -> str:
    """Return what is to happen in *section*: its beats, or its summary where it has none."""
    return "\n".join(section.beats) or section.summary


def _advice(source: str, id_: str, *, markdown: bool) -> str:
    """Return what to write where *source* is the line of the title.

    >>> print(_advice("  - title: The pier", "the-boat", markdown=False))
    add this line below:
        id: the-boat
    >>> _advice("## The pier {-}", "the-boat", markdown=True)
    'write ## The pier {- #the-boat}'
    """
    if markdown:
        head, brace, attributes = source.rstrip().rstrip("}").partition(" {")
        return f"write {head} {{{attributes} #{id_}}}" if brace else f"write {head} {{#{id_}}}"
    if found := _TITLE.match(source):
        return f"add this line below:\n{' ' * len(found['indent'])}id: {id_}"
    if found := _ITEM.match(source):
        return f"write\n{found['indent']}title: {found['title']}\n{' ' * len(found['indent'])}id: {id_}"
    return f"add `id: {id_}` beside its title"
