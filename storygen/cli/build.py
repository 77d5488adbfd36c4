"""`storygen build`: the manuscript, compiled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.cli.options import book_option, outlines, shared
from storygen.errors import UsageError

if TYPE_CHECKING:
    from storygen.cli.console import Console
    from storygen.desk.project import Project


@click.command()
@outlines
@click.option("--clean", is_flag=True, help="Leave out the invisible comments.")
@click.option("-o", "--output", metavar="FILE", help="Compile to this file instead; - is stdout.")
@click.option(
    "--pages",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Build a file for every page into this folder.",
)
@click.option(
    "--toc", type=click.Choice(["mkdocs", "mdbook"]), help="With --pages: its table of contents too."
)
@book_option
@shared
@click.pass_context
def build(
    ctx: click.Context,
    /,
    *,
    console: Console,
    names: tuple[str, ...],
    clean: bool,
    output: str | None,
    pages: Path | None,
    toc: str | None,
    book: Path | None,
) -> None:
    """Compile the manuscript from the drafts, or build them into a folder of pages.

    Nothing is sent. What was changed by hand in manuscript.md goes back into the drafts first; where both
    have changed, they are shown beside each other and stay as they are. A page keeps the front matter that
    its file has; one whose text was changed by hand is left alone. Exit code 1 for pages that were left, and
    for links that lead nowhere.
    """
    if toc and pages is None:
        raise UsageError("--toc goes with --pages", "storygen build --pages docs --toc mkdocs")
    if pages is not None and output is not None:
        raise UsageError("--pages builds a folder, and -o one file", "choose one")
    if pages is not None:
        from storygen.cli.pages import build_all

        ctx.exit(build_all(console, named(names).outlines, pages, toc=toc, book=book))
    for path in named(names).outlines:
        project = open_here(path, book=book)
        if output is None:
            _build(console, project, clean=clean)
        else:
            _put(console, project, output, clean=clean)


def _put(console: Console, project: Project, output: str, *, clean: bool) -> None:
    from storygen.desk.build import compiled, is_edited
    from storygen.files.save import save

    if is_edited(project):
        console.say(f"{project.book.manuscript} was edited; `storygen build` takes that over, -o does not")
    text = compiled(project, clean=clean).text
    if output == "-":
        console.product(text)
    else:
        save(Path(output), text)
        console.note(f"Manuscript: {output}")


def _build(console: Console, project: Project, *, clean: bool) -> None:
    from storygen.cli.clash import clashes_text
    from storygen.desk.build import ManuscriptEdited
    from storygen.desk.build import build as compile_book

    try:
        built = compile_book(project, clean=clean)
    except ManuscriptEdited as error:
        console.say(clashes_text(error.clashes))
        raise
    if built.carried:
        console.note(f"Carried back into the drafts: {', '.join(built.carried)}")
    console.note(f"Manuscript: {built.path}")
