"""Takes a book to write in: nobody else does meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from storygen.book.journal import Journal, open_journal
from storygen.book.lock import hold
from storygen.desk.project import Project


@contextmanager
def writable(project: Project) -> Iterator[Journal]:
    """Yield the journal of *project*, whose book is held for as long as the block runs.

    Raises FileError, BookLocked or JournalError, before anything is sent.
    """
    book = project.book
    book.prepare()
    with hold(book), open_journal(book.journal, clock=time.time, reached=project.reached) as journal:
        yield journal
