"""Checksums over the journal's rows: SQLite notices a broken page, and no flipped bit within a value."""

from __future__ import annotations

import sqlite3
from zlib import crc32

TABLES = ("attempt", "draft", "leg", "asked", "run", "batch")
"""The tables whose rows are sealed; a row of `piece` is its key, which an index repeats, and a checked text.

A text has a checksum of its own, `crc`, and the seal is over that.
"""

_UNSEALED = {"seal", "text"}


def seal_from_now(db: sqlite3.Connection) -> None:
    """Let *db*, a connection to today's tables, seal every row that it writes."""
    _teach(db)
    for table in TABLES:
        seal = f"{_sealing(db, table)} WHERE rowid = NEW.rowid"
        for change in ("INSERT", "UPDATE"):
            when = f"seal_{table}_{change} AFTER {change} ON main.{table}"
            db.execute(f"CREATE TEMP TRIGGER {when} BEGIN {seal}; END")


def seal_all(db: sqlite3.Connection) -> None:
    """Seal every row of *db*, whose tables have just become today's."""
    _teach(db)
    for table in TABLES:
        db.execute(_sealing(db, table))


def broken_seal(db: sqlite3.Connection) -> str:
    """Return a table of *db* in which a row is not what was written; empty where there is none."""
    _teach(db)
    for table in TABLES:
        broken = f"SELECT 1 FROM {table} WHERE seal IS NOT {_checksum(db, table)} LIMIT 1"  # noqa: S608 - our own names
        if db.execute(broken).fetchone():
            return table
    return ""


def _teach(db: sqlite3.Connection) -> None:
    db.create_function("checksum", -1, lambda *values: crc32(repr(values).encode()), deterministic=True)


def _sealing(db: sqlite3.Connection, table: str) -> str:
    return f"UPDATE {table} SET seal = {_checksum(db, table)}"  # noqa: S608 - our own names


def _checksum(db: sqlite3.Connection, table: str) -> str:
    """Return the expression for the checksum of a row of *table*, over all that is in it now."""
    columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
    return f"checksum({', '.join(column for column in columns if column not in _UNSEALED)})"
