"""How two edits of the same text look beside each other."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storygen.manuscript.carry import Clash


def clashes_text(clashes: Sequence[Clash]) -> str:
    """Return every one of *clashes* as a diff from what would be compiled to what the manuscript says."""
    return "\n".join(line for clash in clashes for line in _lines(clash))


def _lines(clash: Clash) -> list[str]:
    name = clash.section or "between the sections"
    return [
        *unified_diff(
            clash.compiled.splitlines(),
            clash.found.splitlines(),
            f"{name} (what would be compiled)",
            f"{name} (manuscript.md)",
            lineterm="",
        ),
        "",
    ]
