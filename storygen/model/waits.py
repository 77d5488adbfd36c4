"""How long to wait before another try, and when to stop trying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from storygen.errors import Cut, ModelError, Rejected, Stopped, Unreachable

LONGEST = 600.0
"""Seconds; a server that asks for more makes the run stop, to be gone on with later."""

_CAP = 60.0
_FLOOR_OF_429 = 5.0
_TOO_MANY = 429
_YEAR = 365 * 86_400.0


def worth_retrying(error: ModelError) -> bool:
    """Return whether the same request may succeed later."""
    return isinstance(error, Rejected | Unreachable | Cut) and error.retry


def wait(error: ModelError, *, failures: int, rng: Random) -> float:
    """Return the seconds to wait after *error*, the last of *failures* in a row (at least one).

    What the server asks for counts, and up to a second more, so that not all come back at once; the caller
    compares it with `LONGEST`. Else the wait is drawn from a span that doubles up to a minute, and after a
    rate limit from its upper half, five seconds at least.
    """
    if isinstance(error, Rejected) and error.retry_after is not None:
        return error.retry_after + rng.uniform(0, 1)
    span = min(_CAP, 2.0 ** min(failures, 10))
    if isinstance(error, Rejected) and error.status == _TOO_MANY:
        return max(_FLOOR_OF_429, rng.uniform(span / 2, span))
    return rng.uniform(0, span)


def resume_at(seconds: float, *, now: float) -> str:
    """Say when a pause of *seconds* is over that begins *now* (Unix time): a local time, for a person."""
    if seconds > _YEAR:
        return "in more than a year"
    then, today = datetime.fromtimestamp(now + seconds), datetime.fromtimestamp(now)  # noqa: DTZ006 - their own clock
    return f"at {then:%H:%M}" if then.date() == today.date() else f"on {then:%Y-%m-%d at %H:%M}"


def refuse_longer(seconds: float, why: str, *, what: str, now: float) -> None:
    """Raise Stopped where *what* had to wait longer than LONGEST, and say *why*; *now* is Unix time."""
    if seconds > LONGEST:
        raise Stopped(
            f"{what} has to wait {seconds / 60:,.0f} minutes: {why}",
            f"run the same command again {resume_at(seconds, now=now)}; everything written so far is kept",
        )


@dataclass(slots=True)
class RetryBucket:
    """What a whole run may spend on retries: each costs one, each success gives a little back.

    When it is empty, the trouble is not one request's, and the run had better stop than hammer.

    >>> bucket = RetryBucket(left=1)
    >>> bucket.take(), bucket.take()
    (True, False)
    """

    left: float = 20.0
    most: float = 20.0
    gain: float = 0.2

    def take(self) -> bool:
        """Pay for one retry, if there is enough left."""
        if self.left < 1:
            return False
        self.left -= 1
        return True

    def put_back(self) -> None:
        """Reward one success."""
        self.left = min(self.most, self.left + self.gain)
