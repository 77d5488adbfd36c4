"""Puts marks into a text that say what is still to be checked, behind what they speak of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate

from storygen.text.markdown import Block, BlockKind, blocks, lines, parse

_HYPHENS = re.compile("-{2,}")


def marked(text: str, names: Iterable[tuple[int, Iterable[str]]]) -> str:
    r"""Return *text* with a mark behind every block in which one of *names* stands, by its place.

    A mark is a block of its own, but in a list or a quotation it ends the line, so that the list goes on; it
    never stands in code or in a table. Everything else stays to the letter.

    >>> print(marked("Run `up --now`.\n\nWait.", [(5, ["--now"])]))
    Run `up --now`.
    <BLANKLINE>
    <!-- TODO: verify \-\-now -->
    <BLANKLINE>
    Wait.
    """
    wanted: defaultdict[tuple[int, bool], list[str]] = defaultdict(list)
    places = _Places(text)
    for at, each in names:
        wanted[places.behind(at)] += each
    for (end, inline), each in sorted(wanted.items(), key=lambda each: (-each[0][0], each[0][1])):
        mark, rest = _mark(each), text[end:]
        text = text[:end] + (f" {mark}" if inline else _set_apart(mark, rest)) + rest
    return text


class _Places:
    """Where marks belong in one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = list(accumulate(map(len, lines(text)), initial=0))
        self._blocks = blocks(text)
        self._outermost = [token.map for token in parse(text) if token.level == 0 and token.map]

    def behind(self, at: int) -> tuple[int, bool]:
        """Return the place behind the block that holds the character *at*, and whether it ends a line."""
        for block in self._blocks:
            if self._holds(block.first, block.behind, at):
                return self._behind_block(block, at)
        return len(self._text.rstrip()), False

    def _behind_block(self, block: Block, at: int) -> tuple[int, bool]:
        if not block.containers:
            return self._end(block.first, block.behind), False
        if block.kind in {BlockKind.PARAGRAPH, BlockKind.HEADING}:
            return self._end(block.first, block.behind), True
        first, behind = next(place for place in self._outermost if self._holds(place[0], place[1], at))
        return self._end(first, behind), False

    def _holds(self, first: int, behind: int, at: int) -> bool:
        return self._starts[first] <= at < self._starts[min(behind, len(self._starts) - 1)]

    def _end(self, first: int, behind: int) -> int:
        start = self._starts[first]
        return start + len(self._text[start : self._starts[min(behind, len(self._starts) - 1)]].rstrip())


def _mark(names: Iterable[str]) -> str:
    r"""Return the mark that says that *names* are to be checked; two hyphens would end it for some readers.

    >>> _mark(["--now", "up"])
    '<!-- TODO: verify \\-\\-now, up -->'
    """
    listed = ", ".join(_HYPHENS.sub(lambda found: r"\-" * len(found[0]), name) for name in names)
    return f"<!-- TODO: verify {listed} -->"


def _set_apart(mark: str, rest: str) -> str:
    """Return *mark* as a block of its own between what is before it and the *rest*."""
    close = rest.startswith("\n") and rest.strip() and not rest.lstrip(" \t").startswith("\n\n")
    return f"\n\n{mark}\n" if close else f"\n\n{mark}"
