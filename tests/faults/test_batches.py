"""Two hundred pages in batches: killed after the batch is made, while it is on its way, while it is read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storygen.book.view import view_journal
from storygen.crash_points import CrashPoint
from tests.servers.batching import BatchServer, Script

PAGES = 200
SCRIPT = Script(declines="Page 9", errs="Page 5", expires="Page 7")
CUT = "Page 11"
FINISHED = [f"Page {number}" for number in range(PAGES)]


def outline(folder: Path, *, count: int = PAGES) -> Path:
    """Write an outline of so many pages, one of which has no room for what it is asked."""
    pages = [
        f"  - title: Page {number}\n    words: 60\n    beats: [Say what part {number} is for.]\n"
        + ("    max_tokens: 50\n" if f"Page {number}" == CUT else "")
        for number in range(count)
    ]
    folder.mkdir()
    path = folder / "outline.yaml"
    path.write_text(f"title: The Parts\nkind: docs\nmodel: claude-haiku-4-5\npages:\n{''.join(pages)}")
    return path


def write(book: Path, url: str, *flags: str, crash_at: str = "") -> int:
    """Run `storygen write` and return its exit code."""
    return run(book, url, *flags, crash_at=crash_at).returncode


def run(book: Path, url: str, *flags: str, crash_at: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run `storygen write` as a process of its own."""
    environ = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "ANTHROPIC_API_KEY": "sk-test"}
    environ |= {"ANTHROPIC_BASE_URL": url, "STORYGEN_CRASH_AT": crash_at}
    process = subprocess.run(
        [sys.executable, "-m", "storygen", "write", "--on-refusal", "skip", *flags],
        cwd=book,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=240,
        check=False,
    )
    print(process.stderr.decode()[-3_000:])
    return process


def files(book: Path) -> dict[str, bytes]:
    """Return the pages and the manuscript of *book*, by name."""
    found = [book / "manuscript.md", *(book / "drafts").iterdir()]
    return {path.name: path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the book as it is without batches."""
    os.environ.setdefault("HOME", str(tmp_path_factory.mktemp("home")))
    book = outline(tmp_path_factory.mktemp("alone") / "book").parent
    with BatchServer(SCRIPT) as server:
        write(book, server.url, "--jobs", "16")
    return files(book)


KILLED = (
    f"{CrashPoint.BEFORE_BATCH}",
    f"{CrashPoint.AFTER_BATCH}",
    f"{CrashPoint.POLLING}:2",
    f"{CrashPoint.MID_RESULTS}:50",
)


@pytest.mark.parametrize("crash_at", KILLED)
def test_a_batch_run_that_was_killed_becomes_the_same_book(
    tmp_path: Path, alone: dict[str, bytes], crash_at: str
) -> None:
    book = outline(tmp_path / "book").parent
    with BatchServer(SCRIPT) as server:
        codes = [write(book, server.url, "--batch", crash_at=crash_at), write(book, server.url, "--batch")]
    with view_journal(book / ".storygen" / "journal.db") as journal:
        attempts = journal.attempts()

    assert ([-signal.SIGKILL, 1], alone) == (codes, files(book))
    assert sorted([*FINISHED, SCRIPT.errs, SCRIPT.expires, CUT]) == sorted(server.titles)
    assert 0 == sum(attempt.held for attempt in attempts)


def test_what_comes_home_to_a_run_without_batches_is_shown_at_half_the_price(tmp_path: Path) -> None:
    book = outline(tmp_path / "book", count=3).parent
    with BatchServer() as server:
        write(book, server.url, "--batch", crash_at=CrashPoint.POLLING)
        shown = run(book, server.url, "--json").stdout.splitlines()
    with view_journal(book / ".storygen" / "journal.db") as journal:
        billed = sum(attempt.cost or 0 for attempt in journal.attempts())

    assert billed == round(json.loads(shown[-1])["total"]["cost"] * 1_000_000)
    assert 1 == len(server.made)
