"""Writes many books at once: one budget, one limiter, one event loop; each has its own lock and journal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

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
    ended: Callable[[Outcome], None] = lambda _outcome: None,
    wire: OpenWire | None = None,
) -> tuple[Outcome, ...]:
    """Write *projects* at once, as `awrite` writes one, and return how each of them ended, in their order.

    They share *allowance*: whoever has the longest way to go has the next free seat. The failure of one book
    stops no other. *tell* gives what hears of the events of a book; *ended* hears of each as soon as it has
    ended, also of those that have begun when all are cancelled, which have neither text nor error then.
    """
    write_one = partial(
        awrite, rehearse=rehearse, selection=selection, stop=stop, wire=wire, allowance=allowance
    )
    places = anyio.Semaphore(OPEN)
    outcomes: dict[int, Outcome] = {}

    async def one(number: int, project: Project) -> None:
        async with places:
            writing = partial(write_one, project, tell=tell(project))
            outcomes[number] = await _end_of(project, writing, ended)
            ended(outcomes[number])

    async with anyio.create_task_group() as group:
        for number, project in enumerate(projects):
            group.start_soon(one, number, project)
    return tuple(outcomes[number] for number in range(len(projects)))


async def _end_of(
    project: Project, writing: Callable[[], Awaitable[Written]], ended: Callable[[Outcome], None]
) -> Outcome:
    """Return how *writing* the book of *project* ended; a cancelled one is told to *ended* before it goes."""
    try:
        return Outcome(project, await writing())
    except anyio.get_cancelled_exc_class():
        ended(Outcome(project))
        raise
    except (StorygenError, BaseExceptionGroup) as found:
        error = lone(found)
        if not isinstance(error, StorygenError):
            raise
        return Outcome(project, error=error)
