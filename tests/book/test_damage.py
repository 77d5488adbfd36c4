"""A journal that is not what was written says so; nothing in it ever changes by itself unnoticed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count, groupby
from pathlib import Path
from typing import Any

import pytest

from storygen.book.attempts import Intent
from storygen.book.journal import Journal, open_journal
from storygen.book.log import Log, judge_log
from storygen.book.view import view_journal
from storygen.draft import Draft, Leg
from storygen.errors import JournalError, Rejected
from storygen.messages import Completion, Opened, StopReason, Usage

USAGE = Usage(10, 1, 2, 30, 4)
DONE = Completion("It rained. All day.", StopReason.END_TURN, USAGE, request_id="req_1", clean=True)
BUSY = Rejected("busy", status=529, kind="overloaded_error", retry=True)
DRAFT = Draft("boat", DONE.text, legs=(Leg(DONE.text, StopReason.END_TURN, USAGE),))


def intend(journal: Journal, section: str, *, batched: bool = False) -> int:
    return journal.open_intent(
        Intent(
            section,
            Leg("", StopReason.CUT),
            fingerprint=f"f-{section}",
            digest="d",
            model="m",
            rehearsed=False,
            reserved=500,
            batched=batched,
        )
    )


HISTORY: tuple[Callable[[Journal], object], ...] = (
    lambda journal: journal.ask_from("boat", {"card": "1f"}, rehearsed=False),
    lambda journal: intend(journal, "boat"),
    lambda journal: journal.opened(1, Opened(200, "req_1")),
    lambda journal: journal.save_text(1, "It rained."),
    lambda journal: journal.complete(1, DONE, cost=77),
    lambda journal: journal.keep(DRAFT, model="m", rehearsed=False),
    lambda journal: journal.partial(intend(journal, "storm"), "It st", "silence", usage=USAGE),
    lambda journal: journal.unknown(intend(journal, "storm"), "reset"),
    lambda journal: intend(journal, "pier", batched=True),
    lambda journal: journal.leave(["d"], requests=2, origin="https://api.example.org"),
    lambda journal: journal.name_batch(1, "msgbatch_1"),
    lambda journal: journal.rejected(intend(journal, "calm"), BUSY),
)
"""What happens to a small journal, a commit or two at a time."""


def truth(path: Path) -> tuple[Any, ...]:
    """Return all that the journal at *path* says, however it is asked."""
    with view_journal(path) as view:
        return (
            view.attempts(),
            [view.attempts(section=section) for section in ("boat", "storm", "pier", "calm")],
            [view.legs(section) for section in ("boat", "storm")],
            [view.last_attempt(section) for section in ("boat", "storm", "calm")],
            [view.text(number) for number in range(1, 7)],
            (view.completion_for("f-boat"), view.partial_for("f-storm")),
            (view.all_generated(), view.all_generated_partials(), view.versions("boat")),
            view.inputs("boat", version=1, rehearsed=False),
            (view.away, view.batches),
        )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a journal in which all of HISTORY has happened, its pages as small as they can be."""
    path = tmp_path / "journal.db"
    with open_journal(path, clock=count(1.0).__next__) as journal:
        for happens in HISTORY:
            happens(journal)
    with closing(sqlite3.connect(path)) as db:
        for statement in ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 512", "VACUUM"):
            db.execute(statement)
    return path


def flipped(sound: bytes, stride: int, *, first: int = 0) -> Iterator[bytes]:
    """Yield *sound* with one bit flipped, in one byte after another, beginning with the *first*."""
    for place in range(first, len(sound), stride):
        yield sound[:place] + bytes([sound[place] ^ 1 << place % 8]) + sound[place + 1 :]


@pytest.mark.parametrize("turn", [0, 1])  # so that two cores share the bytes
def test_a_flipped_bit_is_reported_or_changes_nothing(path: Path, stride: int, turn: int) -> None:
    expected = truth(path)
    for damaged in flipped(path.read_bytes(), 2 * stride, first=turn * stride):
        path.write_bytes(damaged)
        try:
            found = truth(path)
        except JournalError:
            continue
        assert expected == found


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE attempt SET cost = 78 WHERE id = 1",
        "UPDATE attempt SET reserved = reserved - 1",
        "UPDATE attempt SET fate = 'unsent' WHERE fate = 'unknown'",
        "UPDATE draft SET status = 'final'",
        "UPDATE leg SET base = 1",
        "UPDATE asked SET inputs = '{}'",
        "UPDATE batch SET requests = 3",
        "UPDATE attempt SET batch = NULL WHERE batch = 1",
        "UPDATE attempt SET seal = NULL",
        "UPDATE draft SET crc = crc + 1",
    ],
)
def test_a_value_that_changed_by_itself_is_reported(path: Path, damage: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        assert db.execute(damage).rowcount > 0

    with pytest.raises(JournalError, match="is not what was written"):
        view_journal(path)


def test_a_text_that_changed_by_itself_is_reported(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE piece SET text = CAST(replace(text, 'It', 'At') AS BLOB)")

    with view_journal(path) as view, pytest.raises(JournalError, match="a text has changed by itself"):
        view.completion_for("f-boat")


def test_a_damaged_journal_is_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE attempt SET cost = 78 WHERE id = 1")
    before = path.read_bytes()
    with pytest.raises(JournalError):
        open_journal(path, clock=float)

    assert before == path.read_bytes()


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[tuple[Path, list[Any]]]:
    """Return a journal as a killed process leaves it, with its log, and what it said after each commit."""
    path, moments = tmp_path / "live.db", []
    left = tmp_path / "journal.db"
    with open_journal(path, clock=count(1.0).__next__) as journal:
        for happens in HISTORY:
            moments.append(truth(path))
            happens(journal)
        moments.append(truth(path))
        for end in ("", "-wal"):
            shutil.copy(f"{path}{end}", f"{left}{end}")
        yield left, moments


def test_the_log_of_a_killed_process_is_sound(killed: tuple[Path, list[Any]]) -> None:
    path, moments = killed

    assert Log.SOUND is judge_log(path)
    assert moments[-1] == truth(path)


def test_a_log_is_cut_off_at_a_commit_and_what_was_begun_behind_it_is_reported(
    killed: tuple[Path, list[Any]], stride: int
) -> None:
    path, moments = killed
    log = path.with_name("journal.db-wal")
    sound, seen = log.read_bytes(), []
    for size in range(0, len(sound), 97 * stride):
        log.write_bytes(sound[:size])
        assert judge_log(path) in {Log.SOUND, Log.TORN}
        path.with_name("journal.db-shm").unlink(missing_ok=True)
        seen.append(truth(path))

    commits = [moment for moment, _ in groupby(seen)]
    assert len(moments) <= len(commits)
    assert [moment for moment in moments[1:-1] if moment not in commits] == []


def test_a_flipped_bit_in_a_log_is_reported_or_changes_nothing(
    killed: tuple[Path, list[Any]], stride: int
) -> None:
    path, moments = killed
    log = path.with_name("journal.db-wal")
    for damaged in flipped(log.read_bytes(), 61 * stride):
        log.write_bytes(damaged)
        path.with_name("journal.db-shm").unlink(missing_ok=True)
        if judge_log(path) is Log.SOUND:
            assert moments[-1] == truth(path)


def test_a_log_that_is_broken_in_the_middle_stops_a_run_and_stays(killed: tuple[Path, list[Any]]) -> None:
    path, _ = killed
    log = path.with_name("journal.db-wal")
    raw = bytearray(log.read_bytes())
    raw[5_000] ^= 1
    log.write_bytes(raw)
    with pytest.raises(JournalError, match=r"journal.db-wal, is broken in the middle"):
        open_journal(path, clock=float)

    assert bytes(raw) == log.read_bytes()


def test_a_torn_end_is_dropped_and_said(killed: tuple[Path, list[Any]]) -> None:
    path, _ = killed
    log = path.with_name("journal.db-wal")
    log.write_bytes(log.read_bytes()[:-1_000])
    with open_journal(path, clock=float) as journal:
        assert (True, 5) == (journal.torn, len(journal.attempts()))
