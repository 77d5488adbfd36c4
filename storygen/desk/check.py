"""Looks for mistakes in an outline and everything that it names; sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storygen.book.facts import read_facts
from storygen.book.folder import Book
from storygen.book.view import view_journal
from storygen.desk.retitled import begun, findings, retitled
from storygen.desk.states import read_book
from storygen.draft import to_mend
from storygen.errors import FileError, JournalError, UsageError
from storygen.outline.digest import read_digest
from storygen.outline.read import read

if TYPE_CHECKING:
    from pathlib import Path

    from storygen.draft import Finding
    from storygen.outline.tree import Outline


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found; `outline` is None where it cannot be read."""

    outline: Outline | None
    findings: tuple[Finding, ...]

    def failed(self, *, strict: bool) -> bool:
        """Whether something has to be mended: an error, or with *strict* a warning too."""
        return to_mend(self.findings, strict=strict)


def check(path: Path, *, source_root: Path | None = None) -> Checked:
    """Read the outline at *path* and return all findings at once; its sources are in *source_root*.

    A title that has changed since the book beside it was written is among them, and what is wrong with its
    files of facts.
    """
    reading = read(path, source_root=source_root)
    outline = reading.outline
    book = Book.of(path)
    if outline is None or not book.lock_file.exists():
        return Checked(outline, reading.findings)
    return Checked(outline, (*reading.findings, *_retitled(outline, book), *_facts(book)))


def _retitled(outline: Outline, book: Book) -> tuple[Finding, ...]:
    try:
        shelved = read_book(book)
        with view_journal(book.journal) as journal:
            partials = begun(outline.sections, shelved, journal)
        return tuple(findings(outline.path, retitled(outline.sections, shelved, partials=partials)))
    except (FileError, JournalError, UsageError):  # what is wrong with the book is no mistake of the outline
        return ()


def _facts(book: Book) -> tuple[Finding, ...]:
    try:
        files = read_facts(book).values()
    except FileError:  # as above
        return ()
    return tuple(
        finding
        for file in files
        if file.text.strip()
        for finding in read_digest(file.text, str(file.path))[1]
    )
