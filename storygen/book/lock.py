"""One writer at a time: the lock that a run holds on its book."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from storygen.book.folder import Book
from storygen.errors import BookLocked, FileError
from storygen.files.save import sweep


@contextmanager
def hold(book: Book) -> Iterator[None]:
    """Keep every other storygen from writing *book*, for as long as the block runs.

    The system frees the lock when the process ends, however it ends; what a killed one left half written is
    swept away. Raises BookLocked at once if somebody else holds it, FileError if it cannot be taken at all.
    The book must be prepared.
    """
    lock = FileLock(book.private / "lock", timeout=0)
    holder = book.private / "lock.pid"  # beside the lock: a loser may truncate the lock file itself
    try:
        lock.acquire()
    except Timeout as error:
        raise _locked(book, holder) from error
    except (OSError, NotImplementedError) as error:
        raise FileError(f"{book.root} cannot be locked: {error}", "keep the book on a local disk") from error
    try:
        with suppress(OSError):  # the number is only for the sentence that a loser reads
            holder.write_text(f"{os.getpid()}\n", encoding="ascii")
        for folder in (book.root, book.drafts, book.private, *book.private.glob("versions/*")):
            sweep(folder)
        yield
    finally:
        with suppress(OSError):
            holder.unlink()
        lock.release()


def _locked(book: Book, holder: Path) -> BookLocked:
    pid = _read_pid(holder)
    who = f" (process {pid})" if pid else ""
    return BookLocked(
        f"another storygen{who} is writing {book.root}",
        "wait until it is done, or stop it; nothing was sent",
    )


def _read_pid(holder: Path) -> int | None:
    """Return the number in *holder*; None where there is none yet."""
    try:
        return int(holder.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
