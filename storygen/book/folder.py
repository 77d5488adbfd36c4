"""The folder of one book: where drafts, manuscript, lock and journal lie."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from storygen.errors import FileError
from storygen.files.save import save
from storygen.files.trouble import why

_OWN_FOLDER = {"outline.yaml", "outline.yml", "outline.md"}


@dataclass(frozen=True, slots=True)
class Book:
    """One book on disk: its outline and the folder that holds what storygen makes of it."""

    outline: Path
    root: Path

    @classmethod
    def of(cls, outline: Path, *, book: Path | None = None) -> Book:
        """Return the book of the file *outline*, in *book* if that is given.

        >>> Book.of(Path("ferry/outline.yaml")).root.as_posix()
        'ferry'
        >>> Book.of(Path("lamp-room.yaml")).root.as_posix()
        'lamp-room'
        """
        own = outline.parent if outline.name in _OWN_FOLDER else outline.with_suffix("")
        return cls(outline, own if book is None else book)

    @property
    def outline_name(self) -> str:
        """The outline as seen from the book: a path that stays true when both move together."""
        try:
            return Path(os.path.relpath(self.outline, self.root)).as_posix()
        except ValueError:  # on Windows there is no way from one drive to another
            return self.outline.absolute().as_posix()

    @property
    def drafts(self) -> Path:
        """The folder of the drafts."""
        return self.root / "drafts"

    @property
    def facts(self) -> Path:
        """The folder of what the drafts come to."""
        return self.root / "facts"

    @property
    def manuscript(self) -> Path:
        """The compiled file."""
        return self.root / "manuscript.md"

    @property
    def lock_file(self) -> Path:
        """The record of what every section was written from."""
        return self.root / "storygen.lock"

    @property
    def private(self) -> Path:
        """The folder that is nobody else's business."""
        return self.root / ".storygen"

    @property
    def journal(self) -> Path:
        """The journal's database."""
        return self.private / "journal.db"

    @property
    def last_compiled(self) -> Path:
        """The manuscript as it was compiled last, to tell edits by."""
        return self.private / "manuscript.md"

    def prepare(self) -> None:
        """Make the book's folders and prove that they can be written to.

        Raises FileError, before anything is sent, where that is not so.
        """
        _make(self.root, mode=0o777)
        _make(self.drafts, mode=0o777)
        _make(self.private, mode=0o700)
        save(self.private / ".gitignore", "*\n")
        for folder in (self.root, self.drafts, self.private):
            _probe(folder)

    def prepare_facts(self) -> None:
        """Make the folder of the facts, which most books do without. Raises FileError as `prepare` does."""
        _make(self.facts, mode=0o777)


def _make(folder: Path, *, mode: int) -> None:
    """Make *folder*; the mode is what the umask leaves of *mode*."""
    if folder.name in {"drafts", "facts", ".storygen"} and folder.is_symlink():
        raise FileError(f"{folder} is a link, and may lead out of the book", "put a folder in its place")
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            f"{folder} cannot be made: {why(error)}", "name another place with --book DIR"
        ) from error


def _probe(folder: Path) -> None:
    """Write a little into *folder* and take it away again."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
            file.flush()
    except OSError as error:
        raise FileError(
            f"{folder} cannot be written to: {why(error)}",
            "put that right, or use --book DIR",
        ) from error
