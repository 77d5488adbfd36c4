"""What left in a batch of a run that was killed is waited for, before anything else is asked."""

from __future__ import annotations

import time
from random import Random

import anyio

from storygen.book.journal import Journal
from storygen.catalogue import catalogue
from storygen.desk.project import Project
from storygen.desk.wire import Wire
from storygen.writer.events import Tell
from storygen.writer.polling import Poll
from storygen.writer.returns import bring_home


async def await_results(
    project: Project, journal: Journal, wire: Wire, *, tell: Tell, chance: Random | None
) -> None:
    """Put on record in *journal* what batches of earlier runs brought, over *wire*, as soon as it is there.

    Raises ModelError where it cannot be had, Stopped where it does not come.
    """
    if wire.batches is None or not wire.origin:
        return
    poll = Poll(
        wire.batches,
        tell,
        anyio.sleep,
        time.time,
        chance or Random(),  # noqa: S311 - jitter
        project.reached,
        project.settings.retries,
    )
    await bring_home(journal, poll, origin=wire.origin, catalogue=catalogue().in_batches())
