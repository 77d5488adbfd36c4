"""The purse that all requests of a run pay from; one waits while others may give something back."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from storygen.errors import Stopped
from storygen.writer.budget import Amount, Budget

_MICRO = 1_000_000
_CENT = 10_000


@dataclass(slots=True)
class Hold:
    """What is held for one request: whether it may have been `sent`, and what it `used` once that is known.

    One that was sent and never settled counts as the worst that was held for it.
    """

    sent: bool = False
    used: Amount | None = None


@dataclass(slots=True)
class Purse:
    """What a run has spent and may still spend, shared by all its requests."""

    budget: Budget = field(default_factory=Budget)
    _turn: anyio.Lock = field(default_factory=anyio.Lock)
    _changed: anyio.Event = field(default_factory=anyio.Event)

    @asynccontextmanager
    async def hold(self, worst: Amount) -> AsyncIterator[Hold]:
        """Hold *worst* for as long as the block runs, and settle at its end what the request took.

        Waits until it is sure to be there; first come, first served. Raises Stopped where it does not fit and
        nothing is on its way that could give something back.
        """
        await self._reserve(worst)
        hold = Hold()
        try:
            yield hold
        finally:
            self._settle(worst, hold)

    async def _reserve(self, worst: Amount) -> None:
        async with self._turn:
            while (held := self.budget.reserve(worst)) is None:
                if not self.budget.held.calls:
                    raise _too_little(self.budget, worst)
                await self._changed.wait()
            self.budget = held

    def _settle(self, worst: Amount, hold: Hold) -> None:
        unheard = hold.sent and hold.used is None
        self.budget = self.budget.settle(worst, worst if unheard else hold.used or Amount())
        self._changed.set()
        self._changed = anyio.Event()


def spelled(micro: int, *, rounded: Callable[[float], int] = round) -> str:
    """Return micro-dollars as dollars: whole cents, or four digits below one.

    >>> spelled(1_000_000), spelled(42_000, rounded=math.ceil), spelled(2_500)
    ('$1.00', '$0.05', '$0.0025')
    """
    if 0 < micro < _CENT:
        return f"${rounded(micro / 100) / 10_000:.4f}"
    return f"${rounded(micro / _CENT) / 100:,.2f}"


def _too_little(budget: Budget, worst: Amount) -> Stopped:
    """Return the error that says which ceiling is in the way, and how to go on."""
    kind = budget.ceilings.passed_by(budget.settled + budget.held + worst)[0]
    most, left = getattr(budget.ceilings, kind), budget.left(kind)
    sentences = {
        "money": f"the next request needs about {spelled(worst.money, rounded=math.ceil)}, "
        f"only {spelled(left, rounded=math.floor)} is left of {spelled(most or 0)}",
        "output_tokens": f"the next request may write {worst.output_tokens:,} tokens, "
        f"only {left:,} are left of {most:,}",
        "calls": "the one call of this run is used up"
        if most == 1
        else f"the {most:,} calls of this run are used up",
    }
    flags = {"money": "--budget", "output_tokens": "--max-output-tokens", "calls": "--max-calls"}
    return Stopped(sentences[kind], f"everything written so far is kept; resume with a higher {flags[kind]}")
