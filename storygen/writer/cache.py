"""What the prompt caches of models hold, as far as our own requests have filled them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from storygen.catalogue import Model


class Taken(NamedTuple):
    """How many tokens of the beginning of a prompt are read from the cache, and how many written to it."""

    read: int = 0
    written: int = 0


@dataclass(slots=True)
class Cache:
    """The beginnings of prompts that were marked, for every model on its own, as long as nothing expires."""

    _held: set[int] = field(default_factory=set)

    def take(self, model: Model, blocks: Iterable[tuple[str, int]]) -> Taken:
        """Send the *blocks* that a prompt for *model* begins with, each with its tokens.

        The first and the last are marked. The longest beginning that is held already is read, the rest
        written; what is shorter than the model's minimum is neither.
        """
        key, total, read = hash(model.id), 0, 0
        ends: list[tuple[int, int]] = []
        for text, tokens in blocks:
            key, total = hash((key, text)), total + tokens
            read = total if key in self._held else read
            ends.append((key, total))
        self._held.update(end for end, length in (*ends[:1], *ends[-1:]) if length >= model.cache_minimum)
        return Taken(read, total - read) if total >= model.cache_minimum else Taken()
