"""What `storygen build --pages` says about a folder of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storygen.cli.opening import open_here
from storygen.cli.screen import findings_text
from storygen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from storygen.cli.console import Console
    from storygen.desk.pages import BuiltPages


def build_all(
    console: Console, outlines: Sequence[Path], folder: Path, *, toc: str | None, book: Path | None
) -> int:
    """Build the one outline of *outlines* into *folder*, say what became of it, and return the exit code.

    Raises UsageError for several: their pages would lie among each other.
    """
    from storygen.desk.pages import build_pages
    from storygen.manuscript.pages import Toc

    if len(outlines) > 1:
        raise UsageError("--pages takes one outline", "build each into a folder of its own")
    built = build_pages(open_here(outlines[0], book=book), folder, toc=Toc(toc) if toc else None)
    _say(console, built)
    return 1 if built.edited or built.findings else 0


def _say(console: Console, built: BuiltPages) -> None:
    if built.findings:
        console.findings(findings_text(built.findings))
    if built.carried:
        console.note(f"Carried back into the drafts: {', '.join(built.carried)}")
    for path in built.edited:
        console.say(
            f"{path} was changed by hand and stays: take the change over into the draft, or delete the file"
        )
    for path in built.strays:
        console.say(f"{path} is no page any more")
    if built.waiting:
        console.note(f"Not written yet: {', '.join(built.waiting)}")
    count = len(built.written)
    console.note(f"{count} {'file' if count == 1 else 'files'} in {built.folder}")
