"""What a journal says: replies by fingerprint, attempts, drafts as they were generated."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from storygen.book.attempts import Attempt, Away, Fate, Kept
from storygen.book.database import damaged, open_reader, told
from storygen.book.rows import (
    pack,
    read_attempt,
    read_away,
    read_completion,
    read_draft_leg,
    read_kept,
    read_leg,
    unpack,
)
from storygen.draft import Leg
from storygen.messages import Completion

Value = TypeVar("Value")

PIECES = "SELECT text, crc FROM piece WHERE attempt = ? ORDER BY number"
"""The saved text of an attempt, piece by piece."""

LAST_ATTEMPT = "SELECT coalesce(max(id), 0) FROM attempt WHERE section = ?"
"""The id of a section's newest attempt."""

VERSION_NUMBER = "SELECT count(*) + 1 FROM draft WHERE section = ? AND status <> 'incomplete'"
"""The number of the version that a section is working on."""

LEG_NUMBER = """
    SELECT count(*) + 1 FROM attempt
    WHERE section = ?1 AND rehearsed = ?2 AND fate IN ('complete', 'partial') AND id > (
        SELECT coalesce(max(attempt), 0) FROM draft
        WHERE section = ?1 AND rehearsed = ?2 AND status <> 'incomplete')
"""
"""The number of the leg that comes next of the version that a section is working on."""

NEW_RUN = """
    INSERT INTO run (after) SELECT (SELECT coalesce(max(id), 0) FROM attempt)
    WHERE NOT EXISTS (SELECT 1 FROM run WHERE ended IS NULL)
"""
"""Begins a run, unless there is one that has not ended."""

STILL_OPEN = "SELECT id FROM attempt WHERE ended IS NULL ORDER BY id"
"""The ids of the attempts whose end is not on record yet."""

BATCH_OF = "SELECT CASE WHEN rehearsed THEN min(batch, 0) ELSE batch END FROM attempt WHERE id = ?"
"""In which batch an attempt left; what is rehearsed goes nowhere."""

WAITING = "SELECT id, digest FROM attempt WHERE batch = 0 AND ended IS NULL ORDER BY id"
"""The attempts that wait for a batch to leave in, oldest first."""

_AWAY = "SELECT * FROM batch WHERE id IN (SELECT batch FROM attempt WHERE ended IS NULL) ORDER BY id"
_BATCHES = "SELECT name FROM batch WHERE name <> ''"
_IN_BATCH = "SELECT * FROM attempt WHERE batch = ? AND ended IS NULL ORDER BY id"

_UNENDED = "SELECT 1 FROM run WHERE ended IS NULL"
_HORIZON = """
    SELECT coalesce((SELECT after FROM run WHERE ended IS NULL), (SELECT max(id) FROM attempt), 0)
"""
_ASKED = "SELECT inputs FROM asked WHERE section = ? AND version = ? AND rehearsed = ?"
_REPLY = "SELECT * FROM attempt WHERE fingerprint = ? AND fate = ? AND id > ? ORDER BY id DESC LIMIT 1"
_ATTEMPTS = """
    SELECT * FROM attempt
    WHERE (?1 IS NULL OR section = ?1) AND (?2 IS NULL OR fingerprint = ?2) AND id > ?3 ORDER BY id
"""
_LEGS = """
    SELECT * FROM attempt
    WHERE section = ?1 AND rehearsed = ?2 AND id > ?3
    AND (fate IN ('complete', 'partial') OR (?4 AND ended IS NULL)) ORDER BY id
"""
_VERSIONS = "SELECT * FROM draft WHERE section = ? AND status <> 'incomplete' ORDER BY version"
_VERSION_LEGS = """
    SELECT leg.* FROM leg JOIN draft ON draft.id = leg.draft WHERE section = ? ORDER BY leg.draft, number
"""
_NEWEST = """
    SELECT id FROM draft WHERE (status = 'incomplete') = ?1 AND id IN (
        SELECT max(id) FROM draft
        WHERE (?1 OR status <> 'incomplete')
        AND (?2 IS NULL OR section = ?2) AND (?3 IS NULL OR rehearsed = ?3) AND (?4 IS NULL OR attempt <= ?4)
        GROUP BY section)
"""
_NEWEST_DRAFTS = f"SELECT * FROM draft WHERE id IN ({_NEWEST})"  # noqa: S608 - no values in it
_NEWEST_LEGS = f"SELECT * FROM leg WHERE draft IN ({_NEWEST}) ORDER BY draft, number"  # noqa: S608 - as above


class JournalView:
    """What a journal says; a context manager that closes it.

    Every method raises JournalError where the file is damaged or out of reach.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        """Read *db*, the journal at *path*."""
        db.row_factory = sqlite3.Row
        self._db = db
        self._path = path

    def __enter__(self) -> Self:
        """Return the journal itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._db.close()

    def completion_for(self, fingerprint: str, *, after: int = 0) -> Completion | None:
        """Return the newest whole reply to the request of that *fingerprint*: it is never asked for again.

        Attempts up to the id *after* do not count: a new version of a section wants a new reply.
        """
        return self._newest(Fate.COMPLETE, fingerprint, after)

    def partial_for(self, fingerprint: str, *, after: int = 0) -> Completion | None:
        """Return, as a cut completion, the text of the newest reply to that request that broke off."""
        found = self._newest(Fate.PARTIAL, fingerprint, after)
        return found if found and found.text else None

    def attempts(
        self, *, section: str | None = None, fingerprint: str | None = None, after: int = 0
    ) -> tuple[Attempt, ...]:
        """Return the attempts newer than *after* in the order they were made, or those of one *section*.

        With a *fingerprint* those of one request.
        """
        return tuple(self._read(read_attempt, _ATTEMPTS, section, fingerprint, after))

    def legs(
        self, section: str, *, after: int = 0, rehearsed: bool = False, unended: bool = False
    ) -> tuple[Leg, ...]:
        """Return what came back for *section*, real or rehearsed, in attempts newer than *after*, in order.

        Replies that broke off are among them, even those without text; with *unended* also what has come of
        one that is still open, or that a killed run left so.
        """
        return tuple(self._read(self._leg, _LEGS, section, rehearsed, after, unended))

    @property
    def any_open(self) -> bool:
        """Whether the end of any attempt, or of a run, is still to be put on record."""
        return any(self._read(itemgetter(0), query) for query in (STILL_OPEN, _UNENDED))

    @property
    def horizon(self) -> int:
        """The id of the last attempt that a run learns from which begins now, 0 where there is none.

        It is the newest; or, where a run broke off, the last one before that began: whoever goes on from it
        asks what it would have asked.
        """
        (found,) = self._read(itemgetter(0), _HORIZON)
        return int(found)

    @property
    def away(self) -> tuple[Away, ...]:
        """The batches of which results are still to come, in the order in which they left."""
        found = self._read(read_away, _AWAY)
        return tuple(
            replace(each, attempts=tuple(self._read(read_attempt, _IN_BATCH, each.number))) for each in found
        )

    @property
    def batches(self) -> frozenset[str]:
        """The names of all batches in which requests of this book have left, as far as they are known."""
        return frozenset(self._read(itemgetter(0), _BATCHES))

    def last_attempt(self, section: str) -> int:
        """Return the id of *section*'s newest attempt, 0 where there is none."""
        (found,) = self._read(itemgetter(0), LAST_ATTEMPT, section)
        return int(found)

    def partial_text(self, section: str) -> str:
        """Return the text of *section*'s newest attempt if its reply broke off; else nothing."""
        newest = self.attempts(section=section)[-1:]
        return "".join(self.text(attempt.id) for attempt in newest if attempt.fate is Fate.PARTIAL)

    def text(self, attempt: int) -> str:
        """Return all text that was saved of *attempt*."""
        return "".join(self._read(unpack, PIECES, attempt))

    def generated(self, section: str, *, rehearsed: bool | None = None) -> Kept | None:
        """Return *section*'s newest finished draft as it was generated: real, *rehearsed*, or whichever."""
        return self._drafts(section, incomplete=False, rehearsed=rehearsed).get(section)

    def generated_partial(self, section: str, *, rehearsed: bool | None = None) -> Kept | None:
        """Return *section*'s newest unfinished draft, as `generated` does, if no finished one followed."""
        return self._drafts(section, incomplete=True, rehearsed=rehearsed).get(section)

    def all_generated(self, *, rehearsed: bool | None = None, until: int | None = None) -> dict[str, Kept]:
        """Return every section's newest finished draft, by id, as `generated` does.

        With *until* those count that were there when the attempt of that id was the newest.
        """
        return self._drafts(None, incomplete=False, rehearsed=rehearsed, until=until)

    def all_generated_partials(self, *, rehearsed: bool | None = None) -> dict[str, Kept]:
        """Return every section's newest unfinished draft, by id, as `generated_partial` does."""
        return self._drafts(None, incomplete=True, rehearsed=rehearsed)

    def versions(self, section: str) -> tuple[Kept, ...]:
        """Return all finished drafts of *section* as they were generated, oldest first."""
        legs = self._legs_by_draft(_VERSION_LEGS, section)
        return tuple(self._read(partial(read_kept, legs=legs), _VERSIONS, section))

    def inputs(self, section: str, *, rehearsed: bool, version: int | None = None) -> dict[str, str]:
        """Return what a *version* of *section* was asked from, hashes by name; without one, the next version.

        It is empty where nobody noted that.
        """
        if version is None:
            (version,) = self._read(itemgetter(0), VERSION_NUMBER, section)
        found = self._read(_read_inputs, _ASKED, section, version, rehearsed)
        return found[0] if found else {}

    def _newest(self, fate: Fate, fingerprint: str, after: int) -> Completion | None:
        return next(iter(self._read(self._completion, _REPLY, fingerprint, fate, after)), None)

    def _completion(self, row: sqlite3.Row) -> Completion:
        return read_completion(row, text=self._whole_text(row))

    def _leg(self, row: sqlite3.Row) -> Leg:
        return read_leg(row, text=self._whole_text(row))

    def _whole_text(self, row: sqlite3.Row) -> str:
        """Return the text of the attempt of *row*; raises ValueError if a piece of it is gone."""
        text = self.text(row["id"])
        if row["crc"] not in {None, pack(text)[1]}:
            raise ValueError("a text has changed by itself")
        return text

    def _drafts(
        self, section: str | None, *, incomplete: bool, rehearsed: bool | None, until: int | None = None
    ) -> dict[str, Kept]:
        which = (incomplete, section, rehearsed, until)
        legs = self._legs_by_draft(_NEWEST_LEGS, *which)
        return {
            kept.draft.id: kept for kept in self._read(partial(read_kept, legs=legs), _NEWEST_DRAFTS, *which)
        }

    def _legs_by_draft(self, query: str, *values: object) -> dict[int, list[Leg]]:
        legs: dict[int, list[Leg]] = {}
        for draft, leg in self._read(read_draft_leg, query, *values):
            legs.setdefault(draft, []).append(leg)
        return legs

    def _read(self, read: Callable[[sqlite3.Row], Value], query: str, *values: object) -> list[Value]:
        """Return what *read* makes of every row; what it cannot make sense of has changed by itself."""
        with told(self._path):
            try:
                return [read(row) for row in self._db.execute(query, values).fetchall()]
            except (ValueError, TypeError, LookupError) as error:
                raise damaged(self._path, f"a row makes no sense ({error})") from error


def _read_inputs(row: sqlite3.Row) -> dict[str, str]:
    return {str(name): str(value) for name, value in json.loads(row["inputs"]).items()}


def view_journal(path: Path) -> JournalView:
    """Open the journal at *path* to look at, beside a running write too; an absent one is empty.

    Raises JournalError for what is no journal, damaged, or written by a newer storygen.
    """
    return JournalView(open_reader(path), path)
