"""`storygen templates`: the prompt templates, shipped and own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from storygen.cli.options import as_json, shared
from storygen.cli.table import table

if TYPE_CHECKING:
    from storygen.cli.console import Console

_folder = click.option(
    "--in",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help="The folder of the outline, where it is not this one.",
)


@click.group()
def templates() -> None:
    """List, show and eject prompt templates.

    A template is KIND/STEP/ROLE.md.j2. Own ones lie in templates/ beside the outline and come first.
    """


@templates.command("list")
@_folder
@as_json
@shared
def list_(*, console: Console, folder: Path, json: bool) -> None:
    """List the templates in force, and where each comes from."""
    from storygen.desk.templates import open_templates

    found = open_templates(folder).list()
    if json:
        console.document(
            templates=[{"name": file.name, "own": file.own, "path": file.path} for file in found]
        )
        return
    console.product(
        table(("template", "from"), [(file.name, "own" if file.own else "shipped") for file in found])
    )


@templates.command()
@click.argument("name")
@_folder
@shared
def show(*, console: Console, name: str, folder: Path) -> None:
    """Print a template; with storygen/ before its name, the shipped one."""
    from storygen.desk.templates import open_templates

    console.product(open_templates(folder).source(name))


@templates.command()
@click.argument("name")
@_folder
@shared
def eject(*, console: Console, name: str, folder: Path) -> None:
    """Copy a shipped template into templates/, to be changed."""
    from storygen.desk.templates import eject as copy_out

    console.note(f"{copy_out(folder, name)}\nIt comes before the shipped one from now on.")
