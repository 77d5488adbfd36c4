"""How many sections may be at hand at once, over all the books of a run, and whose turn it is."""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import anyio

from storygen.model.turns import Turns


@dataclass(slots=True)
class Seats:
    """So many seats; one that becomes free goes to whoever has the longest way before it.

    Who begins or ends a section has much to do at once, and takes one of the `turns` for it.
    """

    free: int = 1
    turns: Turns = field(default_factory=Turns)
    _waiting: list[tuple[float, int, anyio.Event]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)

    @asynccontextmanager
    async def seat(self, *, way: float) -> AsyncIterator[None]:
        """Wait for a seat, and hold it for as long as the block runs.

        *way* is what has to be written one after another before this one's book is done, in words. Of equal
        ways the one that waits longest is the first.
        """
        await self._sit(way)
        try:
            yield
        finally:
            self._stand_up()

    async def _sit(self, way: float) -> None:
        if self.free:
            self.free -= 1
            return
        called = anyio.Event()
        heapq.heappush(self._waiting, (-way, next(self._order), called))
        try:
            await called.wait()
        except BaseException:
            if called.is_set():
                self._stand_up()
            self._waiting = [each for each in self._waiting if each[2] is not called]
            heapq.heapify(self._waiting)
            raise

    def _stand_up(self) -> None:
        if self._waiting:
            heapq.heappop(self._waiting)[2].set()
        else:
            self.free += 1
