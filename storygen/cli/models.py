"""`storygen models`: what models there are, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from storygen.catalogue import Lifecycle
from storygen.cli.options import as_json, shared
from storygen.cli.table import table

if TYPE_CHECKING:
    from storygen.catalogue import Catalogue, Model
    from storygen.cli.console import Console


@click.command()
@as_json
@shared
def models(*, console: Console, json: bool) -> None:
    """List models: windows, prices, what they accept."""
    from storygen.catalogue import catalogue

    known = catalogue()
    if json:
        console.document(
            prices=known.priced_on,
            default=known.default,
            aliases=known.aliases,
            models=[asdict(model) for model in known.models],
        )
        return
    console.product(_listing(known))


def _listing(known: Catalogue) -> str:
    head = ("model", "window", "in", "out", "accepts", "")
    rows = table(head, [_row(model, known) for model in known.models], right=[1, 2, 3])
    aliases = "\n".join(f"  {name} = {model}" for name, model in known.aliases.items())
    return (
        f"{rows}\n\n"
        f"In and out: dollars per million tokens, prices of {known.priced_on}.\n"
        f"Short names:\n{aliases}\n"
        "Any other name is sent as it is; its price is not known."
    )


def _row(model: Model, known: Catalogue) -> tuple[str, ...]:
    accepts = [word for word, yes in (("prefill", model.prefill), ("sampling", model.sampling)) if yes]
    return (
        model.id,
        _thousands(model.window),
        f"{model.prices.input:g}" if model.prices else "-",
        f"{model.prices.output:g}" if model.prices else "-",
        ", ".join(accepts) or "-",
        ", ".join(_remarks(model, known)),
    )


def _remarks(model: Model, known: Catalogue) -> Iterator[str]:
    if model.id == known.default:
        yield "default"
    if model.lifecycle is not Lifecycle.ACTIVE:
        yield f"{model.lifecycle} {model.retires}".strip()
    if model.prices and model.prices.step:
        yield f"×{model.prices.step_factor} above {_thousands(model.prices.step)}"


def _thousands(tokens: int) -> str:
    return f"{tokens // 1000:,}K"
