"""The ways in which a run is killed, and a deck of them in which each has its share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from storygen.crash_points import ALONE, CrashPoint


class Way(StrEnum):
    """How a kill finds its moment."""

    NAMED = "at a named point"
    MID_STREAM = "in mid-stream"
    RIVAL = "in mid-stream, beside a second writer"
    RESUME = "during a resume"
    RANDOM = "at any time"


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: at the `nth` time that `point` is reached, or `delay` seconds after something has begun.

    That is the stream for kills in mid-stream, the hold on the book for those during a resume, the process
    for those at any time. `missed` counts the books in which it found no moment.
    """

    way: Way
    point: CrashPoint | None = None
    nth: int = 1
    delay: float = 0
    missed: int = 0

    @property
    def resumes(self) -> bool:
        """Whether it needs a run that has something to take up again."""
        return self.way is Way.RESUME or self.point in {CrashPoint.RECOVERING, CrashPoint.RESUMING}

    def __str__(self) -> str:
        """Say where, as the table of a soak does."""
        return self.way.value if self.point is None else self.point.value


LAST = frozenset({CrashPoint.BEFORE_MANUSCRIPT, CrashPoint.AFTER_MANUSCRIPT})
"""Points that only a run reaches that has written the last section."""

ROUND = 40
"""Of so many kills each named point has one; 20 are in mid-stream, four during a resume, four at any time."""

_OFTEN = {
    CrashPoint.MIGRATING: 3,
    CrashPoint.BEFORE_INTENT: 2,
    CrashPoint.AFTER_INTENT: 2,
    CrashPoint.AFTER_SEND: 2,
    CrashPoint.MID_STREAM: 40,
    CrashPoint.BEFORE_COMPLETE: 2,
    CrashPoint.BEFORE_DRAFT: 2,
    CrashPoint.BEFORE_RECORD: 2,
}
"""How often a point is passed at most before the kill; what is not here comes once in a run."""

_STREAM, _LONG_STREAM, _RESUME, _ANY_TIME = 1.4, 3.0, 0.25, 2.0
"""The longest delay of each way, in seconds."""


def deck(count: int, dice: Random) -> list[Kill]:
    """Return *count* kills in an order that *dice* choose, each way and point with its share in every ROUND.

    >>> kills = deck(200, Random(1))
    >>> {[kill.point for kill in kills].count(point) for point in ALONE}
    {5}
    """
    rounds = [_round(dice) for _ in range(math.ceil(count / ROUND))]
    kills = [kill for each in rounds for kill in dice.sample(each, ROUND)][:count]
    return dice.sample(kills, count)


def _round(dice: Random) -> list[Kill]:
    return [
        *(Kill(Way.NAMED, point, nth=dice.randint(1, _OFTEN.get(point, 1))) for point in ALONE),
        *(Kill(Way.MID_STREAM, delay=dice.uniform(0, _STREAM)) for _ in range(16)),
        *(Kill(Way.MID_STREAM, delay=dice.uniform(_STREAM, _LONG_STREAM)) for _ in range(2)),
        *(Kill(Way.RIVAL, delay=dice.uniform(0, _STREAM)) for _ in range(2)),
        *(Kill(Way.RESUME, delay=dice.uniform(0, _RESUME)) for _ in range(4)),
        *(Kill(Way.RANDOM, delay=dice.uniform(0, _ANY_TIME)) for _ in range(4)),
    ]
