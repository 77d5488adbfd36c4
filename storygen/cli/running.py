"""Runs a `write` until it is done or until a person says stop."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import anyio

from storygen.cli.rescue import rescue
from storygen.desk.write import awrite
from storygen.errors import Interrupted, Unsaved, lone

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storygen.cli.console import Console
    from storygen.desk.allowance import Allowance
    from storygen.desk.project import Project
    from storygen.desk.select import Selection
    from storygen.desk.written import Written
    from storygen.writer.events import Tell


T = TypeVar("T")


@dataclass(slots=True)
class Stopper:
    """What a person has asked a run to do: nothing, to stop after this section, to stop now."""

    console: Console
    asked: bool = False
    signal: int = 0

    async def listen(self, scope: anyio.CancelScope) -> None:
        """Let the first Ctrl-C finish what is begun; cancel *scope* at the second, and at other signals."""
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
            async for number in signals:
                if number != signal.SIGINT or self.asked:
                    self.signal = number
                    scope.cancel()
                    return
                self.asked = True
                self.console.note("\nfinishing what is begun; Ctrl-C again stops now and keeps what is there")


def run(
    project: Project,
    selection: Selection,
    *,
    rehearse: bool,
    tell: Tell,
    stopper: Stopper,
    allowance: Allowance,
) -> Written:
    """Write *project* in an event loop of its own; raises Interrupted where it was told to stop at once."""

    async def write() -> Written:
        return await awrite(
            project,
            rehearse=rehearse,
            selection=selection,
            tell=tell,
            stop=lambda: stopper.asked,
            allowance=allowance,
        )

    return until_stopped(write, stopper=stopper)


def until_stopped(work: Callable[[], Awaitable[T]], *, stopper: Stopper) -> T:
    """Do *work* in an event loop of its own; raises Interrupted where *stopper* was told to stop at once."""

    async def main() -> list[T]:
        done: list[T] = []
        async with anyio.create_task_group() as group:
            if sys.platform != "win32":  # there the event loop turns Ctrl-C into a cancelled run by itself
                group.start_soon(stopper.listen, group.cancel_scope)
            done.append(await work())
            group.cancel_scope.cancel()
        return done

    try:
        done = anyio.run(main)
    except BaseExceptionGroup as several:
        error = lone(several)
        raise (rescue(error) if isinstance(error, Unsaved) else error) from None
    if not done:
        raise Interrupted(
            "stopped; what was written so far is kept",
            "run the same command again to go on",
            signal=stopper.signal or signal.SIGINT,
        )
    return done[0]
