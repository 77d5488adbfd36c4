"""Plain tables that fit the screen, and money as a person reads it."""

from __future__ import annotations

import shutil
import sys
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CENT = 0.01
_PIPE = 200
"""Columns of a table that no terminal limits."""


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), foot: Sequence[str] = ()
) -> str:
    """Return aligned lines under *head*, as wide as the terminal allows; *right* names columns of numbers.

    >>> print(table(["section", "words"], [["the-boat", "1,043"]], right=[1]))
      section   words
      the-boat  1,043
    """
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, show_footer=bool(foot), padding=(0, 2, 0, 0), header_style="")
    for index, name in enumerate(head):
        drawn.add_column(
            name,
            justify="right" if index in right else "left",
            no_wrap=True,
            overflow="ellipsis",
            footer=foot[index] if foot else "",
        )
    for row in rows:
        drawn.add_row(*(_literal(cell) for cell in row))
    width = shutil.get_terminal_size().columns - 2 if sys.stderr.isatty() else _PIPE
    page = StringIO()
    Console(file=page, width=width, color_system=None, highlight=False).print(drawn)
    return "\n".join(f"  {line.rstrip()}" for line in page.getvalue().splitlines())


def money(micro: int | None) -> str:
    """Return micro-dollars as a person reads them; below a cent with more digits; a dash for no price.

    >>> money(31_400), money(2_500), money(0), money(None)
    ('$0.03', '$0.0025', '$0.00', '-')
    """
    if micro is None:
        return "-"
    dollars = micro / 1_000_000
    return f"${dollars:.4f}" if 0 < dollars < _CENT else f"${dollars:,.2f}"


def _literal(cell: str) -> str:
    from rich.markup import escape

    return escape(cell)
