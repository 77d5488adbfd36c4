"""`storygen build`: the manuscript, compiled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.cli.options import book_option, outlines, shared

if TYPE_CHECKING:
    from storygen.cli.console import Console


@click.command()
@outlines
@click.option("--clean", is_flag=True, help="Leave out the invisible comments.")
@click.option("-o", "--output", metavar="FILE", help="Compile to this file instead; - is stdout.")
@book_option
@shared
def build(
    *, console: Console, names: tuple[str, ...], clean: bool, output: str | None, book: Path | None
) -> None:
    """Compile the manuscript from the drafts.

    Nothing is sent. A manuscript.md that was changed by hand is left alone.
    """
    from storygen.desk.build import build as compile_book
    from storygen.desk.build import compiled
    from storygen.files.save import save

    for path in named(names).outlines:
        project = open_here(path, book=book)
        if output is None:
            console.note(f"Manuscript: {compile_book(project, clean=clean).path}")
        elif output == "-":
            console.product(compiled(project, clean=clean).text)
        else:
            save(Path(output), compiled(project, clean=clean).text)
            console.note(f"Manuscript: {output}")
