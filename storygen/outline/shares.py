"""How many words each section gets: what is asked above is shared by those below that ask for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from storygen.outline.tree import WordTarget

DEFAULT = 1_000
INTRO = 150
"""How long a lead-in under a heading is."""

LEAST = 50
"""Less than this is nothing left over for a section."""

SLACK = 10
"""A target of one number may be missed by its tenth part."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one node asks for: its words, if any; the index of its parent; whether it is written."""

    words: tuple[int, int] | None
    parent: int | None
    leaf: bool = False


@dataclass(slots=True)
class _Pool:
    """What is to be shared below one node."""

    low: int
    high: int
    taken: int = 0
    open: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The node with index *index* asks for `low` to `high` words; those below already have `taken`."""

    index: int
    low: int
    high: int
    taken: int
    open: int


def target(low: int, high: int, *, written: bool = False) -> WordTarget:
    """Return a target; a single number may be missed by a tenth.

    >>> target(1000, 1000), target(800, 1000).aim
    (WordTarget(low=900, high=1100, written=False), 900)
    """
    if low == high:
        return WordTarget(low - low // SLACK, high + high // SLACK, written)
    return WordTarget(low, high, written)


def share(asked: Sequence[Asked]) -> tuple[dict[int, WordTarget], list[Contradiction]]:
    """Return the target of every leaf by its index, and the sums that do not add up.

    Leaves without words of their own share what the nearest node above has left over; where no node
    above names any, each has the default.
    """
    keepers = _keepers(asked)
    pools = {index: _Pool(*node.words) for index, node in enumerate(asked) if node.words and not node.leaf}
    for index, (node, keeper) in enumerate(zip(asked, keepers, strict=True)):
        if keeper is not None:
            _count(node, index, pools[keeper])
    given = {index: target(DEFAULT, DEFAULT) for index, node in enumerate(asked) if node.leaf}
    given |= {
        index: target(*node.words, written=True)
        for index, node in enumerate(asked)
        if node.leaf and node.words
    }
    wrong = []
    for index, pool in pools.items():
        if contradiction := _contradiction(index, pool):
            wrong.append(contradiction)
        elif pool.open:
            given |= _portions(pool)
    return given, wrong


def _keepers(asked: Sequence[Asked]) -> list[int | None]:
    """For each node the index of the nearest node above that names words."""
    keepers: list[int | None] = []
    for node in asked:
        above = node.parent
        keepers.append(above if above is None or asked[above].words else keepers[above])
    return keepers


def _count(node: Asked, index: int, pool: _Pool) -> None:
    """Enter what *node* takes into the *pool* that it draws from."""
    if node.words:
        pool.taken += sum(node.words) // 2
    elif node.leaf:
        pool.open.append(index)


def _contradiction(index: int, pool: _Pool) -> Contradiction | None:
    least = LEAST if pool.taken else 0
    if pool.open and pool.taken + least * len(pool.open) <= pool.high:
        return None
    if not pool.open and (
        not pool.taken or pool.low - pool.low // SLACK <= pool.taken <= pool.high + pool.high // SLACK
    ):
        return None
    return Contradiction(index, pool.low, pool.high, pool.taken, len(pool.open))


def _portions(pool: _Pool) -> dict[int, WordTarget]:
    """Cut what is left into equal portions; the first ones get the odd words."""
    count = len(pool.open)
    low, high = (max(edge - pool.taken, count) for edge in (pool.low, pool.high))
    return {
        index: target(low // count + (at < low % count), high // count + (at < high % count))
        for at, index in enumerate(pool.open)
    }
