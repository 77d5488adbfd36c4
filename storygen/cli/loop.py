"""The event loop that a run works in."""

from __future__ import annotations

import asyncio
import selectors


class _LooksTwice(selectors.DefaultSelector):
    """Looks once more before it says that nothing has come.

    A process that was stopped (Ctrl-Z, `fg`) wakes with its deadlines over and its sockets full, and `epoll`
    then reports only that its time is up. What has arrived is read first.
    """

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout) or super().select(0)


def new_loop() -> asyncio.AbstractEventLoop:
    """Return an event loop in which what has come is read before any deadline counts."""
    return asyncio.SelectorEventLoop(_LooksTwice())
