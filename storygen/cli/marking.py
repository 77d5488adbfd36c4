"""`storygen review --mark`: what no source has is marked in the drafts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from storygen.cli.console import Console
    from storygen.desk.marking import Marks
    from storygen.desk.project import Project


def mark_here(
    console: Console,
    names: Sequence[str],
    *,
    model: str | None,
    book: Path | None,
    json: bool,
    **options: object,
) -> int:
    """Mark what nothing bears out in what *names* name, say what was done, and return the exit code."""
    from storygen.cli.watch import Watch
    from storygen.desk.marking import mark

    if model is not None or options["rehearse"] or options["apply"] is not None:
        raise UsageError("--mark sends nothing and goes alone", "mark first, then review with a model")
    found = named(names)
    projects = [open_here(path, book=book) for path in found.outlines]
    done = [(project, mark(project, found.ids, tell=Watch(console).tell)) for project in projects]
    if json and len(done) == 1:
        console.document(**_document(*done[0]))
    elif json:
        console.document(books=[_document(project, marks) for project, marks in done])
    else:
        for _, marks in done:
            console.note("\n".join(_text(marks)))
    return 0


def _text(marks: Marks) -> Iterator[str]:
    """Yield what was marked, and what was left as it is."""
    for each in marks.sections:
        yield (
            f"{each.id} has marks now for {', '.join(each.names)}; "
            f"`storygen restore {each.id} {each.replaced}` brings back what was there"
        )
    yield from (f"{id_} is left: {why}" for id_, why in marks.left)
    if marks.unseen:
        yield f"Not looked at: {', '.join(marks.unseen)}."
    if not marks.sections and not marks.left:
        yield "Nothing is marked anew: whatever is named has its source, or its mark."


def _document(project: Project, marks: Marks) -> dict[str, object]:
    return {
        "outline": str(project.outline.path),
        "book": str(project.book.root),
        "marked": [asdict(each) for each in marks.sections],
        "left": [{"id": id_, "why": why} for id_, why in marks.left],
        "unseen": list(marks.unseen),
    }
