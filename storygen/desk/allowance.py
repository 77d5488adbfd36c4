"""What a run is allowed by its settings: to spend, and to do at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from storygen.catalogue import Model
from storygen.desk.commission import model_of
from storygen.errors import SettingsError
from storygen.messages import Request
from storygen.model.wire import Accepts
from storygen.outline.tree import Section
from storygen.settings import Settings
from storygen.writer.ask import Commission
from storygen.writer.book import runs_alone
from storygen.writer.budget import Amount, Ceilings, worst_of
from storygen.writer.lost import Agree
from storygen.writer.purse import Purse


async def unwatched_agrees(_question: str) -> bool:
    """Answer as where nobody is there to ask."""
    return False


@dataclass(frozen=True, slots=True)
class Allowance:
    """What several runs may share: the purse that they pay from, and who answers what settings say to ask."""

    purse: Purse = field(default_factory=Purse)
    agree: Agree = unwatched_agrees


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


def one_by_one(commission: Commission, sections: Sequence[Section]) -> tuple[str, ...]:
    """Return why none of *sections* are written at once although that was asked for, in words."""
    jobs = commission.settings.jobs
    if jobs == 1 or len(sections) == 1 or not runs_alone(sections):
        return ()
    why = f"--jobs {jobs:,} changes nothing here: every section comes after the one before it"
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
            factor=max(row.factor, commission.factor(row)),
        )

    return of
