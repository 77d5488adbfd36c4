"""Looks for mistakes in an outline and everything that it names; sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storygen.book.folder import Book
from storygen.desk.retitled import findings, retitled
from storygen.desk.states import read_book
from storygen.draft import Severity
from storygen.errors import FileError, UsageError
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
        weighty = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        return any(finding.severity in weighty for finding in self.findings)


def check(path: Path) -> Checked:
    """Read the outline at *path* and return all findings at once.

    A title that has changed since the book beside it was written is among them.
    """
    reading = read(path)
    return Checked(reading.outline, (*reading.findings, *_retitled(reading.outline)))


def _retitled(outline: Outline | None) -> tuple[Finding, ...]:
    book = Book.of(outline.path) if outline else None
    if outline is None or book is None or not book.lock_file.exists():
        return ()
    try:
        return tuple(findings(outline.path, retitled(outline.sections, read_book(book))))
    except (FileError, UsageError):  # what is wrong with the book is no mistake of the outline
        return ()
