"""How new rows go into the journal's tables."""

from __future__ import annotations

import json
import sqlite3

from storygen.book.attempts import Fate, Intent, Kept
from storygen.book.rows import pack, spell_stretch, spell_usage
from storygen.draft import Leg


def insert_row(db: sqlite3.Connection, table: str, **columns: object) -> int:
    """Write a row of *columns* into *table* of *db*, and return its number."""
    places = ", ".join("?" * len(columns))
    query = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - our own names
    return int(db.execute(query, tuple(columns.values())).lastrowid or 0)


def insert_intent(db: sqlite3.Connection, intent: Intent, *, number: int, started: float) -> int:
    """Write *intent* into *db*, leg *number* of its section; return the number of the attempt."""
    return insert_row(
        db,
        "attempt",
        section=intent.section,
        leg=number,
        fingerprint=intent.fingerprint,
        digest=intent.digest,
        model=intent.model,
        rehearsed=intent.rehearsed,
        reserved=intent.reserved,
        fate=Fate.INTENT,
        started=started,
        base=intent.leg.base,
        joint=intent.leg.joint,
        stretch=spell_stretch(intent.leg.stretch),
        plain=intent.plain,
        batch=0 if intent.batched else None,
    )


def insert_draft(db: sqlite3.Connection, kept: Kept) -> None:
    """Write *kept* into *db*, with the legs that it was made of."""
    text, crc = pack(kept.draft.text)
    draft = insert_row(
        db,
        "draft",
        section=kept.draft.id,
        version=kept.version,
        text=text,
        crc=crc,
        status=kept.draft.status,
        flags=json.dumps(kept.draft.flags),
        model=kept.model,
        rehearsed=kept.rehearsed,
        attempt=kept.attempt,
        at=kept.at,
    )
    for number, leg in enumerate(kept.draft.legs, 1):
        _insert_leg(db, draft, number, leg)


def _insert_leg(db: sqlite3.Connection, draft: int, number: int, leg: Leg) -> None:
    text, crc = pack(leg.text)
    insert_row(
        db,
        "leg",
        draft=draft,
        number=number,
        text=text,
        crc=crc,
        stop_reason=leg.stop_reason,
        request_id=leg.request_id,
        usage=spell_usage(leg.usage),
        base=leg.base,
        joint=leg.joint,
        stretch=spell_stretch(leg.stretch),
    )
