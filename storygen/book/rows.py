"""Rows of the journal and the values they stand for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from zlib import crc32

from storygen.book.attempts import Attempt, Away, Fate, Kept
from storygen.draft import Draft, DraftStatus, Flag, Joint, Leg, Stretch
from storygen.messages import Completion, StopReason, Usage

_OWN_TYPES = {"usage", "fate", "rehearsed", "stop_reason"}


def pack(text: str) -> tuple[bytes, int]:
    """Return *text* as bytes, halves of characters included, and the checksum that tells flipped bits."""
    raw = text.encode("utf-8", "surrogatepass")
    return raw, crc32(raw)


def unpack(row: sqlite3.Row) -> str:
    """Return the text that `pack` made the columns `text` and `crc` of *row* from.

    Raises ValueError if it is not the same any more.
    """
    raw: bytes = row["text"]
    if crc32(raw) != row["crc"]:
        raise ValueError("a text has changed by itself")
    return raw.decode("utf-8", "surrogatepass")


def spell_usage(usage: Usage) -> str:
    """Return *usage* as the journal spells it."""
    return json.dumps(asdict(usage))


def spell_stretch(stretch: Stretch) -> str:
    """Return *stretch* as the journal spells it."""
    return json.dumps(asdict(stretch))


def read_attempt(row: sqlite3.Row) -> Attempt:
    """Return the attempt of *row*."""
    plain: dict[str, Any] = {name: row[name] for name in Attempt.__slots__ if name not in _OWN_TYPES}
    return Attempt(
        **plain,
        usage=_read_usage(row),
        fate=Fate(row["fate"]),
        rehearsed=bool(row["rehearsed"]),
        stop_reason=StopReason(row["stop_reason"]) if row["stop_reason"] else None,
    )


def read_away(row: sqlite3.Row) -> Away:
    """Return the batch of *row*, its attempts left out."""
    return Away(row["id"], row["name"], row["requests"], row["origin"], row["at"])


def read_completion(row: sqlite3.Row, *, text: str) -> Completion:
    """Return what the attempt of *row* brought back; without a stop reason it was cut."""
    return Completion(
        text=text,
        stop_reason=StopReason(row["stop_reason"] or StopReason.CUT),
        usage=_read_usage(row),
        stop_word=row["stop_word"],
        stop_detail=row["stop_detail"],
        request_id=row["request_id"],
        message_id=row["message_id"],
        model=row["answered_by"],
        envelope=row["envelope"],
        blocks=tuple(json.loads(row["blocks"])),
        clean=bool(row["clean"]),
    )


def read_leg(row: sqlite3.Row, *, text: str) -> Leg:
    """Return the leg that the row of a draft's leg or of an attempt stands for; see `read_completion`."""
    return Leg(
        text=text,
        stop_reason=StopReason(row["stop_reason"] or StopReason.CUT),
        usage=_read_usage(row),
        request_id=row["request_id"],
        base=row["base"],
        joint=Joint(row["joint"]),
        stretch=Stretch(**json.loads(row["stretch"])),
    )


def read_draft_leg(row: sqlite3.Row) -> tuple[int, Leg]:
    """Return the row id of a draft and the leg that *row* keeps of it."""
    return row["draft"], read_leg(row, text=unpack(row))


def read_kept(row: sqlite3.Row, *, legs: Mapping[int, Iterable[Leg]]) -> Kept:
    """Return the generated draft of *row*; *legs* are the legs of drafts by the drafts' row ids."""
    draft = Draft(
        id=row["section"],
        text=unpack(row),
        status=DraftStatus(row["status"]),
        legs=tuple(legs.get(row["id"], ())),
        flags=tuple(Flag(flag) for flag in json.loads(row["flags"])),
    )
    return Kept(draft, row["version"], row["model"], bool(row["rehearsed"]), row["attempt"], row["at"])


def _read_usage(row: sqlite3.Row) -> Usage:
    return Usage(**json.loads(row["usage"]))
