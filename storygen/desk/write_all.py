"""Writes many books at once: one budget, one limiter, one event loop; each has its own lock and journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import anyio

from storygen.desk.allowance import Allowance
from storygen.desk.project import Project
from storygen.desk.select import Selection
from storygen.desk.wire import OpenWire
from storygen.desk.write import awrite
from storygen.desk.written import Written
from storygen.errors import StorygenError, lone
from storygen.writer.events import Tell

OPEN = 256
"""So many books are open at once; the others begin as these end."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one of many books ended: what was `written`, or the `error` that stopped it."""

    project: Project
    written: Written | None = None
    error: StorygenError | None = None


async def awrite_all(
    projects: Sequence[Project],
    *,
    allowance: Allowance,
    rehearse: bool = False,
    selection: Selection = Selection(),
    tell: Callable[[Project], Tell] = lambda _project: lambda _event: None,
    stop: Callable[[], bool] = lambda: False,
    wire: OpenWire | None = None,
) -> tuple[Outcome, ...]:
    """Write *projects* at once, as `awrite` writes one, and return how each of them ended, in their order.

    They share *allowance*: whoever has the longest way to go has the next free seat. The failure of one book
    stops no other. *tell* gives what hears of the events of a book.
    """
    places = anyio.Semaphore(OPEN)
    outcomes: dict[int, Outcome] = {}

    async def one(number: int, project: Project) -> None:
        async with places:
            outcomes[number] = Outcome(project)
            try:
                written = await awrite(
                    project,
                    rehearse=rehearse,
                    selection=selection,
                    tell=tell(project),
                    stop=stop,
                    wire=wire,
                    allowance=allowance,
                )
                outcomes[number] = Outcome(project, written)
            except (StorygenError, BaseExceptionGroup) as found:
                error = lone(found)
                if not isinstance(error, StorygenError):
                    raise
                outcomes[number] = Outcome(project, error=error)

    async with anyio.create_task_group() as group:
        for number, project in enumerate(projects):
            group.start_soon(one, number, project)
    return tuple(outcomes[number] for number in range(len(projects)))
