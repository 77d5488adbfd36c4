from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storygen.book import schema
from storygen.book.attempts import Intent
from storygen.book.journal import open_journal
from storygen.book.view import view_journal
from storygen.draft import WHOLE, Joint, Leg
from storygen.errors import JournalError
from storygen.messages import StopReason


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a journal of the first version, with one attempt in it."""
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        schema.m001_attempts_and_drafts(db)
        db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
        db.execute(
            "INSERT INTO attempt (section, leg, fingerprint, digest, model, rehearsed, reserved, fate,"
            " started, ended, base, anchored) VALUES ('boat', 1, 'f', 'd', 'm', 0, 0, 'unknown', 1, 2, 0, 0)"
        )
    return path


def version(path: Path) -> int:
    """Return the version that the tables at *path* have."""
    with closing(sqlite3.connect(path)) as db:
        found: int = db.execute("PRAGMA user_version").fetchone()[0]
        return found


def test_an_older_journal_can_be_looked_at_and_is_not_changed_by_it(old: Path) -> None:
    before = old.read_bytes()
    with view_journal(old) as journal:
        seen = journal.attempts()

    assert ([("boat", 0)], before) == (
        [(attempt.section, attempt.plain) for attempt in seen],
        old.read_bytes(),
    )


def test_an_older_journal_is_brought_up_to_date_by_the_first_write(old: Path) -> None:
    with open_journal(old, clock=lambda: 1.0) as journal:
        journal.open_intent(
            Intent(
                "boat",
                Leg("", StopReason.CUT),
                fingerprint="f",
                digest="d",
                model="m",
                rehearsed=False,
                reserved=0,
                plain=1_234,
            )
        )
        plain = [attempt.plain for attempt in journal.attempts()]

    assert ([0, 1_234], schema.VERSION) == (plain, version(old))


def test_a_journal_that_was_brought_up_to_date_is_sealed(old: Path) -> None:
    open_journal(old, clock=lambda: 1.0).__exit__(None, None, None)
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        db.execute("UPDATE attempt SET reserved = 1")

    with pytest.raises(JournalError, match="is not what was written"):
        view_journal(old)


def test_a_leg_of_an_older_journal_still_meets_its_text_as_it_did(old: Path) -> None:
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        db.execute("UPDATE attempt SET fate = 'partial', base = 3, anchored = 1")
    with open_journal(old, clock=lambda: 1.0) as journal:
        (leg,) = journal.legs("boat")

    assert (3, Joint.ANCHOR, WHOLE) == (leg.base, leg.joint, leg.stretch)
