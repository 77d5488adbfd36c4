"""SQLite's log of the journal: what a killed process leaves beside it, and whether all of it is still there.

SQLite believes a log up to its first frame that does not add up, and takes that for the end. So a flipped bit
in the middle would cost, in silence, everything behind it. The format is that of
https://sqlite.org/fileformat2.html#the_write_ahead_log.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import Enum, auto
from pathlib import Path

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = 0x377F0682
"""The first word; one more where the sums are of big-endian words."""

_WORD = 0xFFFF_FFFF


class Log(Enum):
    """What became of a log: it adds up, its last commit is not whole, or one before that is not."""

    SOUND = auto()
    TORN = auto()
    DAMAGED = auto()


def judge_log(path: Path) -> Log:
    """Look at the log of the journal at *path*, which nobody writes to; one that is not there is sound.

    Each commit waits for the disk before the next one begins. So a commit that does not add up, and that
    others follow, was whole once; the last one may never have been. Raises OSError.
    """
    try:
        raw = path.with_name(f"{path.name}-wal").read_bytes()
    except FileNotFoundError:
        return Log.SOUND
    if len(raw) <= _HEADER.size:
        return Log.SOUND
    head = _HEADER.unpack_from(raw)
    order = ">" if head[0] & 1 else "<"
    total = _sum(raw[:24], order, (0, 0))
    if head[0] & ~1 != _MAGIC or total != head[6:]:
        return Log.DAMAGED
    return _judge_frames(raw, size=head[2], salts=head[4:6], order=order, total=total)


def _judge_frames(
    raw: bytes, *, size: int, salts: tuple[int, ...], order: str, total: tuple[int, int]
) -> Log:
    """Find the first frame that does not add up, and what of the same log lies behind it."""
    places = range(_HEADER.size, len(raw), _FRAME.size + size)
    for number, place in enumerate(places):
        frame = raw[place : place + _FRAME.size + size]
        if len(frame) == _FRAME.size + size:
            total = _sum(frame[:8] + frame[_FRAME.size :], order, total)
            if _FRAME.unpack_from(frame)[2:] == (*salts, *total):
                continue
        return _judge_rest(list(_commits(raw, places[number:], salts)))
    return Log.SOUND


def _commits(raw: bytes, places: range, salts: tuple[int, ...]) -> Iterator[bool]:
    """Say of each frame of this log in *places* whether it ends a commit; older ones have other salts."""
    for place in places:
        frame = raw[place : place + _FRAME.size]
        if len(frame) == _FRAME.size and _FRAME.unpack(frame)[2:4] == salts:
            yield _FRAME.unpack(frame)[1] > 0


def _judge_rest(commits: list[bool]) -> Log:
    """Judge what is left behind the sound part: no commit, one that may never have been whole, or more."""
    if any(commits[:-1]):
        return Log.DAMAGED
    return Log.TORN if any(commits) else Log.SOUND


def _sum(data: bytes, order: str, total: tuple[int, int]) -> tuple[int, int]:
    """Add *data* to SQLite's running sum."""
    one, two = total
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        one = (one + even + two) & _WORD
        two = (two + odd + one) & _WORD
    return one, two
