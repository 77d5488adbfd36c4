"""Compiles the manuscript from what is written; sends nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from storygen.book.record import Record, hash_text, read_record, write_record
from storygen.desk.project import Project
from storygen.desk.states import Standing, State, read_book, standings
from storygen.errors import StorygenError
from storygen.files.save import save
from storygen.manuscript.assemble import assemble

_WRITTEN = {State.REHEARSED, State.DRAFT, State.EDITED, State.FINAL}


class ManuscriptEdited(StorygenError):
    """The manuscript was changed by hand, and compiling would lose that."""


@dataclass(frozen=True, slots=True)
class Built:
    """A compiled manuscript: its text, how every section stood, and the file it was written to, if it was."""

    text: str
    standings: tuple[Standing, ...]
    path: Path | None = None


def compiled(project: Project, *, clean: bool = False) -> Built:
    """Compile the book as it is on the disk and return it; *clean* leaves out the invisible comments."""
    now = standings(project.outline, read_book(project.book))
    text = assemble(
        project.outline,
        {standing.section.id: standing.text for standing in now if standing.state in _WRITTEN},
        clean=clean,
        rehearsed=any(standing.state is State.REHEARSED for standing in now),
        scene_break=project.settings.scene_break,
    )
    return Built(text, now)


def build(project: Project, *, clean: bool = False) -> Built:
    """Compile the book into its manuscript.md.

    Raises ManuscriptEdited, and leaves the file alone, where a person has changed it since it was compiled.
    """
    book = project.book
    record = read_record(book) or Record(book.outline_name)
    built = compiled(project, clean=clean)
    if book.manuscript.exists() and not _ours(book.manuscript, record, built.text):
        raise ManuscriptEdited(
            f"{book.manuscript} was changed by hand since it was compiled; it is left as it is",
            "move the changes into drafts/ and delete it, or compile elsewhere: storygen build -o FILE",
        )
    save(book.manuscript, built.text)
    write_record(book, replace(record, manuscript=hash_text(built.text)))
    return replace(built, path=book.manuscript)


def _ours(manuscript: Path, record: Record, text: str) -> bool:
    """Say whether what stands in *manuscript* is what was compiled last, or what would be compiled now."""
    found = hash_text(manuscript.read_text(encoding="utf-8", errors="replace"))
    return found in {record.manuscript, hash_text(text)}
