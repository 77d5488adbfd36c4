"""Repeatable chance: the same text draws the same lots on every machine and version of Python."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Lots drawn from a text; only `Random.random` is used, whose sequence Python guarantees.

    >>> Chance("a boat").below(100) == Chance("a boat").below(100)
    True
    """

    def __init__(self, seed: str) -> None:
        """Start from *seed*, spread by SHA-256 so that near seeds lie far apart."""
        digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()
        self._random = random.Random(int.from_bytes(digest, "big"))  # noqa: S311 (prose is no secret)
        self._decks: dict[str, list[int]] = {}

    def below(self, limit: int) -> int:
        """Return a whole number from 0 up to, not including, *limit*."""
        return int(self._random.random() * limit)

    def one(self, choices: Sequence[T]) -> T:
        """Return one of *choices*."""
        return choices[self.below(len(choices))]

    def deal(self, name: str, cards: Sequence[T]) -> T:
        """Return the next of *cards* from the deck called *name*; all are dealt before one returns."""
        deck = self._decks.get(name)
        if not deck:
            deck = self._decks[name] = list(range(len(cards)))
        place = self.below(len(deck))
        deck[place], deck[-1] = deck[-1], deck[place]
        return cards[deck.pop()]
