"""What a run is allowed by its settings: to spend, and to do at once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

import anyio

from storygen.catalogue import Model
from storygen.desk.commission import model_of
from storygen.desk.digests import sums_up
from storygen.desk.project import Project
from storygen.errors import SettingsError
from storygen.messages import Request
from storygen.model.batches import MOST
from storygen.model.flow import Flow
from storygen.model.limiter import Limiter
from storygen.model.waits import RetryBucket
from storygen.model.wire import Accepts
from storygen.outline.tree import Section
from storygen.settings import Settings
from storygen.writer.ask import Commission
from storygen.writer.book import runs_alone
from storygen.writer.budget import Amount, Budget, Ceilings, lowest, worst_of
from storygen.writer.events import Tell
from storygen.writer.lost import Agree
from storygen.writer.purse import Purse
from storygen.writer.seats import Seats
from storygen.writer.waves import Waves


async def nobody_agrees(_question: str) -> bool:
    """Answer as where nobody is there to ask."""
    return False


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the books of a run share; `agree` is who answers what settings say to ask.

    With `waves` their requests leave in batches: as many as may be at once, and each answers for its own
    retries, since a batch hammers nobody.
    """

    purse: Purse
    bucket: RetryBucket
    limiter: Limiter
    seats: Seats
    agree: Agree = nobody_agrees
    waves: Waves | None = None

    @classmethod
    def of(cls, *projects: Project, agree: Agree = nobody_agrees, waves: Waves | None = None) -> Allowance:
        """Return what *projects* may share, as their settings say: the lowest ceilings, the most jobs."""
        purse = Purse(Budget(lowest(ceilings_of(project.settings) for project in projects)))
        if waves:
            bucket = RetryBucket(math.inf, math.inf)
            return cls(purse, bucket, Limiter(Flow(MOST)), Seats(MOST), agree, waves)
        jobs = max(project.settings.jobs for project in projects)
        flights = jobs * (1 + any(sums_up(project.outline) for project in projects))
        return cls(purse, RetryBucket(), Limiter(Flow(flights)), Seats(jobs), agree)


def waves_of(*projects: Project, tell: Tell, chance: Random | None = None) -> Waves:
    """Return the waves in which requests of *projects* leave; *tell* hears of batches."""
    return Waves(
        tell,
        anyio.sleep,
        time.time,
        chance or Random(),  # noqa: S311 - jitter
        projects[0].reached,
        max(project.settings.retries for project in projects),
    )


def ceilings_of(settings: Settings) -> Ceilings:
    """Return the ceilings that *settings* put over a run."""
    return Ceilings(settings.budget, settings.max_output_tokens, settings.max_calls)


def refuse_unpriced(commission: Commission, sections: Iterable[Section]) -> None:
    """Raise SettingsError where money is bounded and a model of *sections* costs nobody knows what."""
    if commission.settings.budget is None or commission.rehearsed:
        return
    for name in dict.fromkeys(model_of(commission, section) for section in sections):
        if commission.catalogue.find(name).prices is None:
            raise SettingsError(
                f"the price of {name} is not known, so no budget can be kept",
                "leave the budget out; --max-calls and --max-output-tokens bound a run too",
            )


def one_by_one(commission: Commission, sections: Sequence[Section], *, batched: bool) -> tuple[str, ...]:
    """Return why none of *sections* are written at once although that was asked for, in words."""
    jobs = commission.settings.jobs
    if jobs == 1 or len(sections) == 1 or not runs_alone(sections):
        return ()
    flag = "no two requests leave together" if batched else f"--jobs {jobs:,} changes nothing here"
    why = f"{flag}: every section comes after the one before it"
    return (f"{why}; `after` in the outline says what may be written at once",)


def worst(
    commission: Commission, accepts: Callable[[Model], Accepts]
) -> Callable[[Request, bytes, int], Amount]:
    """Return what tells the most that a request can take, where its model *accepts* so much."""

    def of(request: Request, body: bytes, plain: int) -> Amount:
        row = commission.catalogue.find(request.model)
        return worst_of(
            request,
            body,
            plain,
            row=row,
            accepts=accepts(row),
            factor=max(row.factor, commission.billed(row)),
        )

    return of
