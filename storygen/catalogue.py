"""models.toml as values: windows, prices, what each model accepts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storygen.messages import Usage

MICRO = 1_000_000
"""Money is counted in whole micro-dollars."""


class Lifecycle(StrEnum):
    """Whether a model is served by the company that made it."""

    ACTIVE = "active"
    LEGACY = "legacy"
    DEPRECATED = "deprecated"
    RETIRED = "retired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens; above `step` prompt tokens everything costs `step_factor` times more."""

    input: float
    output: float
    cache_write_5m: float
    cache_write_1h: float
    cache_read: float
    step: int | None = None
    step_factor: int = 1

    def halved(self) -> Prices:
        """Return what a batch costs."""
        kinds = ("input", "output", "cache_write_5m", "cache_write_1h", "cache_read")
        return replace(self, **{kind: getattr(self, kind) / 2 for kind in kinds})


@dataclass(frozen=True, slots=True)
class Model:
    """One row of models.toml.

    `thinks` is whether it thinks when nothing is said; `factor` turns plain cl100k tokens into this model's.
    `prices` is None where nobody knows them.
    """

    id: str
    window: int
    max_output: int
    prefill: bool
    sampling: bool
    thinking: tuple[str, ...]
    thinks: bool
    effort: tuple[str, ...]
    factor: float
    prices: Prices | None = None
    cache_minimum: int = 1024
    also: tuple[str, ...] = ()
    released: str = ""
    retires: str = ""
    lifecycle: Lifecycle = Lifecycle.ACTIVE

    def cost(self, usage: Usage) -> int | None:
        """Return what *usage* costs in micro-dollars, rounded up; None without a price."""
        if self.prices is None:
            return None
        prices = self.prices
        dollars = (
            usage.input_tokens * prices.input
            + usage.cache_creation_input_tokens * prices.cache_write_5m
            + usage.cache_read_input_tokens * prices.cache_read
            + usage.output_tokens * prices.output
        )
        stepped = prices.step is not None and usage.prompt_tokens > prices.step
        return -int(-dollars * (prices.step_factor if stepped else 1) // 1)

    def saved(self, usage: Usage) -> int | None:
        """Return what the cache saved of *usage*, in micro-dollars; None without a price.

        That is what the whole prompt had cost at the full price, less what it did: writing to the cache costs
        more, so that a prompt that nobody has read again saves less than nothing.
        """
        cost, full = self.cost(usage), self.cost(usage.uncached)
        return None if cost is None or full is None else full - cost


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All models, the aliases, the default, and the date of the prices."""

    models: tuple[Model, ...]
    aliases: dict[str, str]
    default: str
    priced_on: str
    unknown: Model

    def find(self, name: str) -> Model:
        """Return the model called *name*, by id, dated id or alias; an unknown one behaves like the newest.

        >>> catalogue().find("sonnet").id
        'claude-sonnet-5-5'
        >>> catalogue().find("somebody-elses-model").lifecycle
        <Lifecycle.UNKNOWN: 'unknown'>
        """
        wanted = self.aliases.get(name, name)
        for model in self.models:
            if wanted == model.id or wanted in model.also:
                return replace(model, id=wanted)
        return replace(self.unknown, id=wanted)

    def in_batches(self) -> Catalogue:
        """Return the same models at the prices of a batch: half of everything.

        >>> catalogue().in_batches().find("sonnet").prices.output
        5.0
        """
        models = tuple(replace(model, prices=model.prices and model.prices.halved()) for model in self.models)
        return replace(self, models=models)


@cache
def catalogue() -> Catalogue:
    """Read the packaged models.toml, once."""
    raw = tomllib.loads((files("storygen") / "models.toml").read_text(encoding="utf-8"))
    return Catalogue(
        models=tuple(_model(id_, row) for id_, row in raw["models"].items()),
        aliases=raw["aliases"],
        default=raw["default"],
        priced_on=raw["prices"],
        unknown=_model("", raw["unknown"] | {"lifecycle": "unknown"}),
    )


def _model(id_: str, row: dict[str, Any]) -> Model:
    lists = {name: tuple(row.get(name, ())) for name in ("thinking", "effort", "also")}
    fields: dict[str, Any] = {name: value for name, value in row.items() if name in Model.__slots__} | lists
    fields["lifecycle"] = Lifecycle(row.get("lifecycle", "active"))
    return Model(id=id_, prices=_prices(row) if "input" in row else None, **fields)


def _prices(row: dict[str, Any]) -> Prices:
    return Prices(**{name: row[name] for name in Prices.__slots__ if name in row})
