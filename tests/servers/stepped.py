"""An event loop that a test turns by hand, under a clock that nobody else moves."""

from __future__ import annotations

import asyncio

ROUNDS = 60
"""More turns than anything here takes from one await to the next that waits for time or for the test."""


class SteppedLoop(asyncio.SelectorEventLoop):
    """A loop that stands still between two calls of `settle`, and whose time is `now`.

    A task that is left standing at an await is what a process is at any moment: a test can look at its
    files, send it something, let time pass, or leave it for ever.
    """

    now = 0.0

    def time(self) -> float:
        """Return the time that the test has set."""
        return self.now

    def settle(self, seconds: float = 0.0) -> None:
        """Let everything happen that can while *seconds* pass, bit by bit, and at their end."""
        began = self.now
        for turn in range(1, ROUNDS + 1):
            self.now = began + seconds * min(1.0, 2 * turn / ROUNDS)
            self.call_soon(self.stop)
            self.run_forever()
