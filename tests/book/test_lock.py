from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storygen.book.folder import Book
from storygen.book.lock import hold
from storygen.errors import BookLocked

HOLDER = """
import sys
from pathlib import Path
from storygen.book.folder import Book
from storygen.book.lock import hold
with hold(Book.of(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book.of(tmp_path / "outline.yaml")
    book.prepare()
    return book


def test_a_second_writer_is_told_who_is_first(book: Book) -> None:
    with hold(book), pytest.raises(BookLocked, match=rf"process {os.getpid()}\)"), hold(book):
        pass


def test_a_loser_does_not_free_the_lock(book: Book) -> None:
    with hold(book):
        for _ in range(2):
            with pytest.raises(BookLocked, match=f"process {os.getpid()}"), hold(book):
                pass


def test_whoever_holds_the_book_sweeps_up_after_a_killed_one(book: Book) -> None:
    left = [folder / ".storygen-0123456789abcdef.tmp" for folder in (book.root, book.drafts, book.private)]
    for path in left:
        path.write_text("half a dra")
    with hold(book):
        assert [] == [path for path in left if path.exists()]


def test_a_lock_is_free_after_its_block(book: Book) -> None:
    with hold(book):
        pass
    with hold(book):
        pass

    assert not (book.private / "lock.pid").exists()


def test_a_lock_is_free_after_its_holder_was_killed(book: Book) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(book.outline)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert "held\n" == holder.stdout.readline()
        with pytest.raises(BookLocked, match=f"process {holder.pid}"), hold(book):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with hold(book):
        pass
