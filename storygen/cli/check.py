"""`storygen check`: what is wrong, before anything is sent."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from storygen.cli.naming import named
from storygen.cli.opening import source_root_here
from storygen.cli.options import as_json, outlines, shared

if TYPE_CHECKING:
    from pathlib import Path

    from storygen.cli.console import Console
    from storygen.desk.check import Checked


@click.command()
@outlines
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@as_json
@shared
@click.pass_context
def check(
    ctx: click.Context, /, *, console: Console, names: tuple[str, ...], strict: bool, json: bool
) -> None:
    """Look for mistakes in an outline, its codex and its sources.

    Sends nothing. Exit code 1 where there are errors.
    """
    from storygen.desk.check import check as look

    where = source_root_here()
    found = [(path, look(path, source_root=where)) for path in named(names).outlines]
    if json:
        console.document(books=[_document(path, checked) for path, checked in found])
    else:
        for path, checked in found:
            _show(console, path, checked)
    ctx.exit(1 if any(checked.failed(strict=strict) for _, checked in found) else 0)


def _document(path: Path, checked: Checked) -> dict[str, object]:
    return {"outline": str(path), "findings": [asdict(finding) for finding in checked.findings]}


def _show(console: Console, path: Path, checked: Checked) -> None:
    from storygen.cli.screen import findings_text
    from storygen.cli.table import many

    if checked.findings:
        console.findings(findings_text(checked.findings))
    if checked.outline is not None:
        sections = many(len(checked.outline.sections), "section")
        console.note(f"{path}: {sections}, {checked.outline.words:,} words to write.")
