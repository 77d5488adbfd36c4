"""What a run may spend: ceilings that are kept by setting the worst aside before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from storygen.catalogue import Model
from storygen.messages import Request, Usage
from storygen.model.wire import Accepts, output_limit

_MARGIN = 1.25
"""A prompt may have so many times the tokens that its plain count makes likely."""

_BYTES_A_TOKEN = 2
_FRAME = 200
"""Tokens that a server may count beside the text: its own marks of turns and blocks."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What requests take: money in whole micro-dollars, tokens that are written, and their own number."""

    money: int = 0
    output_tokens: int = 0
    calls: int = 0

    def __add__(self, other: Amount) -> Amount:
        """Add each kind to its own."""
        return Amount(
            self.money + other.money, self.output_tokens + other.output_tokens, self.calls + other.calls
        )

    def __sub__(self, other: Amount) -> Amount:
        """Take each kind from its own."""
        return Amount(
            self.money - other.money, self.output_tokens - other.output_tokens, self.calls - other.calls
        )


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The most that may be taken of each kind; None where nobody has set a bound."""

    money: int | None = None
    output_tokens: int | None = None
    calls: int | None = None

    def allow(self, amount: Amount) -> bool:
        """Say whether *amount* stays under all of them."""
        return not self.passed_by(amount)

    def passed_by(self, amount: Amount) -> tuple[str, ...]:
        """Return the kinds of which *amount* is more than is allowed, by the names of the fields."""
        return tuple(
            kind
            for kind in ("money", "output_tokens", "calls")
            if (most := getattr(self, kind)) is not None and getattr(amount, kind) > most
        )


def lowest(several: Iterable[Ceilings]) -> Ceilings:
    """Return the lowest ceiling that any of *several* puts over each kind.

    >>> lowest([Ceilings(money=5), Ceilings(money=3, calls=9)])
    Ceilings(money=3, output_tokens=None, calls=9)
    """
    found = tuple(several)
    kinds = [kind.name for kind in fields(Ceilings)]
    put = {kind: [most for each in found if (most := getattr(each, kind)) is not None] for kind in kinds}
    return Ceilings(**{kind: min(most) for kind, most in put.items() if most})


@dataclass(frozen=True, slots=True)
class Budget:
    """What is settled, what is held for requests on their way, and the ceilings over both.

    As long as nothing takes more than was held for it, settled and held together never pass a ceiling, in
    whatever order requests are held and settled.

    >>> budget = Budget(Ceilings(money=100)).reserve(Amount(money=60))
    >>> budget.reserve(Amount(money=60)) is None
    True
    >>> budget.settle(Amount(money=60), Amount(money=20)).reserve(Amount(money=60)).left("money")
    20
    """

    ceilings: Ceilings = Ceilings()
    settled: Amount = Amount()
    held: Amount = Amount()

    def reserve(self, worst: Amount) -> Budget | None:
        """Return the budget with *worst* held, or None where that could pass a ceiling."""
        held = self.held + worst
        return replace(self, held=held) if self.ceilings.allow(self.settled + held) else None

    def settle(self, worst: Amount, used: Amount) -> Budget:
        """Return the budget with *used* settled for a request for which *worst* is held no longer."""
        return replace(self, settled=self.settled + used, held=self.held - worst)

    def left(self, kind: str) -> int:
        """Return how much of *kind*, a field that has a ceiling, can still be held; never less than 0."""
        taken = self.settled + self.held
        return max(0, int(getattr(self.ceilings, kind)) - int(getattr(taken, kind)))


def worst_of(
    request: Request, body: bytes, plain: int, *, row: Model, accepts: Accepts, factor: float
) -> Amount:
    """Return the most that *request*, sent as *body*, can take of the model of *row*.

    *plain* is how long its prompt is in plain tokens, *factor* what such a one is in the model's own. The
    prompt counts as all fresh or all written to the cache, whichever is dearer; a rehearsal costs nothing,
    and so does what has no price.
    """
    limit = output_limit(request, accepts)
    prompt = max(
        len(body) // _BYTES_A_TOKEN + _FRAME,
        math.ceil(plain * factor * _MARGIN) + _FRAME,
    )
    dearest = max(
        row.cost(Usage(input_tokens=prompt, output_tokens=limit)) or 0,
        row.cost(Usage(cache_creation_input_tokens=prompt, output_tokens=limit)) or 0,
    )
    return Amount(money=0 if request.rehearsed else dearest, output_tokens=limit, calls=1)
