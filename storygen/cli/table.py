"""Plain tables that fit the screen, and numbers as a person reads them."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CENT = 0.01
_PIPE = 200
"""Columns of a table that no terminal limits."""

_NARROWEST = 12
"""Columns that an elastic column keeps where a terminal is small."""


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    foot: Sequence[str] = (),
    elastic: Sequence[int] = (0,),
) -> str:
    """Return aligned lines under *head* that fit the terminal: where it is small, some columns give way.

    *right* names the columns that are set flush right, *elastic* those that are cut, the first one first.

    >>> print(table(["section", "words"], [["the-boat", "1,043"]], right=[1]))
      section   words
      the-boat  1,043
    """
    widths, gap = _layout([row for row in (head, *rows, foot) if row], elastic)
    return "\n".join(
        f"  {_line(row, widths, right=right, gap=gap)}".rstrip() for row in (head, *rows, foot) if row
    )


def dollars(micro: int | None) -> float | None:
    """Return micro-dollars as dollars, None as it is."""
    return None if micro is None else micro / 1_000_000


def money(micro: int | None) -> str:
    """Return micro-dollars as a person reads them; below a cent with more digits; a dash for no price.

    >>> money(31_400), money(2_500), money(0), money(None)
    ('$0.03', '$0.0025', '$0.00', '-')
    """
    if micro is None:
        return "-"
    dollars = micro / 1_000_000
    return f"${dollars:.4f}" if 0 < dollars < _CENT else f"${dollars:,.2f}"


def many(number: int, noun: str) -> str:
    """Return how many of what *noun* says there are.

    >>> many(1, "section"), many(1_200, "section")
    ('1 section', '1,200 sections')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def short(number: int) -> str:
    """Return a count of tokens in few characters.

    >>> short(950), short(4_267), short(163_480), short(2_400_000)
    ('950', '4.3k', '163k', '2.4M')
    """
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            scaled = number / size
            return f"{scaled:.0f}{letter}" if scaled >= 100 else f"{scaled:.1f}{letter}"  # noqa: PLR2004
    return str(number)


def _line(row: Sequence[str], widths: Sequence[int], *, right: Sequence[int], gap: int) -> str:
    from rich.cells import cell_len, set_cell_size

    cells = []
    for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
        shown = cell if cell_len(cell) <= width else f"{set_cell_size(cell, width - 1)}…"
        blank = " " * (width - cell_len(shown))
        cells.append(blank + shown if index in right else shown + blank)
    return (" " * gap).join(cells)


def _layout(rows: Sequence[Sequence[str]], elastic: Sequence[int]) -> tuple[list[int], int]:
    """Return the width of every column and the gap between two, so that all fits if it can."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    room = (shutil.get_terminal_size().columns if sys.stderr.isatty() else _PIPE) - 2
    gap = 2 if sum(widths) + 2 * (len(widths) - 1) <= room else 1
    for column in elastic:
        rest = room - sum(widths) + widths[column] - gap * (len(widths) - 1)
        widths[column] = min(widths[column], max(rest, _NARROWEST))
    return widths, gap
