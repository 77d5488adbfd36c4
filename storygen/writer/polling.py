"""A batch on its way: when to look at it, and how its results come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import TypeVar

from storygen.crash_points import CrashPoint, Reached
from storygen.errors import Cut, ModelError, Rejected, Stopped, Unreachable
from storygen.model.batches import Batch, Batches, Result
from storygen.model.waits import wait, worth_retrying
from storygen.writer.events import Noted, Polled, Tell

LONGEST = 60.0
"""Seconds between two looks at most; the first ones follow sooner."""

SKEW = 3_600.0
"""Seconds that the server's clock may be behind ours."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Poll:
    """What looks at batches, and how often it tries before it gives up."""

    batches: Batches
    tell: Tell
    sleep: Callable[[float], Awaitable[None]]
    clock: Callable[[], float]
    chance: Random
    reached: Reached
    retries: int


async def results_of(name: str, poll: Poll, *, requests: int) -> dict[str, Result]:
    """Return the results of the batch of that *name*, of so many *requests*, as soon as it has ended.

    Raises Stopped where it cannot be reached any more.
    """
    await _ended(name, poll, requests)
    results = await _results(name, poll)
    poll.tell(Noted(f"batch {name} has ended: {_tally(results)}"))
    return results


async def found(
    digests: Collection[str], poll: Poll, *, requests: int, since: float
) -> tuple[str, dict[str, Result]]:
    """Return name and results of the batch of *digests* that was made *since* then; empty if none was.

    A server tells what is in a batch only when that has ended: every one that may be ours is waited for.
    Raises Stopped where no answer can be had.
    """
    made = await _patiently(lambda: poll.batches.made_since(since - SKEW), "the list of batches", poll)
    for batch in reversed(made):
        if batch.requests == requests:
            await _ended(batch.id, poll, requests)
            results = await _results(batch.id, poll)
            if not results.keys().isdisjoint(digests):
                return batch.id, results
    return "", {}


async def _results(name: str, poll: Poll) -> dict[str, Result]:
    return await _patiently(lambda: _read(name, poll), f"batch {name}", poll)


async def _ended(name: str, poll: Poll, requests: int) -> None:
    began = poll.clock()
    for looks in count():
        batch: Batch = await _patiently(lambda: poll.batches.look(name), f"batch {name}", poll)
        poll.reached(CrashPoint.POLLING)
        seconds = None if batch.ended else min(LONGEST, 2.0**looks)
        poll.tell(Polled(name, requests, poll.clock() - (batch.created or began), seconds))
        if seconds is None:
            return
        await poll.sleep(seconds)


async def _read(name: str, poll: Poll) -> dict[str, Result]:
    results = {}
    async with aclosing(poll.batches.results(name)) as lines:
        async for digest, result in lines:
            results[digest] = result
            poll.reached(CrashPoint.MID_RESULTS)
    return results


async def _patiently(call: Callable[[], Awaitable[T]], wanted: str, poll: Poll) -> T:
    """Return what *call* brings, tried again where it fails; raise Stopped where that does not help."""
    for failures in count(1):
        try:
            return await call()
        except (Rejected, Unreachable, Cut) as error:
            if not worth_retrying(error) or failures > poll.retries:
                raise given_up(error, wanted) from error
            await poll.sleep(wait(error, failures=failures, rng=poll.chance))
    raise AssertionError("count never ends")


def given_up(error: ModelError, wanted: str) -> Stopped:
    """Return the error that ends a run whose batch may be under way while *wanted* cannot be had."""
    return Stopped(
        f"{wanted} cannot be had: {error.message}",
        "a server keeps results for 29 days: mend that, and run the same command again",
        notes=error.notes,
    )


def _tally(results: dict[str, Result]) -> str:
    kinds = {Rejected: "refused by the server", Unreachable: "not answered", Cut: "senseless"}
    tally = Counter(kinds.get(type(result), "answered") for result in results.values())
    return ", ".join(f"{times:,} {kind}" for kind, times in tally.items())
