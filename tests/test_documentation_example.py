"""The example that documents storygen itself: twelve pages from this repository's own files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from storygen.book.view import view_journal

TOP = Path(__file__).parents[1]
OUTLINE = TOP / "examples" / "documentation" / "outline.yaml"


def storygen(*words: str, crash_at: str = "") -> int:
    """Run storygen at the top of the repository and return its code; a killed process has a negative one."""
    return subprocess.run(
        [sys.executable, "-m", "storygen", *words[:1], str(OUTLINE), "--source-root", ".", *words[1:], "-q"],
        cwd=TOP,
        env={**os.environ, "STORYGEN_CRASH_AT": crash_at},
        check=False,
    ).returncode


def files(book: Path) -> dict[str, bytes]:
    """Return what a run left for its author, by name."""
    paths = [path for path in book.rglob("*") if path.is_file() and ".storygen" not in path.parts]
    return {path.relative_to(book).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the book as it is written page by page."""
    folder = tmp_path_factory.mktemp("one") / "book"
    assert 0 == storygen("write", "--book", str(folder))
    return folder


def test_the_outline_has_no_finding() -> None:
    assert 0 == storygen("check", "--strict")


def test_six_pages_at_once_make_the_same_book(book: Path, tmp_path: Path) -> None:
    storygen("write", "--book", str(tmp_path / "book"), "--jobs", "6")

    assert files(book) == files(tmp_path / "book")


def test_a_killed_run_goes_on_asks_for_nothing_twice_and_makes_the_same_book(
    book: Path, tmp_path: Path
) -> None:
    words = ("write", "--book", str(tmp_path / "book"), "--jobs", "6")
    killed = [storygen(*words, crash_at=point) for point in ("before-draft:4", "before-record:3")]
    assert ([-9, -9], 0) == (killed, storygen(*words))
    with view_journal(tmp_path / "book" / ".storygen" / "journal.db") as journal:
        asked = Counter(attempt.section for attempt in journal.attempts() if attempt.fate == "complete")

    assert (files(book), {1}) == (files(tmp_path / "book"), set(asked.values()))


def test_mkdocs_builds_the_pages_in_strict_mode(book: Path, tmp_path: Path) -> None:
    pages = tmp_path / "docs"
    assert 0 == storygen("build", "--book", str(book), "--pages", str(pages), "--toc", "mkdocs")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-q"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, True) == (built.returncode, (tmp_path / "site" / "settings" / "index.html").exists()), (
        built.stderr
    )
