"""What stands before every write of a journal: its file is in its place, its disk is sound and not full."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from storygen.book.ballast import drop, is_low, lay
from storygen.book.database import is_lasting
from storygen.errors import DiskFull, JournalError
from storygen.files.trouble import why

_ROOM = "make room, some megabytes, and run the same command again; what was written so far is kept"


@dataclass(slots=True)
class Guard:
    """The guard of the journal at `path`; once it is `broken`, nothing more is written.

    `place` tells which file it was when the run began; None is that of a journal in memory.
    """

    path: Path
    place: tuple[int, int] | None
    broken: JournalError | None = field(default=None)

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the guard of the journal that is at *path* now."""
        return cls(path, _place(path))

    def look(self) -> None:
        """Raise JournalError where nothing more may be written; make room where the disk is all but full."""
        if _place(self.path) != self.place:
            self.broken = JournalError(
                f"the journal {self.path} was moved or deleted during the run", "put it back and run again"
            )
        if self.broken:
            raise JournalError(self.broken.message, self.broken.help)
        if self.place and is_low(self.path.parent):
            drop(self.path.parent)

    def make_sure_of_room(self) -> None:
        """Raise DiskFull where there is no room for what a reply would bring."""
        if not self.place:
            return
        try:
            lay(self.path.parent)
            words = "the disk is full" if is_low(self.path.parent) else ""
        except OSError as error:
            words = why(error)
        if words:
            raise DiskFull(f"there is no room for what would come in: {words}", _ROOM)

    def hear(self, error: BaseException) -> None:
        """Take note of the *error* of a write: after some there must be no other."""
        if isinstance(error, JournalError) and is_lasting(error):
            self.broken = error


def _place(path: Path) -> tuple[int, int] | None:
    """Return which file *path* is on which disk; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
