"""`storygen init`: the beginning of a book."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from storygen.cli.naming import quoted
from storygen.cli.options import as_json, shared
from storygen.cli.table import table
from storygen.errors import UsageError

if TYPE_CHECKING:
    from storygen.cli.console import Console


@click.command()
@click.argument("folder", required=False, metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--kind", type=click.Choice(["fiction", "docs"]), default="fiction", help="What to begin.")
@click.option("--from", "name", metavar="NAME", help="Copy a shipped outline; --list shows them.")
@click.option("--list", "listing", is_flag=True, help="List the shipped outlines.")
@as_json
@shared
def init(
    *, console: Console, folder: Path | None, kind: str, name: str | None, listing: bool, json: bool
) -> None:
    """Begin a book: a small project, or a shipped outline.

    Writes an outline and what belongs to it into DIR. Nothing that is there is overwritten.
    """
    if listing:
        _list(console, json=json)
        return
    if folder is None:
        raise UsageError("init wants a folder", "storygen init my-book --from short-story")
    _begin(console, folder, kind=kind, name=name)


def _begin(console: Console, folder: Path, *, kind: str, name: str | None) -> None:
    from storygen.desk.init import begin, begin_from
    from storygen.outline.tree import Kind

    written = begin_from(folder, name=name) if name else begin(folder, kind=Kind(kind))
    for path in written:
        console.note(f"  {path}")
    console.note(f"\nNext: storygen write {quoted(written[0])}")


def _list(console: Console, *, json: bool) -> None:
    from storygen.desk.init import shipped_outlines

    found = shipped_outlines()
    if json:
        console.document(
            outlines=[
                {
                    "name": item.name,
                    "title": item.outline.title,
                    "kind": item.outline.kind,
                    "lang": item.outline.lang,
                    "sections": len(item.outline.sections),
                    "words": item.outline.words,
                }
                for item in found
            ]
        )
        return
    rows = [
        (
            item.name,
            item.outline.title,
            item.outline.kind,
            item.outline.lang,
            str(len(item.outline.sections)),
            f"{item.outline.words:,}",
        )
        for item in found
    ]
    console.product(
        table(("name", "title", "kind", "lang", "sections", "words"), rows, right=[4, 5], elastic=[1])
    )
    console.note("\nBegin with one: storygen init my-book --from NAME")
