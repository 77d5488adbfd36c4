"""What the prompt cache was good for, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from storygen.cli.table import money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storygen.book.misses import Miss
    from storygen.messages import Usage


def cache_text(usage: Usage, saved: int | None) -> str:
    """Return how much of all prompts came from the cache and what that *saved*, in micro-dollars.

    Nothing is said of a book whose prompts no cache has seen.

    >>> from storygen.messages import Usage
    >>> cache_text(Usage(400, 0, 600), 90_000)
    '60% of all prompts came from the cache, which saved $0.09.'
    """
    if not usage.cache_read_input_tokens + usage.cache_creation_input_tokens:
        return ""
    came = f"{usage.cache_share or 0:.0%} of all prompts came from the cache"
    if saved is None:
        return f"{came}."
    if saved < 0:
        return f"{came}; writing to it has cost {money(-saved)} more so far than reading saved."
    return f"{came}, which saved {money(saved)}."


def misses_text(misses: Iterable[Miss]) -> str:
    """Return why nothing was read from the cache, and how often each; nothing where nobody has told.

    >>> from storygen.book.misses import Miss
    >>> misses_text([Miss("system_changed", 900), Miss("system_changed"), Miss("unavailable")])
    'Where nothing came from the cache: the system message had changed (2), the API does not know why (1).'
    """
    counts = Counter(miss.words for miss in misses)
    listed = ", ".join(f"{words} ({count})" for words, count in counts.most_common())
    return f"Where nothing came from the cache: {listed}." if listed else ""
