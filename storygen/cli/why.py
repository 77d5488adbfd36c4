"""How fresh every section is and why, on a screen: a line each, and what to type next."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

from storygen.book.freshness import Freshness
from storygen.cli.naming import again
from storygen.desk.states import State

if TYPE_CHECKING:
    from pathlib import Path

    from storygen.desk.status import Line, Status

_MARKS = {State.TODO: "·", State.MISSING: "·", State.INCOMPLETE: "…", State.EDITED: "✎"}
_FRESHNESS_MARKS = {Freshness.STALE: "!", Freshness.SOFT: "~"}
_SAID = {
    State.TODO: "to be written later",
    State.MISSING: "not written",
    State.INCOMPLETE: "incomplete",
    State.REHEARSED: "rehearsed",
    State.FINAL: "final",
}
_LONGEST_ID = 24
_MOST_IDS = 3
_NARROWEST = 20
_PIPE = 10_000
"""Columns of a line that no terminal breaks."""


def why_text(status: Status) -> str:
    """Return a line for every section: its mark, its words, its state and what has changed."""
    from rich.cells import cell_len

    width = min(_LONGEST_ID, max((cell_len(line.id) for line in status.lines), default=0))
    return "\n".join(_line(line, width) for line in status.lines)


def stale_text(outline: Path, status: Status) -> str:
    """Return what can be done about stale text; nothing, where there is none."""
    stale = [line for line in status.lines if line.freshness is Freshness.STALE]
    if not stale:
        return ""
    ids = [line.id for line in stale[:_MOST_IDS]] + ["..."] * (len(stale) > _MOST_IDS)
    replace = f"To replace it:          storygen write {again(outline)} --stale\n"
    return (
        f"Stale text is kept ({len(stale)} of {len(status.lines)}).\n"
        + replace * any(line.replaceable for line in stale)
        + f"To accept it as it is:  storygen accept {again(outline)} {' '.join(ids)}"
    )


def _line(line: Line, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    mark = _FRESHNESS_MARKS.get(line.freshness) or _MARKS.get(line.state, "✓")
    id_ = line.id if cell_len(line.id) <= width else f"{set_cell_size(line.id, width - 1)}…"
    words = f"{line.words:,} words" if line.words else "-"
    head = f" {mark} {set_cell_size(id_, width)}  {words:>12}  "
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPE
    room, indent = columns - cell_len(head), " " * cell_len(head)
    return head + f"\n{indent}".join(
        textwrap.wrap(_said(line), max(room, _NARROWEST), break_on_hyphens=False)
    )


def _said(line: Line) -> str:
    """Say what state a section is in, what is the matter with it, what has changed since it was written."""
    state = _edited(line) if line.state is State.EDITED else _SAID.get(line.state, "")
    flags = ", ".join(line.flags)
    if line.freshness is Freshness.FRESH:
        return "; ".join(filter(None, (state or "up to date", flags)))
    return "; ".join(filter(None, (state, flags, f"{line.freshness}: {', '.join(line.why)}")))


def _edited(line: Line) -> str:
    if line.by_hand is None:
        return "written by you"
    return f"edited by you since it was written ({line.by_hand:+,} words)"
