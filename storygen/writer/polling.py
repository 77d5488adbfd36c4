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
from storygen.model.batches import Batches, Result
from storygen.model.waits import refuse_longer, wait, worth_retrying
from storygen.writer.events import Noted, Polled, Tell

LONGEST = 60.0
"""Seconds between two looks at most; the first ones follow sooner."""

OVERDUE = 25 * 3_600.0
"""Seconds after which nobody waits any longer: a batch ends within a day."""

SKEW = 86_400.0
"""Seconds that the server's clock may be behind ours, which may take local time for the world's."""

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

    async def pause(self, error: ModelError, *, failures: int, what: str) -> None:
        """Wait as long as *error*, the last of *failures* in a row, wants before *what* is tried again.

        Raises Stopped where that is too long.
        """
        seconds = wait(error, failures=failures, rng=self.chance)
        refuse_longer(seconds, error.message, what=what, now=self.clock())
        self.tell(Noted(f"{what}: {error.message}; trying again in {seconds:.0f} s"))
        await self.sleep(seconds)


async def results_of(name: str, poll: Poll, *, requests: int) -> dict[str, Result]:
    """Return the results of the batch of that *name*, of so many *requests*, as soon as it has ended.

    Raises ModelError where it cannot be reached any more, Stopped where it does not end.
    """
    results = await _results(name, poll, requests=requests)
    poll.tell(Noted(f"batch {name} has ended: {_tally(results)}"))
    return results


async def found(
    digests: Collection[str], poll: Poll, *, requests: int, since: float, known: Collection[str]
) -> tuple[str, dict[str, Result]]:
    """Return name and results of the batch of *digests* that was made *since* then; empty if none was.

    It is none of those that are *known* by name: the same request may have been in one of them before. A
    server tells what is in a batch only when that has ended: every one that may be ours is waited for. Raises
    ModelError where no answer can be had.
    """
    made = await _patiently(lambda: poll.batches.made_since(since - SKEW), "the list of batches", poll)
    for batch in reversed(made):
        if batch.requests == requests and batch.id not in known:
            results = await _results(batch.id, poll, requests=requests)
            if not results.keys().isdisjoint(digests):
                return batch.id, results
    return "", {}


async def _results(name: str, poll: Poll, *, requests: int) -> dict[str, Result]:
    await _ended(name, poll, requests)
    return await _patiently(lambda: _read(name, poll, requests), f"batch {name}", poll)


async def _ended(name: str, poll: Poll, requests: int) -> None:
    began, waited = poll.clock(), 0.0
    for looks in count():
        batch = await _patiently(lambda: poll.batches.look(name), f"batch {name}", poll)
        poll.reached(CrashPoint.POLLING)
        seconds = None if batch.ended else min(LONGEST, 2.0**looks)
        since = max(0.0, poll.clock() - (batch.created or began))
        poll.tell(Polled(name, requests, since, seconds))
        if seconds is None:
            return
        if waited > OVERDUE:
            raise Stopped(
                f"batch {name} has not ended in {waited / 3_600:.0f} hours, and a server gives a batch a day",
                "cancel it at the server; then run the same command again",
            )
        await poll.sleep(seconds)
        waited += seconds


async def _read(name: str, poll: Poll, requests: int) -> dict[str, Result]:
    results: dict[str, Result] = {}
    async with aclosing(poll.batches.results(name)) as lines:
        async for digest, result in lines:
            results[digest] = result
            if len(results) > requests:
                raise Cut(
                    f"more results came than the {requests:,} that were asked for", "try again", retry=False
                )
            poll.reached(CrashPoint.MID_RESULTS)
    return results


async def _patiently(call: Callable[[], Awaitable[T]], wanted: str, poll: Poll) -> T:
    """Return what *call* brings, tried again where it fails; raise ModelError where that does not help."""
    for failures in count(1):
        try:
            return await call()
        except (Rejected, Unreachable, Cut) as error:
            if not worth_retrying(error) or failures > poll.retries:
                raise given_up(error, wanted) from error
            await poll.pause(error, failures=failures, what=wanted)
    raise AssertionError("count never ends")


def given_up(error: ModelError, wanted: str) -> ModelError:
    """Return the error that ends a run whose batch may be under way while *wanted* cannot be had."""
    return ModelError(
        f"{wanted} cannot be had: {error.message}",
        "a server keeps results for 29 days: mend that, and run the same command again",
        notes=error.notes,
    )


def _tally(results: dict[str, Result]) -> str:
    kinds = {Rejected: "refused by the server", Unreachable: "not answered", Cut: "senseless"}
    tally = Counter(kinds.get(type(result), "answered") for result in results.values())
    return ", ".join(f"{times:,} {kind}" for kind, times in tally.items())
