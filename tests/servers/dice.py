"""Chance that a test can rely on."""

from __future__ import annotations

from random import Random


class LowestDice(Random):
    """Dice that always fall lowest, so that a wait is as short as its rule allows."""

    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002 - the signature of Random
        """Return the lower end."""
        return a
