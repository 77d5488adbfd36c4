"""Learns how many of a model's own tokens a plain cl100k token is."""

from __future__ import annotations

from collections.abc import Iterable

WEIGHT = 0.2
"""What the newest sample counts; the ten newest make up nine tenths of a factor."""

_BELIEVABLE = (0.25, 6.0)
"""No tokenizer is further away from cl100k; a server that says so counts something else."""

_STEP = 0.25


def learned(factor: float, samples: Iterable[tuple[int, int]]) -> float:
    """Return *factor* after *samples*, each a prompt in plain tokens and in the model's own, oldest first.

    It is the exponentially weighted mean of their ratios, begun at *factor*. Samples without a count and
    those that nobody can believe teach nothing.

    >>> round(learned(1.4, [(1000, 1200), (1000, 1200)]), 3), learned(1.4, [(1000, 0), (10, 9999)])
    (1.328, 1.4)
    """
    low, high = _BELIEVABLE
    for plain, own in samples:
        if plain > 0 and low <= own / plain <= high:
            factor += WEIGHT * (own / plain - factor)
    return factor


def roomy(factor: float, learned: float) -> float:
    """Return the factor by which a reply gets its room: *factor*, raised in steps of a quarter to *learned*.

    A limit is part of a request, and by its request a refusal is known again: so it stays as it is until a
    model is found to write in much smaller tokens than anybody thought.

    >>> roomy(1.4, 1.2), roomy(1.4, 1.7), round(roomy(1.4, 1.8), 2)
    (1.4, 1.4, 1.75)
    """
    steps = max(0.0, learned / factor - 1) // _STEP
    return factor * (1 + steps * _STEP)
