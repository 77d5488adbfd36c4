"""What a run did, as its caller gets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storygen.book.attempts import Attempt, Spent
from storygen.catalogue import Catalogue
from storygen.desk.states import Standing
from storygen.draft import Draft, DraftStatus, total_usage
from storygen.messages import Usage


@dataclass(frozen=True, slots=True)
class Aside:
    """What the requests of a step took that write no section: their tokens, and micro-dollars if known.

    `models` are those that were asked.
    """

    step: str
    calls: int
    usage: Usage
    cost: int | None
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did.

    `drafts` are the sections that it wrote, whole or not, `held_back` the ids it did not come to, `standings`
    the whole book as it is now. `costs` and `models` go by id: micro-dollars, None for an unknown price; a
    rehearsal's are what it would have cost. `manuscript` is None where none was compiled. `stale` holds the
    ids of the sections whose text stands although something that it was written from has changed. `spent` is
    the bill of this run, with what is held for requests that were never answered, or not to the end; `asides`
    are the requests in it that wrote no section, step by step.
    """

    drafts: tuple[Draft, ...]
    held_back: tuple[str, ...]
    standings: tuple[Standing, ...]
    costs: Mapping[str, int | None]
    models: Mapping[str, str]
    rehearsed: bool
    manuscript: Path | None
    stale: tuple[str, ...] = ()
    spent: Spent = field(default_factory=Spent)
    asides: tuple[Aside, ...] = ()

    @property
    def cost(self) -> int | None:
        """What all of this run cost, in micro-dollars; None where nobody knows a price."""
        costs = [*self.costs.values(), *(aside.cost for aside in self.asides)]
        return None if None in costs else sum(cost or 0 for cost in costs)

    @property
    def usage(self) -> Usage:
        """What all of this run used."""
        drafts, asides = (total_usage(each.usage for each in made) for made in (self.drafts, self.asides))
        return drafts + asides

    @property
    def whole(self) -> bool:
        """Whether everything that was asked for is written."""
        return not self.held_back and all(draft.status is not DraftStatus.INCOMPLETE for draft in self.drafts)


def asides(attempts: Iterable[Attempt], known: Catalogue) -> tuple[Aside, ...]:
    """Add up those of *attempts* that wrote no section, by their step; a rehearsal at what it would cost."""
    steps: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        if step := attempt.section.partition("/")[2]:
            steps.setdefault(step, []).append(attempt)
    return tuple(_aside(step, made, known) for step, made in steps.items())


def _aside(step: str, made: list[Attempt], known: Catalogue) -> Aside:
    costs = [known.find(attempt.model).cost(attempt.usage) for attempt in made]
    cost = None if None in costs else sum(cost or 0 for cost in costs)
    models = tuple(dict.fromkeys(attempt.model for attempt in made))
    return Aside(step, len(made), total_usage(attempt.usage for attempt in made), cost, models)
