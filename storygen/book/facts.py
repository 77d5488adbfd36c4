"""The facts on disk: one file a section that was summed up, never overwritten against its author."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from storygen.book.drafts import draft_name, names_in, rename
from storygen.book.folder import Book
from storygen.book.frontmatter import field_in
from storygen.book.record import hash_text
from storygen.errors import FileError
from storygen.files.inside import read_inside
from storygen.files.save import save
from storygen.files.trouble import why
from storygen.outline.tree import Section

FACTS = ".yaml"

_LIMIT = 1 << 20
_NUMBERED = re.compile(r"\d+-(.+)\.yaml")


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """A file of facts: where it lies, the section that it sums up, its text."""

    path: Path
    id: str
    text: str


def read_facts(book: Book) -> Mapping[str, StoredFacts]:
    """Read every file of facts in *book*, by the section's id.

    Raises FileError for a file that cannot be read and for two files of one id.
    """
    found: dict[str, StoredFacts] = {}
    for name in names_in(book.facts, FACTS):
        stored = _read(book, name)
        other = found.setdefault(stored.id, stored)
        if other is not stored:
            raise FileError(
                f"{other.path} and {stored.path} are both the facts of “{stored.id}”", "keep one of them"
            )
    return found


def make_room(book: Book, section: Section, *, count: int, ours: str) -> StoredFacts | None:
    """Take away the facts of *section* that may go; return those that stay, because their author wrote them.

    *count* is how many sections the book has, *ours* the hash of what storygen last wrote there: only that,
    or an empty file, may go. Raises FileError if the folder cannot be used.
    """
    book.prepare_facts()
    name = _name(section, count=count)
    there = os.path.lexists(book.facts / name)
    found = _read(book, name) if there else read_facts(book).get(section.id) if ours else None
    if found and found.text.strip() and hash_text(found.text) != ours:
        return found
    if found:
        _remove(found.path)
    return None


def lay_facts(book: Book, section: Section, text: str, *, count: int) -> None:
    """Write *text* as the facts of *section*, for which there is room; raises FileError if that fails."""
    save(book.facts / _name(section, count=count), text)


def renumber_facts(book: Book, order: Sequence[str]) -> None:
    """Rename the files of facts in *book* so that their numbers follow *order*, as the drafts are renamed."""
    rename(book.facts, names_in(book.facts, FACTS), order)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{path} cannot be removed: {why(error)}") from error


def _name(section: Section, *, count: int) -> str:
    return draft_name(section.id, section.position, count=count, suffix=FACTS)


def _read(book: Book, name: str) -> StoredFacts:
    text = read_inside(book.root, f"{book.facts.name}/{name}", limit=_LIMIT)
    numbered = _NUMBERED.fullmatch(name)
    return StoredFacts(book.facts / name, field_in(text, "id") or (numbered[1] if numbered else name), text)
