"""Runs a `write` until it is done or until a person says stop."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from storygen.desk.write import Written, awrite
from storygen.errors import Interrupted, lone

if TYPE_CHECKING:
    from storygen.cli.console import Console
    from storygen.desk.project import Project
    from storygen.desk.select import Selection
    from storygen.writer.events import Tell


@dataclass(slots=True)
class Stopper:
    """What a person has asked a run to do: nothing, to stop after this section, to stop now."""

    console: Console
    asked: bool = False
    signal: int = 0

    async def listen(self, scope: anyio.CancelScope) -> None:
        """Let the first Ctrl-C finish the section; cancel *scope* at the second, and at any other signal."""
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
            async for number in signals:
                if number != signal.SIGINT or self.asked:
                    self.signal = number
                    scope.cancel()
                    return
                self.asked = True
                self.console.note("\nfinishing this section; Ctrl-C again stops now and keeps what is there")


def run(project: Project, selection: Selection, *, rehearse: bool, tell: Tell, stopper: Stopper) -> Written:
    """Write *project* in an event loop of its own; raises Interrupted where it was told to stop at once."""

    async def main() -> Written | None:
        written = None
        async with anyio.create_task_group() as group:
            if sys.platform != "win32":  # there the event loop turns Ctrl-C into a cancelled run by itself
                group.start_soon(stopper.listen, group.cancel_scope)
            written = await awrite(
                project, rehearse=rehearse, selection=selection, tell=tell, stop=lambda: stopper.asked
            )
            group.cancel_scope.cancel()
        return written

    try:
        written = anyio.run(main)
    except BaseExceptionGroup as several:
        raise lone(several) from None
    if written is None:
        raise Interrupted(
            "stopped; what was written so far is kept",
            "run the same command again to go on",
            signal=stopper.signal or signal.SIGINT,
        )
    return written
