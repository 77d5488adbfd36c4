"""How many requests may be on their way at once, and how soon the next one may leave; without a clock."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

EVERY = 0.05
"""Seconds between one stream more and the next, as long as nothing is refused."""

ALONE = 10.0
"""A refusal stands alone if no other one came within so many seconds before it."""

MANY = 10
"""It does as well if so many replies have begun since."""

MARGIN = 1.25
"""So many times what replies use of their max_tokens on average is set aside for the next one."""

_MOMENT = 1e-6
_MINUTE = 60.0
_DAY = 86_400.0

Need: TypeAlias = Mapping[str, float]
"""What one request takes of each limit, by the limit's name in the API's headers, such as `input-tokens`."""

ONE: Need = {"requests": 1.0}
"""A request whose tokens nobody has counted."""

_OUTPUT = "output-tokens"
_KINDS = ("requests", "tokens", "input-tokens", _OUTPUT)
_LATEST = 0.2
"""How much the latest reply weighs in an average."""


@dataclass(slots=True)
class Pool:
    """What a server still grants of one thing, as far as anybody here knows; it fills up within a minute.

    `most`, `left` and `rate` (each second) only ever fall by what the server says; time and unused
    reserves alone bring something back.
    """

    most: float
    left: float
    at: float
    rate: float

    def delay(self, need: float, now: float) -> float:
        """Return the seconds until *need* is there; what asks for more than there ever is waits for all."""
        return max(0.0, (min(need, self.most) - self.there(now)) / self.rate)

    def take(self, need: float, now: float) -> None:
        """Take *need* out, even if that leaves a debt; a negative one puts something back."""
        self.left, self.at = min(self.most, self.there(now) - need), max(self.at, now)

    def lower(self, most: float, left: float, rate: float, now: float) -> None:
        """Take a server's word where it is lower than what was known."""
        self.left, self.at = min(left, self.there(now)), max(self.at, now)
        self.most, self.rate = min(self.most, most), min(self.rate, rate)

    def there(self, now: float) -> float:
        """Return what is left *now*."""
        return min(self.most, self.left + max(0.0, now - self.at) * self.rate)


@dataclass(frozen=True, slots=True)
class Flight:
    """A request on its way: since when, what it needs, and what of that it has taken from the pools."""

    began: float
    need: Need
    taken: Need


@dataclass(slots=True)
class Flow:
    """What is on its way and what may follow: a machine without a clock, *now* is seconds of any clock.

    `most` may ever be on their way at once, `width` may be now, `flights` are. It begins with a quarter of
    `most` and grows by one stream every EVERY seconds while they are wanted and nothing is refused; a
    refusal halves it, and from then on each success adds one.

    Nothing leaves before what it takes is there of every limit that the server has told of. What a reply will
    write is not known then, and servers differ: some set all of max_tokens aside until it has ended, others
    only count what was written. A server is taken for one of the first kind until it has more left as a reply
    begins than it then could have, and again as soon as one of the second kind would have had more left, or
    would not have refused. `share` is what is set aside here: all of it, or what replies are seen to use.

    >>> flow = Flow(most=8)
    >>> flights = [flow.start(ONE, now=0.0) for _ in range(2)]
    >>> flow.delay(ONE, now=0.0), flow.delay(ONE, now=0.05)
    (0.05, 0.0)
    """

    most: int = 1
    width: int = field(init=False)
    flights: list[Flight] = field(default_factory=list)
    _reserves: bool = True
    _use: float = 1.0
    _ramping: bool = True
    _grew: float = -math.inf
    _halved: float = -math.inf
    _refused: float = -math.inf
    _begun: int = 0
    _paused: float = -math.inf
    _pools: dict[str, Pool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with a quarter."""
        self.width = math.ceil(self.most / 4)

    @property
    def share(self) -> float:
        """How much of its max_tokens is set aside for a reply."""
        return 1.0 if self._reserves else self._use

    def delay(self, need: Need, now: float) -> float:
        """Return the seconds until a request may start: 0 for at once, infinity for after a landing."""
        wanted = self._expected(need)
        pools = (pool.delay(wanted.get(kind, 0.0), now) for kind, pool in self._pools.items())
        seconds = max(self._room(now), self._paused - now, *pools, 0.0)
        return seconds if seconds > _MOMENT else 0.0

    def start(self, need: Need, now: float) -> Flight:
        """Let a request leave, for which `delay` has just been 0."""
        grows = len(self.flights) >= self.width
        self.width += grows
        if grows or self._grew == -math.inf:
            self._grew = now
        wanted = self._expected(need)
        taken = {kind: min(wanted.get(kind, 0.0), pool.most) for kind, pool in self._pools.items()}
        for kind, amount in taken.items():
            self._pools[kind].take(amount, now)
        self.flights.append(Flight(now, need, taken))
        return self.flights[-1]

    def land(self, flight: Flight) -> None:
        """Take note that *flight* is over, however it ended."""
        self.flights.remove(flight)

    def succeeded(self, flight: Flight, now: float, *, used: Need) -> None:
        """Take note that *flight* was answered: one stream more may fly, unused reserves come back."""
        if not self._ramping:
            self.width = min(self.most, self.width + 1)
        self._give_back(flight, now, used=used)
        if most := _output(flight):
            seen = min(1.0, MARGIN * used.get(_OUTPUT, most) / most)
            self._use += _LATEST * (seen - self._use)

    def refused(self, flight: Flight, now: float, *, pause: float, limits: Mapping[str, str]) -> None:
        """Take note that the server turned *flight* away, and keep everybody back for *pause* seconds.

        A refusal that stands alone while the server's *limits* show room concerns that one request only.
        One wave of refusals halves the width once: what left before the last halving says nothing new.
        """
        self._lower(limits, now)
        self._give_back(flight, now, used=ONE)
        self._reserves |= 1 <= _said(limits, _OUTPUT)[1] < _output(flight)
        alone = now - self._refused > ALONE or self._begun >= MANY
        self._refused, self._begun = now, 0
        if alone and _shows_room(limits):
            return
        if flight.began > self._halved:
            self.width, self._halved = max(1, self.width // 2), now
            self._ramping = False
        self._paused = max(self._paused, now + pause)

    def learn(self, limits: Mapping[str, str], now: float) -> None:
        """Take note of what a reply says of *limits*; what makes no sense is as if it had not been said."""
        self._begun += 1
        self._judge(*_said(limits, _OUTPUT), now)
        self._lower(limits, now)

    def _judge(self, most: float, left: float, now: float) -> None:
        """Tell by what is *left* of output, now that a reply has begun, whether the server sets it aside.

        It does not if there is more than all *most* without one reply's max_tokens. It does if there is less
        than was to be expected; with several on their way that may be what others have just written.
        """
        asked = [_output(flight) for flight in self.flights]
        if asked and left > most - min(asked) / 2:
            self._reserves = False
        elif len(asked) == 1 and (pool := self._pools.get(_OUTPUT)):
            self._reserves |= pool.there(now) - left > max(_MOMENT, asked[0] * (1 - self.share) / 2)

    def _lower(self, limits: Mapping[str, str], now: float) -> None:
        for kind in _KINDS:
            most, left = _said(limits, kind)
            if most < 1 or not left <= most:
                continue
            rate = most / max(_MINUTE, _refill_time(limits, kind) if left < 1 else 0.0)
            if kind not in self._pools:  # what left after the first flight is not in the server's count yet
                unseen = sum(flight.need.get(kind, 0.0) for flight in self.flights[1:])
                self._pools[kind] = Pool(most, max(0.0, left - unseen), now, rate)
            self._pools[kind].lower(most, left, rate, now)

    def _expected(self, need: Need) -> Need:
        """Return what of *need* a reply is expected to take."""
        return {**need, _OUTPUT: need.get(_OUTPUT, 0.0) * self.share}

    def _give_back(self, flight: Flight, now: float, *, used: Need) -> None:
        for kind, amount in flight.taken.items():
            self._pools[kind].take(min(0.0, used.get(kind, 0.0) - amount), now)

    def _room(self, now: float) -> float:
        if len(self.flights) < self.width:
            return 0.0
        return self._grew + EVERY - now if self._ramping and self.width < self.most else math.inf


def _output(flight: Flight) -> float:
    return flight.need.get(_OUTPUT, 0.0)


def _said(limits: Mapping[str, str], kind: str) -> tuple[float, float]:
    """Return how much there is of *kind* at most, and how much is left; NaN where nothing usable is said."""
    return _number(limits.get(f"{kind}-limit")), _number(limits.get(f"{kind}-remaining"))


def _shows_room(limits: Mapping[str, str]) -> bool:
    left = [limits[name] for name in (f"{kind}-remaining" for kind in _KINDS) if name in limits]
    return bool(left) and all(_number(amount) >= 1 for amount in left)


def _refill_time(limits: Mapping[str, str], kind: str) -> float:
    """Return the seconds until an empty pool is full again, 0 where nothing usable is said."""
    seconds = _number(limits.get(f"{kind}-reset"))
    return seconds if 0 < seconds <= _DAY else 0.0


def _number(raw: str | None) -> float:
    """Return a finite number that is not negative, or NaN, which compares as false."""
    try:
        number = float(raw or "")
    except ValueError:
        return math.nan
    return number if math.isfinite(number) and number >= 0 else math.nan
