"""What a journal says, read from a copy of its files and without a line of storygen's own."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

OWING = {"intent", "streaming", "partial", "unknown"}


@dataclass(frozen=True, slots=True)
class Row:
    """One attempt: money in micro-dollars, `text` all that is saved of its reply."""

    section: str
    digest: str
    fate: str
    ended: bool
    cost: int | None
    reserved: int
    request_id: str | None
    stop_reason: str | None
    text: str

    @property
    def held(self) -> int:
        """What is set aside for it, as long as its bill is not known."""
        return self.reserved if self.cost is None and self.fate in OWING else 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """A journal: `version` is that of its tables, None where there is no journal yet.

    `whole` are the ids of sections with a finished draft, `damage` is what SQLite has to say against the
    file.
    """

    version: int | None = None
    rows: tuple[Row, ...] = ()
    whole: frozenset[str] = frozenset()
    damage: str = ""

    @property
    def open(self) -> bool:
        """Whether an attempt has no end yet, so that the next run has something to recover."""
        return any(not row.ended for row in self.rows)

    @property
    def begun(self) -> bool:
        """Whether there is text of a section that is not finished."""
        return any(row.text for row in self.rows if row.section not in self.whole)

    @property
    def finished(self) -> frozenset[str]:
        """The ids of sections that have all their text, in a draft or still in their last reply."""
        ended = (row.section for row in self.rows if (row.fate, row.stop_reason) == ("complete", "end_turn"))
        return self.whole.union(ended)

    @property
    def texts(self) -> Mapping[str, str]:
        """The saved texts by request id."""
        return {row.request_id: row.text for row in self.rows if row.request_id}


def read_ledger(journal: Path) -> Ledger:
    """Read the file *journal*, and the log beside it, as a killed process left them; both stay untouched."""
    if not journal.exists():
        return Ledger()
    with tempfile.TemporaryDirectory() as folder:
        for path in journal.parent.glob(f"{journal.name}*"):
            if not path.name.endswith("-shm"):  # a map of the log, which SQLite draws anew
                shutil.copy(path, folder)
        with closing(sqlite3.connect(Path(folder) / journal.name)) as db:
            try:
                return _read(db)
            except sqlite3.DatabaseError as error:
                return Ledger(damage=str(error))


def _read(db: sqlite3.Connection) -> Ledger:
    checks = [*db.execute("PRAGMA integrity_check"), *db.execute("PRAGMA foreign_key_check")]
    whole = db.execute("SELECT section FROM draft WHERE status <> 'incomplete'").fetchall()
    attempts = db.execute(
        "SELECT section, digest, fate, ended IS NOT NULL, cost, reserved, request_id, stop_reason, id"
        " FROM attempt ORDER BY id"
    ).fetchall()
    return Ledger(
        version=db.execute("PRAGMA user_version").fetchone()[0],
        rows=tuple(Row(*fields, _text(db, attempt)) for *fields, attempt in attempts),
        whole=frozenset(section for (section,) in whole),
        damage="" if checks == [("ok",)] else str(checks),
    )


def _text(db: sqlite3.Connection, attempt: int) -> str:
    pieces = db.execute("SELECT text FROM piece WHERE attempt = ? ORDER BY number", (attempt,))
    return b"".join(bytes(piece) for (piece,) in pieces).decode()
