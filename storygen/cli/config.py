"""`storygen config`: every setting, and who said so."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from storygen.cli.opening import user_config
from storygen.cli.options import as_json, shared
from storygen.cli.table import table

if TYPE_CHECKING:
    from storygen.cli.console import Console


@click.command()
@click.option("--show-origin", is_flag=True, help="Say where each value comes from.")
@as_json
@shared
def config(*, console: Console, show_origin: bool, json: bool) -> None:
    """Show every setting and where it comes from.

    Flags come before the environment, the outline, storygen.toml here, the user's config, the default.
    """
    from storygen.desk.project import book_settings
    from storygen.model.keys import without_keys
    from storygen.settings import Settings, read_toml

    path = user_config()
    settings = Settings.read(os.environ, book=book_settings(Path()), user=read_toml(path))
    found = [
        (name, without_keys(value) if isinstance(value, str) else value, origin)
        for name, (value, origin) in settings.shown().items()
    ]
    if json:
        console.document(settings={name: {"value": value, "origin": origin} for name, value, origin in found})
        return
    rows = [(name, _shown(value), origin) for name, value, origin in found]
    if show_origin:
        console.product(table(("setting", "value", "from"), rows))
    else:
        console.product(table(("setting", "value"), [row[:2] for row in rows]))
    console.note(f"\nThe user's config: {path}")


def _shown(value: object) -> str:
    return "-" if value in {None, ""} else str(value)
