"""A plan while it is being made: the whole, and the tree that is divided level by level into sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from storygen.outline.tree import Ending, Entry, Kind, Level, Style

ONE_SITTING = 1_500
"""Words; a node of so many is a section, whatever its level is called, and is divided no further."""

MOST_UNASKED = 1_000_000
"""Words; a longer book has to be asked for by whoever pays for it, and not by a request."""

SHARES: Mapping[Level, int] = {
    Level.PART: 20_000,
    Level.CHAPTER: 4_500,
    Level.SCENE: 1_100,
    Level.PAGE: 2_500,
    Level.SECTION: 800,
}
"""How many words a node of each level has, about."""

_BELOW: Mapping[Kind, Mapping[Level, Level]] = {
    Kind.FICTION: {Level.PART: Level.CHAPTER, Level.CHAPTER: Level.SCENE},
    Kind.DOCS: {Level.PART: Level.PAGE, Level.PAGE: Level.SECTION},
}
_FIRST: Mapping[Kind, Sequence[tuple[int, Level]]] = {
    Kind.FICTION: ((8_000, Level.SCENE), (40_000, Level.CHAPTER)),
    Kind.DOCS: ((60_000, Level.PAGE),),
}
"""What a book of at most so many words is divided into; a longer one has parts."""

Way: TypeAlias = tuple[int, ...]
"""Where a node stands: the index at every level, outermost first; the whole book has none."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """Something that the request asks for: in the sections that serve it, or `throughout`."""

    id: str
    text: str
    throughout: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A node of a plan: a section with its card, or what is or will be divided into several.

    `serves` holds the ids of the constraints that are met in it.
    """

    level: Level
    title: str
    words: int
    summary: str = ""
    enter: str = ""
    leave: str = ""
    serves: tuple[str, ...] = ()
    beats: tuple[str, ...] = ()
    pov: str = ""
    cast: tuple[str, ...] = ()
    place: str = ""
    time: str = ""
    facts: tuple[str, ...] = ()
    plant: tuple[str, ...] = ()
    pay: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    ending: Ending | None = None
    type: str = ""
    below: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole book as far as it is planned."""

    title: str
    kind: Kind
    words: int
    lang: str = ""
    author: tuple[str, ...] = ()
    summary: str = ""
    audience: str = ""
    style: Style = Style()
    codex: tuple[Entry, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    below: tuple[Piece, ...] = field(default=())

    def at(self, way: Way) -> Piece:
        """Return the node that *way* leads to."""
        node = self.below[way[0]]
        for index in way[1:]:
            node = node.below[index]
        return node

    def words_at(self, way: Way) -> int:
        """Return the budget of the node that *way* leads to, or of the whole book."""
        return self.at(way).words if way else self.words

    def below_at(self, way: Way) -> tuple[Piece, ...]:
        """Return what stands directly below the node that *way* leads to, or below the whole book."""
        return self.at(way).below if way else self.below

    def walk(self, way: Way = ()) -> Iterator[tuple[Way, Piece]]:
        """Yield everything below *way* in reading order, each with its own way."""
        for index, node in enumerate(self.below_at(way)):
            yield (*way, index), node
            yield from self.walk((*way, index))

    def is_open(self, way: Way) -> bool:
        """Say whether the node that *way* leads to is still to be divided."""
        node = self.at(way)
        return not node.below and level_below(self.kind, node) is not None

    def is_last(self, way: Way) -> bool:
        """Say whether the book ends with the node that *way* leads to."""
        return all(index + 1 == len(self.below_at(way[:depth])) for depth, index in enumerate(way))

    def divided(self, way: Way, below: Sequence[Piece]) -> Plan:
        """Return the plan with *below* as what stands below the node that *way* leads to."""
        if not way:
            return replace(self, below=tuple(below))
        return replace(self, below=_divided(self.below, way, tuple(below)))


def _divided(nodes: tuple[Piece, ...], way: Way, below: tuple[Piece, ...]) -> tuple[Piece, ...]:
    index, *rest = way
    inside = _divided(nodes[index].below, tuple(rest), below) if rest else below
    return (*nodes[:index], replace(nodes[index], below=inside), *nodes[index + 1 :])


def first_level(kind: Kind, words: int) -> Level:
    """Return what a book of *words* words is divided into first.

    >>> first_level(Kind.FICTION, 25_000), first_level(Kind.FICTION, 100_000), first_level(Kind.DOCS, 9_000)
    (<Level.CHAPTER: 'chapter'>, <Level.PART: 'part'>, <Level.PAGE: 'page'>)
    """
    return next((level for most, level in _FIRST[kind] if words <= most), Level.PART)


def level_below(kind: Kind, node: Piece) -> Level | None:
    """Return what *node* is divided into; None where it is a section."""
    return _BELOW[kind].get(node.level) if node.words > ONE_SITTING else None


def budgeted(nodes: Sequence[Piece], words: int) -> tuple[Piece, ...]:
    """Return *nodes* with budgets that come to *words* at every level; one without gets a usual share."""
    asked = fitted([node.words or SHARES[node.level] for node in nodes], words)
    return tuple(
        replace(node, words=own, below=budgeted(node.below, own))
        for node, own in zip(nodes, asked, strict=True)
    )


def fitted(words: Sequence[int], total: int) -> tuple[int, ...]:
    """Return *words* so that they come to *total*, in the same proportions and in round numbers.

    The largest takes what the round numbers leave over.

    >>> fitted([1000, 2000, 1100], 4100), fitted([1000, 2000, 1100], 8000)
    ((1000, 2000, 1100), (1950, 3900, 2150))
    """
    there = sum(words)
    if there == total or not there:
        return tuple(words)
    grain = _GRAIN if total >= _COARSE * len(words) else 1
    scaled = [max(1, round(each * total / there / grain) * grain) for each in words]
    largest = max(range(len(scaled)), key=lambda index: (scaled[index], -index))
    scaled[largest] += total - sum(scaled)
    return tuple(scaled)


_GRAIN = 10
_COARSE = 100
"""Words a node from which on budgets are round."""
