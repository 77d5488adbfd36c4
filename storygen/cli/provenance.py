"""`storygen provenance`: who wrote what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.cli.options import as_json, book_option, outlines, shared
from storygen.cli.table import table

if TYPE_CHECKING:
    from pathlib import Path

    from storygen.cli.console import Console
    from storygen.desk.project import Project
    from storygen.desk.provenance import Origin, Provenance

_HEAD = ("section", "words", "generated", "by hand", "model", "date")


@click.command()
@outlines
@book_option
@as_json
@shared
def provenance(*, console: Console, names: tuple[str, ...], book: Path | None, json: bool) -> None:
    """Show who wrote what: words generated, words by hand, models, dates.

    The last sentence is for a form that asks about AI-generated text.
    """
    from storygen.desk.provenance import provenance as look

    projects = [open_here(path, book=book) for path in named(names).outlines]
    found = [(project, look(project)) for project in projects]
    if json and len(found) == 1:
        console.document(**_document(*found[0]))
    elif json:
        console.document(books=[_document(project, origins) for project, origins in found])
    else:
        for project, origins in found:
            console.product(_text(console, project, origins))


def _text(console: Console, project: Project, found: Provenance) -> str:
    rows = [_row(origin) for origin in found.origins]
    generated = found.generated + found.rehearsed
    foot = ("total", f"{found.words:,}", f"{generated:,}", f"{found.by_hand:,}", "", "")
    shown = table(_HEAD, rows, right=[1, 2, 3], foot=foot) + "\n\n" if rows else ""
    return f"{project.outline.title}\n\n{shown}{console.fitted(found.sentence)}"


def _row(origin: Origin) -> tuple[str, ...]:
    known = origin.generated is not None
    return (
        origin.section.id,
        f"{origin.words:,}",
        f"{origin.generated:,}" if known else "?",
        f"{origin.words - (origin.generated or 0):,}" if known else "?",
        (origin.model or "-") if not origin.rehearsed else "rehearsal",
        origin.day or "-",
    )


def _document(project: Project, found: Provenance) -> dict[str, object]:
    return {
        "outline": str(project.outline.path),
        "book": str(project.book.root),
        "sections": [_section(origin) for origin in found.origins],
        "total": {
            "words": found.words,
            "generated": found.generated,
            "by_hand": found.by_hand,
            "rehearsed": found.rehearsed,
            "unknown": found.unknown,
            "models": list(found.models),
            "sentence": found.sentence,
        },
    }


def _section(origin: Origin) -> dict[str, object]:
    return {
        "id": origin.section.id,
        "title": origin.section.title,
        "words": origin.words,
        "generated": origin.generated,
        "share": origin.share,
        "model": origin.model,
        "rehearsed": origin.rehearsed,
        "date": origin.day or None,
    }
