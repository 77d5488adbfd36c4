"""The digests of a book: which may be told to later sections, which are missing or out of date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from storygen.book.facts import StoredFacts, lay_facts, make_room, read_facts
from storygen.book.record import Digested, Record, hash_text, write_record
from storygen.desk.project import Project
from storygen.desk.states import Standing
from storygen.draft import Digest, Severity
from storygen.errors import OutlineError
from storygen.outline.digest import read_digest, spell_digest
from storygen.outline.tree import Outline, Section
from storygen.prompts.closure import further_back
from storygen.writer.events import Noted

if TYPE_CHECKING:
    from storygen.desk.keeping import Keeper


@dataclass(frozen=True, slots=True)
class Digests:
    """What the texts of a book come to, as far as anybody has said.

    `told` holds by id what later sections are told. `missing` are the ids of the sections that nobody has
    summed up yet, `outdated` of those whose text has changed since. `older` are the files that their author
    has edited, and whose text has changed since: they are told all the same.
    """

    told: Mapping[str, Digest] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    outdated: frozenset[str] = frozenset()
    older: tuple[Path, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person should know of them."""
        return tuple(f"{path} is yours and older than its text; it is used as it is" for path in self.older)

    def owed(
        self, outline: Outline, sections: Iterable[Section], *, all_missing: bool
    ) -> tuple[Section, ...]:
        """Return the sections to sum up before or beside *sections*: those that these are told of.

        With *all_missing* also those that nobody has summed up yet; an outdated digest that nobody is told
        is left as it is.
        """
        wanted = set(self.missing) if all_missing else set()
        asked = tuple(sections)
        if self.missing or self.outdated:
            read = {id_ for section in asked for id_ in further_back(outline, section)}
            wanted |= read & (self.missing | self.outdated)
        wanted -= {section.id for section in asked}
        return tuple(section for section in outline.sections if section.id in wanted)


def sums_up(outline: Outline) -> bool:
    """Say whether any section of *outline* is to be summed up."""
    return any(section.summed_up for section in outline.sections)


NONE = Digests()

_UNKNOWN = Digested("", "")
"""What is on record of a file that storygen did not write."""


def digests_of(project: Project, now: Iterable[Standing], record: Record, *, rehearsed: bool) -> Digests:
    """Say how the digests of the book stand *now*, for a model that is real or *rehearsed*.

    Raises OutlineError, with all findings, where a file that its author has edited is no digest any more.
    """
    texts = {each.section.id: each.text for each in now if each.section.summed_up and _has_text(each)}
    if not texts:
        return NONE
    stored = {id_: file for id_, file in read_facts(project.book).items() if file.text.strip()}
    rows = {id_: record.digests.get(id_, _UNKNOWN) for id_ in texts.keys() & stored.keys()}
    edited = {id_ for id_, row in rows.items() if hash_text(stored[id_].text) != row.file}
    known = {id_ for id_, row in rows.items() if row.text == hash_text(texts[id_])}
    usable = {id_ for id_ in known if rehearsed or not rows[id_].rehearsed}
    return Digests(
        told={id_: _parsed(stored[id_]) for id_ in texts if id_ in edited | usable},
        missing=frozenset(texts.keys() - stored.keys()),
        outdated=frozenset(rows.keys() - edited - usable),
        older=tuple(stored[id_].path for id_ in texts if id_ in edited - known and rows[id_] is not _UNKNOWN),
    )


def keep_digest(keeper: Keeper, section: Section, text: str, digest: Digest) -> Digest:
    """Keep the *digest* of *text*, that of *section*, and return what later sections are told of it.

    Facts that their author has written meanwhile stay, and are told instead.
    """
    book, count = keeper.project.book, len(keeper.project.outline.sections)
    row = keeper.shelved.record.digests.get(section.id, _UNKNOWN)
    if theirs := make_room(book, section, count=count, ours=row.file):
        keeper.tell(Noted(f"{theirs.path} is yours: it stays, and what the model found is not used"))
        return read_digest(theirs.text)[0] or digest
    spelled = spell_digest(digest, id=section.id)
    _note(keeper, section, Digested(hash_text(text), hash_text(spelled), keeper.rehearsed))
    lay_facts(book, section, spelled, count=count)  # last: a file that nobody has on record is its author's
    return digest


def _note(keeper: Keeper, section: Section, digested: Digested) -> None:
    """Put on record what *section* was summed up into."""
    record = keeper.shelved.record
    record = replace(record, digests={**record.digests, section.id: digested})
    keeper.shelved = replace(keeper.shelved, record=record)
    write_record(keeper.project.book, record)


def _has_text(standing: Standing) -> bool:
    return standing.whole and bool(standing.text.strip())


def _parsed(stored: StoredFacts) -> Digest:
    digest, found = read_digest(stored.text, str(stored.path))
    errors = tuple(finding for finding in found if finding.severity is Severity.ERROR)
    if digest is None or errors:
        raise OutlineError(
            f"{stored.path} is no digest any more",
            "mend it, or delete it: it is then made again",
            findings=errors,
        )
    return digest
