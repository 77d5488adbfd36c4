"""The journal's tables, grown by one numbered step at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from storygen.book.seals import seal_all
from storygen.crash_points import CrashPoint, Reached, unwatched

APPLICATION_ID = 0x53544F52  # "STOR", at bytes 68 to 71 of the file, tells the journal from other databases


def m001_attempts_and_drafts(db: sqlite3.Connection) -> None:
    """Make the tables of attempts, of the pieces of their text, of drafts and of the legs of drafts."""
    for statement in _M001:
        db.execute(statement)


_M001 = (
    """CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    section TEXT NOT NULL,
    leg INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    digest TEXT NOT NULL,
    model TEXT NOT NULL,
    rehearsed INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    fate TEXT NOT NULL,
    started REAL NOT NULL,
    ended REAL,
    cost INTEGER,
    stop_reason TEXT,
    stop_word TEXT,
    stop_detail TEXT,
    blocks TEXT NOT NULL DEFAULT '[]',
    clean INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    request_id TEXT,
    message_id TEXT,
    answered_by TEXT,
    cause TEXT NOT NULL DEFAULT '',
    usage TEXT NOT NULL DEFAULT '{}',
    base INTEGER NOT NULL,
    anchored INTEGER NOT NULL,
    crc INTEGER)""",
    "CREATE INDEX attempt_fingerprint ON attempt (fingerprint)",
    "CREATE INDEX attempt_section ON attempt (section)",
    """CREATE TABLE piece (
    attempt INTEGER NOT NULL REFERENCES attempt (id),
    number INTEGER NOT NULL,
    text BLOB NOT NULL,
    crc INTEGER NOT NULL,
    PRIMARY KEY (attempt, number))""",
    """CREATE TABLE draft (
    id INTEGER PRIMARY KEY,
    section TEXT NOT NULL,
    version INTEGER NOT NULL,
    text BLOB NOT NULL,
    crc INTEGER NOT NULL,
    status TEXT NOT NULL,
    flags TEXT NOT NULL,
    model TEXT NOT NULL,
    rehearsed INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    at REAL NOT NULL)""",
    "CREATE INDEX draft_section ON draft (section)",
    """CREATE TABLE leg (
    draft INTEGER NOT NULL REFERENCES draft (id),
    number INTEGER NOT NULL,
    text BLOB NOT NULL,
    crc INTEGER NOT NULL,
    stop_reason TEXT NOT NULL,
    request_id TEXT,
    usage TEXT NOT NULL,
    base INTEGER NOT NULL,
    anchored INTEGER NOT NULL,
    PRIMARY KEY (draft, number))""",
)


def m002_plain_tokens(db: sqlite3.Connection) -> None:
    """Note with every attempt how many plain tokens its prompt has; 0 where nobody counted."""
    db.execute("ALTER TABLE attempt ADD COLUMN plain INTEGER NOT NULL DEFAULT 0")


def m003_inputs(db: sqlite3.Connection) -> None:
    """Note what every version of a section was asked from, before it is asked for."""
    db.execute(
        """CREATE TABLE asked (
    section TEXT NOT NULL,
    version INTEGER NOT NULL,
    rehearsed INTEGER NOT NULL,
    inputs TEXT NOT NULL,
    PRIMARY KEY (section, version, rehearsed))"""
    )


def m004_envelope(db: sqlite3.Connection) -> None:
    """Keep every field of a reply but its content, as JSON."""
    db.execute("ALTER TABLE attempt ADD COLUMN envelope TEXT NOT NULL DEFAULT ''")


def m005_seals(db: sqlite3.Connection) -> None:
    """Give every row a checksum over its values; `migrate` fills it in."""
    for table in ("attempt", "draft", "leg", "asked"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN seal INTEGER")


def m006_stretches(db: sqlite3.Connection) -> None:
    """Note how each leg meets the text before it, and what was asked for; `anchored` was 0 or 1 of that."""
    db.execute("ALTER TABLE attempt RENAME COLUMN anchored TO joint")
    db.execute("ALTER TABLE attempt ADD COLUMN stretch TEXT NOT NULL DEFAULT '{}'")
    db.execute("ALTER TABLE leg RENAME COLUMN anchored TO joint")
    db.execute("ALTER TABLE leg ADD COLUMN stretch TEXT NOT NULL DEFAULT '{}'")


def m007_runs(db: sqlite3.Connection) -> None:
    """Note after which attempt a run began, and when it had written all that it set out to write."""
    db.execute("CREATE TABLE run (id INTEGER PRIMARY KEY, after INTEGER NOT NULL, ended REAL, seal INTEGER)")


def m008_batches(db: sqlite3.Connection) -> None:
    """Note of an attempt in which batch it left: none, 0 where it waits for one, else a row of `batch`."""
    db.execute(
        """CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL DEFAULT '',
    requests INTEGER NOT NULL,
    origin TEXT NOT NULL,
    at REAL NOT NULL,
    seal INTEGER)"""
    )
    db.execute("ALTER TABLE attempt ADD COLUMN batch INTEGER")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    m001_attempts_and_drafts,
    m002_plain_tokens,
    m003_inputs,
    m004_envelope,
    m005_seals,
    m006_stretches,
    m007_runs,
    m008_batches,
)
VERSION = len(MIGRATIONS)
SEALED = MIGRATIONS.index(m005_seals) + 1
"""The first version whose rows are sealed."""


def migrate(db: sqlite3.Connection, *, reached: Reached = unwatched) -> None:
    """Bring *db* from whatever version it has to the newest, in one transaction."""
    found = db.execute("PRAGMA user_version").fetchone()[0]
    if found == VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        for step in MIGRATIONS[found:]:
            step(db)
            reached(CrashPoint.MIGRATING)
        seal_all(db)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
