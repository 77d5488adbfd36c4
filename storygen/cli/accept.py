"""`storygen accept`: this text is right as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.cli.options import as_json, book_option, outlines_and_ids, shared
from storygen.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from storygen.cli.console import Console
    from storygen.desk.accept import Accepted


@click.command()
@outlines_and_ids
@book_option
@as_json
@shared
def accept(*, console: Console, names: tuple[str, ...], book: Path | None, json: bool) -> None:
    """Take stale text as right as it is, without a call.

    What the named sections would be written from now counts, from here on, as what they were written from.
    """
    from storygen.desk.accept import accept as take

    found = named(names)
    if not found.ids:
        raise UsageError("accept wants section ids", "`storygen status --why` shows which are stale, and why")
    accepted = take(open_here(found.outlines[0], book=book), found.ids)
    if json:
        console.document(accepted=[_document(each) for each in accepted])
        return
    for each in accepted:
        console.note(f" ✓ {each.section.id}  accepted; it was {each.freshness}")


def _document(accepted: Accepted) -> dict[str, object]:
    return {"id": accepted.section.id, "was": accepted.freshness}
