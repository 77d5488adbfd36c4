"""How many requests may be on their way at once, and how soon the next one may leave."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

import anyio

from storygen.errors import ModelError, Rejected
from storygen.messages import Usage

EVERY = 0.05
"""Seconds between one stream more and the next, as long as nothing is refused."""

ALONE = 10.0
"""A refusal stands alone if no other one came within so many seconds before it."""

FLOOR = 5.0
"""Seconds that everybody pauses after a 429 that does not say how long."""

MARGIN = 1.25
"""So many times what replies use of their max_tokens on average is set aside for the next one."""

_ANNOUNCED = 1.0
_MOMENT = 1e-6
_MINUTE = 60.0
_DAY = 86_400.0
_TOO_MANY = 429
_OVERLOADED = 529

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
    refusal halves it, and from then on each success adds one. Of a limit on output `share` of max_tokens is
    set aside for a reply: what replies are seen to use, until the server is seen to set aside all of it.

    >>> flow = Flow(most=8)
    >>> flights = [flow.start(ONE, now=0.0) for _ in range(2)]
    >>> flow.delay(ONE, now=0.0), flow.delay(ONE, now=0.05)
    (0.05, 0.0)
    """

    most: int = 1
    width: int = field(init=False)
    flights: list[Flight] = field(default_factory=list)
    share: float = 1.0
    _reserves: bool = False
    _ramping: bool = True
    _grew: float = -math.inf
    _halved: float = -math.inf
    _refused: float = -math.inf
    _paused: float = -math.inf
    _pools: dict[str, Pool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with a quarter."""
        self.width = math.ceil(self.most / 4)

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
        if not self._reserves and (most := flight.need.get(_OUTPUT, 0.0)):
            seen = min(1.0, MARGIN * used.get(_OUTPUT, most) / most)
            self.share += _LATEST * (seen - self.share)

    def refused(self, flight: Flight, now: float, *, pause: float, limits: Mapping[str, str]) -> None:
        """Take note that the server turned *flight* away, and keep everybody back for *pause* seconds.

        A refusal that stands alone while the server's *limits* show room concerns that one request only.
        One wave of refusals halves the width once: what left before the last halving says nothing new.
        """
        self.learn(limits, now)
        self._give_back(flight, now, used=ONE)
        alone, self._refused = now - self._refused > ALONE, now
        if alone and _shows_room(limits):
            return
        if flight.began > self._halved:
            self.width, self._halved = max(1, self.width // 2), now
            self._ramping = False
        self._paused = max(self._paused, now + pause)

    def learn(self, limits: Mapping[str, str], now: float) -> None:
        """Take note of what a reply says of *limits*; what makes no sense is as if it had not been said."""
        for kind in _KINDS:
            most, left = _number(limits.get(f"{kind}-limit")), _number(limits.get(f"{kind}-remaining"))
            if most < 1 or not left <= most:
                continue
            rate = most / max(_MINUTE, _refill_time(limits, kind) if left < 1 else 0.0)
            if kind not in self._pools:  # what left after the first flight is not in the server's count yet
                unseen = sum(flight.need.get(kind, 0.0) for flight in self.flights[1:])
                self._pools[kind] = Pool(most, max(0.0, left - unseen), now, rate)
            if kind == _OUTPUT:
                self._compare(left, now)
            self._pools[kind].lower(most, left, rate, now)

    def _expected(self, need: Need) -> Need:
        """Return what of *need* a reply is expected to take."""
        return {**need, _OUTPUT: need.get(_OUTPUT, 0.0) * self.share}

    def _compare(self, left: float, now: float) -> None:
        """Set all of max_tokens aside from now on, where the server, with so much *left*, seems to do so."""
        unseen = [flight.need.get(_OUTPUT, 0.0) * (1 - self.share) for flight in self.flights[-1:]]
        if unseen and self._pools[_OUTPUT].there(now) - left > unseen[0] / 2 > _MOMENT:
            self._reserves, self.share = True, 1.0

    def _give_back(self, flight: Flight, now: float, *, used: Need) -> None:
        for kind, amount in flight.taken.items():
            self._pools[kind].take(min(0.0, used.get(kind, 0.0) - amount), now)

    def _room(self, now: float) -> float:
        if len(self.flights) < self.width:
            return 0.0
        return self._grew + EVERY - now if self._ramping and self.width < self.most else math.inf


@dataclass(slots=True)
class Limiter:
    """The gate that every request of a run passes, first come, first served, by the event loop's clock."""

    flow: Flow = field(default_factory=Flow)
    _turn: anyio.Lock = field(default_factory=anyio.Lock)
    _changed: anyio.Event = field(default_factory=anyio.Event)

    @asynccontextmanager
    async def slot(
        self, need: Need = ONE, *, before: Callable[[float], None] = lambda _: None
    ) -> AsyncIterator[Flight]:
        """Wait until a request with *need* may leave, and hold its place for as long as the block runs.

        *before* hears how many seconds a wait will last that somebody might notice; it may raise.
        """
        flight = await self._enter(need, before)
        try:
            yield flight
        finally:
            self.flow.land(flight)
            self._wake()

    def learn(self, limits: Mapping[str, str]) -> None:
        """Take note of the limits that a reply tells."""
        self.flow.learn(limits, anyio.current_time())

    def heard(self, flight: Flight, error: ModelError | None, usage: Usage) -> None:
        """Take note of how *flight* ended: answered, turned away, or lost, which says nothing of limits."""
        now = anyio.current_time()
        if error is None:
            self.flow.succeeded(flight, now, used=_used(usage))
        elif isinstance(error, Rejected) and error.status in {_TOO_MANY, _OVERLOADED}:
            limited = error.status == _TOO_MANY
            pause = error.retry_after or (FLOOR if limited else 0.0)
            self.flow.refused(flight, now, pause=pause, limits=error.limits if limited else {})

    async def _enter(self, need: Need, before: Callable[[float], None]) -> Flight:
        told = -math.inf
        async with self._turn:
            while seconds := self.flow.delay(need, now := anyio.current_time()):
                if _ANNOUNCED <= seconds < math.inf and now + seconds > told + _ANNOUNCED:
                    told = now + seconds
                    before(seconds)
                with anyio.move_on_after(seconds):
                    await self._changed.wait()
            return self.flow.start(need, anyio.current_time())

    def _wake(self) -> None:
        """Let whoever is first in line look again."""
        self._changed.set()
        self._changed = anyio.Event()


def need_of(body: bytes, max_tokens: int) -> Need:
    """Return what a request with *body* may take: a token for four bytes, and all that it may write."""
    tokens = len(body) / 4
    return {
        **ONE,
        "tokens": tokens + max_tokens,
        "input-tokens": tokens,
        "output-tokens": float(max_tokens),
    }


def _used(usage: Usage) -> Need:
    """Return what a reply took; what came from the cache does not count."""
    fresh, written = float(usage.input_tokens + usage.cache_creation_input_tokens), float(usage.output_tokens)
    return {**ONE, "tokens": fresh + written, "input-tokens": fresh, "output-tokens": written}


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
