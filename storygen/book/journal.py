"""The journal: every call before it is made, every word as it comes in, every draft as it was generated."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Mapping
from operator import itemgetter
from pathlib import Path

from storygen.book.attempts import Fate, Intent, Kept
from storygen.book.commits import Commits
from storygen.book.database import damaged, open_writer, told
from storygen.book.inserts import insert_draft, insert_intent, insert_row
from storygen.book.log import Log, judge_log
from storygen.book.rows import pack, spell_usage, unpack
from storygen.book.view import BATCH_OF, LEG_NUMBER, NEW_RUN, PIECES, STILL_OPEN, VERSION_NUMBER, WAITING
from storygen.crash_points import CrashPoint, Reached, unwatched
from storygen.draft import Draft
from storygen.errors import JournalError, Rejected
from storygen.messages import Completion, Opened, StopReason, Usage


class Journal(Commits):
    """The journal of the one process that writes the book; a context manager that closes it.

    What a method notes is durable when it returns, or when the block of `one_commit` around it ends.
    Opening it closes the attempts that a killed process had left open: those with text are partial then, the
    others unknown, or unsent; what left in a batch is `away`. `torn` tells that the last thing it wrote was
    not whole, and is dropped. Where a write has failed for good, none follows it.
    """

    def __init__(
        self, db: sqlite3.Connection, path: Path, *, clock: Callable[[], float], reached: Reached = unwatched
    ) -> None:
        """Write to *db*, the journal at *path*; *clock* tells the wall clock's time, for show only."""
        super().__init__(db, path)
        self._clock = clock
        self._reached = reached
        self.torn = False
        self._close_interrupted()

    def open_intent(self, intent: Intent) -> int:
        """Note that a request is about to leave, and return the attempt's id.

        Raises DiskFull where its reply may find no room.
        """
        self._guard.look()
        self._guard.make_sure_of_room()
        with self.one_commit():
            (number,) = self._read(itemgetter(0), LEG_NUMBER, intent.section, intent.rehearsed)
            attempt = insert_intent(self._db, intent, number=number, started=self._clock())
            self._reached(CrashPoint.BEFORE_INTENT)
        self._reached(CrashPoint.AFTER_INTENT)
        return attempt

    def leave(self, digests: Collection[str], *, requests: int, origin: str) -> int:
        """Note that the attempts of those *digests* that wait for it leave in one batch; return its number.

        It is of so many *requests* in all, and goes to *origin*.
        """
        with self.one_commit():
            batch = insert_row(self._db, "batch", requests=requests, origin=origin, at=self._clock())
            waiting = {digest: id_ for id_, digest in reversed(self._read(tuple, WAITING))}
            self._db.executemany(
                "UPDATE attempt SET batch = ? WHERE id = ?", [(batch, waiting[each]) for each in digests]
            )
        return batch

    def stay(self, number: int) -> None:
        """Note that the batch of that *number* was never made: what was to leave in it waits as before."""
        with self.one_commit():
            self._db.execute("UPDATE attempt SET batch = 0 WHERE batch = ? AND ended IS NULL", (number,))

    def name_batch(self, number: int, name: str) -> None:
        """Note what the server calls the batch of that *number*."""
        with self.one_commit():
            self._db.execute("UPDATE batch SET name = ? WHERE id = ?", (name, number))

    def begin_run(self) -> None:
        """Note that a run begins to ask, unless it goes on from one that broke off."""
        with self.one_commit():
            self._db.execute(NEW_RUN)

    def end_run(self) -> None:
        """Note that the run has written all that it set out to write; what came of it is learned from now."""
        with self.one_commit():
            self._db.execute("UPDATE run SET ended = ? WHERE ended IS NULL", (self._clock(),))

    def ask_from(self, section: str, inputs: Mapping[str, str], *, rehearsed: bool) -> None:
        """Note the *inputs*, hashes by name, that the next version of *section* is asked from."""
        with self.one_commit():
            (version,) = self._read(itemgetter(0), VERSION_NUMBER, section)
            self._db.execute(
                "INSERT OR REPLACE INTO asked (section, version, rehearsed, inputs) VALUES (?, ?, ?, ?)",
                (section, version, rehearsed, json.dumps(inputs, sort_keys=True)),
            )

    def opened(self, attempt: int, answer: Opened) -> None:
        """Note that the server has begun to answer."""
        self._note(
            attempt,
            fate=Fate.STREAMING,
            status=answer.status,
            request_id=answer.request_id,
            message_id=answer.message_id,
            answered_by=answer.model,
        )

    def save_text(self, attempt: int, text: str, *, usage: Usage | None = None) -> None:
        """Save *text*, all that has come so far, and the usage so far if it is known."""
        with self.one_commit():
            self._note(attempt, usage=usage and spell_usage(usage))
            self._save(attempt, text)

    def complete(self, attempt: int, completion: Completion, *, cost: int | None = None) -> None:
        """Close *attempt* with a whole reply and what it cost in micro-dollars; a cut one is only partial."""
        fate = Fate.PARTIAL if completion.stop_reason is StopReason.CUT else Fate.COMPLETE
        with self.one_commit():
            self._note(
                attempt,
                stop_reason=completion.stop_reason,
                stop_word=completion.stop_word,
                stop_detail=completion.stop_detail,
                blocks=json.dumps(completion.blocks),
                clean=completion.clean,
                request_id=completion.request_id,
                message_id=completion.message_id,
                answered_by=completion.model,
                envelope=completion.envelope,
            )
            self._save(attempt, completion.text)
            self._close(attempt, fate, usage=completion.usage, cost=cost)
            self._reached(CrashPoint.BEFORE_COMPLETE)

    def partial(
        self, attempt: int, text: str, cause: str, *, usage: Usage | None = None, cost: int | None = None
    ) -> None:
        """Close *attempt*, whose reply broke off because of *cause*, with the text that came."""
        with self.one_commit():
            self.save_text(attempt, text, usage=usage)
            self._close(attempt, Fate.PARTIAL, cause=cause, cost=cost)

    def unsent(self, attempt: int, cause: str) -> None:
        """Close *attempt*, of which certainly nothing has left; it costs nothing."""
        self._close(attempt, Fate.UNSENT, cause=cause, cost=0)

    def rejected(self, attempt: int, error: Rejected) -> None:
        """Close *attempt*, which the API answered with *error*; it costs nothing."""
        with self.one_commit():
            self._note(attempt, status=error.status, request_id=error.request_id)
            self._close(attempt, Fate.REJECTED, cause=f"{error.kind}: {error.message}", cost=0)

    def unknown(self, attempt: int, cause: str) -> None:
        """Close *attempt*, which may have been answered and paid for although no word came back."""
        self._close(attempt, Fate.UNKNOWN, cause=cause)

    def abandon(self, attempt: int, cause: str) -> None:
        """Close *attempt*, which nobody waits for any more, as far as that is known.

        One that waits for a batch was never sent; one that left in a batch stays open: its result will come.
        """
        (batch,) = self._read(itemgetter(0), BATCH_OF, attempt)
        if batch is None:
            self._close(attempt, Fate.PARTIAL if self.text(attempt) else Fate.UNKNOWN, cause=cause)
        elif not batch:
            self.unsent(attempt, cause)

    def keep(self, draft: Draft, *, model: str, rehearsed: bool) -> Kept:
        """Store *draft* with its legs as generated: the next version of its section."""
        with self.one_commit():
            (version,) = self._read(itemgetter(0), VERSION_NUMBER, draft.id)
            last = self.last_attempt(draft.id)
            kept = Kept(draft, version, model, rehearsed, attempt=last, at=self._clock())
            insert_draft(self._db, kept)
        return kept

    def _save(self, attempt: int, text: str) -> None:
        """Append what is new of *text*; text that does not go on from what was saved replaces it."""
        number, saved = self._known(attempt)
        if not text.startswith(saved):
            self._db.execute("DELETE FROM piece WHERE attempt = ?", (attempt,))
            number, saved = 0, ""
        if len(text) > len(saved):
            number += 1
            self._db.execute(
                "INSERT INTO piece (attempt, number, text, crc) VALUES (?, ?, ?, ?)",
                (attempt, number, *pack(text[len(saved) :])),
            )
        self._saved[attempt] = number, text

    def _known(self, attempt: int) -> tuple[int, str]:
        """Return how many pieces of *attempt* are saved, and the text that they make."""
        if attempt not in self._saved:
            pieces = self._read(unpack, PIECES, attempt)
            self._saved[attempt] = len(pieces), "".join(pieces)
        return self._saved[attempt]

    def _close(
        self,
        attempt: int,
        fate: Fate,
        *,
        cause: str = "",
        usage: Usage | None = None,
        cost: int | None = None,
    ) -> None:
        spelt = usage and spell_usage(usage)
        with self.one_commit():
            _, crc = pack(self._known(attempt)[1])
            ended = self._clock()
            self._note(attempt, fate=fate, cause=cause, usage=spelt, cost=cost, crc=crc, ended=ended)
        self._saved.pop(attempt)

    def _note(self, attempt: int, **columns: object) -> None:
        """Fill *columns* of an attempt that is still open; None leaves a column as it is."""
        known = {name: value for name, value in columns.items() if value is not None}
        settings = ", ".join(f"{name} = ?" for name in known) or "id = id"
        query = f"UPDATE attempt SET {settings} WHERE id = ? AND ended IS NULL"  # noqa: S608 - our own names
        with self.one_commit():
            if self._db.execute(query, (*known.values(), attempt)).rowcount != 1:
                raise JournalError(
                    f"attempt {attempt} is not open in the journal", "this is a fault of storygen"
                )

    def _close_interrupted(self) -> None:
        with self.one_commit():
            for attempt in self._read(itemgetter(0), STILL_OPEN):
                self.abandon(attempt, "storygen was killed")
                self._reached(CrashPoint.RECOVERING)


def open_journal(path: Path, *, clock: Callable[[], float], reached: Reached = unwatched) -> Journal:
    """Open the journal at *path* to write, or make it; the caller holds the book's lock.

    Raises JournalError for what is no journal, damaged, or written by a newer storygen.
    """
    with told(path):
        log = judge_log(path)
    if log is Log.DAMAGED:
        raise damaged(path, f"its log, {path.name}-wal, is broken in the middle")
    db = open_writer(path, reached=reached)
    try:
        journal = Journal(db, path, clock=clock, reached=reached)
    except BaseException:
        db.close()
        raise
    journal.torn = log is Log.TORN
    return journal
