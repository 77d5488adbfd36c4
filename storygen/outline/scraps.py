"""What a file says before anybody knows what it means: texts, lists and pairs, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from storygen.outline.sheet import Spot


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text exactly as its author wrote it; `plain` if it stands there without quotes.

    A `broken` one stands for something of which a finding has told already.
    """

    text: str
    spot: Spot
    plain: bool = True
    broken: bool = False

    @property
    def nothing(self) -> bool:
        """Whether a field is named here and left empty."""
        return self.plain and not self.broken and self.text in {"", "~", "null"}


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Scrap, ...]
    spot: Spot


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names with their values, in the author's order."""

    pairs: tuple[tuple[Scalar, Scrap], ...]
    spot: Spot


Scrap: TypeAlias = Scalar | Items | Pairs
