"""Runs a `write` until it is done or until a person says stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import anyio

from storygen.cli.loop import new_loop
from storygen.cli.open_files import make_room
from storygen.cli.rescue import rescue
from storygen.desk.write import awrite
from storygen.errors import Interrupted, Unsaved, lone

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from storygen.desk.allowance import Allowance
    from storygen.desk.project import Project
    from storygen.desk.select import Selection
    from storygen.desk.written import Written
    from storygen.writer.events import Tell


T = TypeVar("T")

_ON_WINDOWS = sys.platform == "win32"  # there the event loop turns Ctrl-C into a cancelled run by itself
_STOPS = () if _ON_WINDOWS else (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_BACKEND = {} if _ON_WINDOWS else {"loop_factory": new_loop}
_FINISHING = "\nfinishing what is begun; Ctrl-C again stops now and keeps what is there"


@dataclass(slots=True)
class Stopper:
    """What a person has asked a run to do: nothing, to stop after this section, to stop now.

    *say* tells the person that this was heard.
    """

    say: Callable[[str], None]
    asked: bool = False
    signal: int = 0

    @contextmanager
    def heeds(self, cancel: Callable[[], None]) -> Iterator[None]:
        """Let the first Ctrl-C finish what is begun, and call *cancel* at the second and at other signals.

        One more ends the process there and then. What it was told to ignore when it was started, as `nohup`
        does, stays ignored.
        """
        loop = asyncio.get_running_loop()

        def hear(
            number: int, _: object
        ) -> None:  # may come anywhere, even where a write waits for its reader
            if self.signal:
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)
            elif number == signal.SIGINT and not self.asked:
                self.asked = True
                loop.call_soon_threadsafe(self.say, _FINISHING)
            else:
                self.signal = number
                loop.call_soon_threadsafe(cancel)

        before = {number: signal.getsignal(number) for number in _STOPS}
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, hear)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


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
    done: list[T] = []  # no result of the task's own: what looks at a task spells out all that it returned

    async def main() -> None:
        with anyio.CancelScope() as scope, stopper.heeds(scope.cancel):
            done.append(await work())

    make_room()
    try:
        anyio.run(main, backend_options=_BACKEND)
    except (Unsaved, BaseExceptionGroup) as found:
        error = lone(found)
        raise (rescue(error) if isinstance(error, Unsaved) else error) from None
    if not done:
        raise interrupted(stopper)
    return done[0]


def interrupted(stopper: Stopper) -> Interrupted:
    """Return the error of a run that *stopper* was told to stop."""
    return Interrupted(
        "stopped; what was written so far is kept",
        "run the same command again to go on",
        signal=stopper.signal or signal.SIGINT,
    )
