"""How a journal is written to: one commit at a time, each of them whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from storygen.book.database import close_untouched, roll_back, told
from storygen.book.guard import Guard
from storygen.book.view import JournalView


class Commits(JournalView):
    """A journal that is written to; where a write has failed for good, none follows it."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        """Write to *db*, the journal at *path*."""
        super().__init__(db, path)
        self._guard = Guard.of(path)
        self._saved: dict[int, tuple[int, str]] = {}
        """How many pieces of an attempt's text are in the tables, and the text that they make."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file; one that could not be written to is left as it lies."""
        if self._guard.broken:
            close_untouched(self._db, self._path)
        super().__exit__(kind, error, trace)

    @contextmanager
    def one_commit(self) -> Iterator[None]:
        """Make everything in the block durable at once, at its end, or nothing of it."""
        if self._db.in_transaction:
            yield
            return
        self._guard.look()
        try:
            with told(self._path):
                self._db.execute("BEGIN IMMEDIATE")
                yield
                self._db.execute("COMMIT")
        except BaseException as error:
            self._saved.clear()
            roll_back(self._db)
            self._guard.hear(error)
            raise
