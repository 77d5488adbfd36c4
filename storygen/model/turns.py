"""Turns for tasks that have much to do, so that on a busy event loop nobody else seems late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import anyio

GLANCE = 0.01
"""Seconds for which a reply reads all that it finds before it takes another turn."""


@dataclass(slots=True)
class Turns:
    """One task at a time, first come, first served; between two, the event loop hears of everything else.

    Without turns, hundreds of replies that have something to read keep the event loop for a second, and a
    connection that is being opened meanwhile seems dead.
    """

    clock: Callable[[], float] = anyio.current_time
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def take(self) -> None:
        """Return once it is this task's turn."""
        async with self._lock:
            pass

    async def glance(self, since: float) -> float:
        """Take a turn, unless the last one, at *since*, was just now; return when the turn was.

        What has gathered meanwhile is then read at once: turns cost more than events.
        """
        if self.clock() < since + GLANCE:
            return since
        await self.take()
        return self.clock()
