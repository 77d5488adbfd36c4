from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storygen.book.attempts import Intent
from storygen.book.journal import Journal, open_journal
from storygen.draft import Draft, Leg
from storygen.messages import Completion, Opened, StopReason, Usage
from tests.soak.bench import make_old_journal
from tests.soak.ledger import Ledger, read_ledger


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Path]:
    """Yield the journal of a run whose second section is streaming in."""
    with open_journal(tmp_path / "journal.db", clock=lambda: 1.0) as journal:
        write_to(journal)
        yield tmp_path / "journal.db"


def write_to(journal: Journal) -> None:
    """Note a finished section, and some text of another one."""
    first, second = (
        journal.open_intent(
            Intent(
                section,
                Leg("", StopReason.CUT),
                fingerprint=section,
                digest=f"digest of {section}",
                model="m",
                rehearsed=False,
                reserved=500,
            )
        )
        for section in ("s01", "s02")
    )
    journal.complete(first, Completion("It rained.", StopReason.END_TURN, Usage(1, output_tokens=1)), cost=7)
    journal.keep(Draft("s01", "It rained."), model="m", rehearsed=False)
    journal.opened(second, Opened(200, "req_2"))
    journal.save_text(second, "Nobody ")
    journal.save_text(second, "Nobody came")


def test_a_journal_in_use_is_read_with_what_stands_in_its_log_only(journal: Path) -> None:
    ledger = read_ledger(journal)

    assert [("s01", 7, 0, "It rained."), ("s02", None, 500, "Nobody came")] == [
        (row.section, row.cost, row.held, row.text) for row in ledger.rows
    ]
    assert (frozenset({"s01"}), frozenset({"s01"}), True, True, "") == (
        ledger.whole,
        ledger.finished,
        ledger.open,
        ledger.begun,
        ledger.damage,
    )
    assert {"req_2": "Nobody came"} == ledger.texts


def test_reading_a_journal_leaves_no_trace(journal: Path) -> None:
    before = {path.name: path.read_bytes() for path in journal.parent.iterdir()}
    read_ledger(journal)

    assert before == {path.name: path.read_bytes() for path in journal.parent.iterdir()}


def test_no_journal_and_an_old_one_can_be_told(tmp_path: Path) -> None:
    make_old_journal(tmp_path / "book" / "journal.db")

    assert (Ledger(version=None), Ledger(version=1)) == (
        read_ledger(tmp_path / "none.db"),
        read_ledger(tmp_path / "book" / "journal.db"),
    )


def test_a_damaged_journal_is_told(journal: Path) -> None:
    copy = journal.with_name("copy.db")
    with closing(sqlite3.connect(journal)) as db:
        db.execute("VACUUM INTO ?", (str(copy),))
    raw = bytearray(copy.read_bytes())
    raw[-4096:-4000] = bytes(96)
    copy.write_bytes(raw)

    assert ("", True) == (read_ledger(journal).damage, bool(read_ledger(copy).damage))
