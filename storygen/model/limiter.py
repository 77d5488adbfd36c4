"""The gate that every request of a run passes."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from heapq import heapify, heappush
from itertools import count

import anyio

from storygen.errors import ModelError, Rejected
from storygen.messages import Usage
from storygen.model.flow import ONE, Flight, Flow, Need

FLOOR = 5.0
"""Seconds that everybody pauses after a 429 that does not say how long."""

_ANNOUNCED = 1.0
_TOO_MANY = 429
_OVERLOADED = 529


@dataclass(order=True, slots=True)
class _Place:
    """Where somebody stands in the queue, and what calls them to look again when they are the first."""

    rank: tuple[float, int]
    called: anyio.Event = field(compare=False, default_factory=anyio.Event)


@dataclass(slots=True)
class Limiter:
    """Lets requests leave as `flow` has room for them, by the event loop's clock, the longest way first.

    Where a limit keeps everybody waiting, books that have far to go do not lag behind those that are nearly
    done, and all are done sooner. Of equal ways whoever came first is the first.
    """

    flow: Flow = field(default_factory=Flow)
    _queue: list[_Place] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)

    @asynccontextmanager
    async def slot(
        self, need: Need = ONE, *, way: int = 0, before: Callable[[float], None] = lambda _: None
    ) -> AsyncIterator[Flight]:
        """Wait until a request with *need* may leave, and hold its place for as long as the block runs.

        *way* is what has to be written one after another from here to the end of a book, in words. *before*
        hears how many seconds a wait will last that somebody might notice; it may raise.
        """
        flight = await self._enter(need, way, before)
        try:
            yield flight
        finally:
            self.flow.land(flight)
            self._call()

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

    async def _enter(self, need: Need, way: int, before: Callable[[float], None]) -> Flight:
        place = _Place((-way, next(self._order)))
        heappush(self._queue, place)
        told = -math.inf
        try:
            while seconds := self._delay(place, need, now := anyio.current_time()):
                if _ANNOUNCED <= seconds < math.inf and now + seconds > told + _ANNOUNCED:
                    told = now + seconds
                    before(seconds)
                place.called = anyio.Event()
                with anyio.move_on_after(seconds):
                    await place.called.wait()
            return self.flow.start(need, now)
        finally:
            self._queue.remove(place)
            heapify(self._queue)
            self._call()

    def _delay(self, place: _Place, need: Need, now: float) -> float:
        """Return the seconds until a request may leave; infinity as long as it is not the first."""
        return self.flow.delay(need, now) if place is self._queue[0] else math.inf

    def _call(self) -> None:
        """Have whoever is the first look again."""
        if self._queue:
            self._queue[0].called.set()


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
