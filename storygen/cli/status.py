"""`storygen status`: how a book stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from storygen.cli.caching import cache_text
from storygen.cli.naming import again, named
from storygen.cli.opening import open_here
from storygen.cli.options import as_json, book_option, outlines, shared
from storygen.cli.table import dollars, money, short, table
from storygen.cli.why import stale_text, why_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storygen.cli.console import Console
    from storygen.desk.project import Project
    from storygen.desk.status import Line, Status

_HEAD = ("section", "state", "words/target", "legs", "stop", "in", "out", "cost")


@click.command()
@outlines
@book_option
@click.option("--why", is_flag=True, help="Say of every section how fresh it is, and what has changed.")
@as_json
@shared
def status(*, console: Console, names: tuple[str, ...], book: Path | None, why: bool, json: bool) -> None:
    """Show what is written, what it took and what is left.

    Stale is a text whose card, codex entries, style, sources, own templates or model settings have changed
    since it was written; soft one around which the rest of the book has.
    """
    from storygen.desk.status import status as look

    projects = [open_here(path, book=book) for path in named(names).outlines]
    found = [(project, look(project)) for project in projects]
    if json and len(found) == 1:
        console.document(**_document(*found[0]))
    elif json:
        console.document(books=[_document(project, status) for project, status in found])
    else:
        for project, status in found:
            shown = why_text(status) if why else _table(project, status)
            console.product("\n\n".join([project.outline.title, shown, *_remarks(project, status)]))


def _table(project: Project, status: Status) -> str:
    foot = (
        "total",
        "",
        f"{status.words:,}/{project.outline.words:,}",
        str(sum(line.legs for line in status.lines)),
        "",
        short(status.usage.prompt_tokens),
        short(status.usage.output_tokens),
        money(status.cost),
    )
    rows = [_row(line) for line in status.lines]
    return table(_HEAD, rows, right=[2, 3, 5, 6, 7], foot=foot, elastic=[1, 0])


def _remarks(project: Project, status: Status) -> Iterator[str]:
    from storygen.desk.states import State

    if status.rehearsed:
        yield "Rehearsed sections come from the built-in model; a real one writes them anew."
    if sentence := cache_text(status.usage, status.saved):
        yield sentence
    if next_steps := stale_text(project.outline.path, status):
        yield next_steps
    if status.away:
        requests = "1 request is" if status.away == 1 else f"{status.away:,} requests are"
        yield f"{requests} away in a batch; `storygen write` waits for what comes back."
    if left := status.count(State.MISSING, State.INCOMPLETE):
        yield f"{left} to write: storygen write {again(project.outline.path)}"


def _row(line: Line) -> tuple[str, ...]:
    from storygen.book.freshness import Freshness

    section = line.standing.section
    marks = f" ({', '.join(line.flags)})" if line.flags else ""
    return (
        section.id,
        line.state + marks + (", stale" if line.freshness is Freshness.STALE else ""),
        f"{line.words:,}/{section.words.aim:,}",
        str(line.legs or "-"),
        line.stop_reason or "-",
        short(line.usage.prompt_tokens),
        short(line.usage.output_tokens),
        money(line.cost),
    )


def _document(project: Project, status: Status) -> dict[str, object]:
    return {
        "outline": str(project.outline.path),
        "book": str(project.book.root),
        "sections": [_section(line) for line in status.lines],
        "total": {
            "words": status.words,
            "usage": asdict(status.usage),
            "cache_share": status.usage.cache_share,
            "cache_saved": dollars(status.saved),
            "cost": dollars(status.cost),
            "away": status.away,
        },
    }


def _section(line: Line) -> dict[str, object]:
    section = line.standing.section
    return {
        "id": section.id,
        "title": section.title,
        "state": line.state,
        "freshness": line.freshness,
        "why": list(line.why),
        "words": line.words,
        "target": [section.words.low, section.words.high],
        "legs": line.legs,
        "stop_reason": line.stop_reason,
        "flags": list(line.flags),
        "usage": asdict(line.usage),
        "cost": dollars(line.cost),
    }
