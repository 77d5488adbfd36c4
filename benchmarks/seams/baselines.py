"""What plain joins make of the same replies."""

from __future__ import annotations

from collections.abc import Callable

LEAST = 8


def concatenated(old: str, reply: str) -> str:
    """Put *reply* behind *old*."""
    return old + reply


def separated(old: str, reply: str) -> str:
    """Put *reply* behind *old*, with an empty line between."""
    return f"{old}\n\n{reply.strip()}"


def overlapped(old: str, reply: str) -> str:
    """Put *reply* behind *old* without the longest end of *old* that it begins with, from 8 characters on."""
    opening = reply[:LEAST]
    place = old.find(opening)
    while place >= 0 and not reply.startswith(old[place:]):
        place = old.find(opening, place + 1)
    return old + reply if place < 0 else old[:place] + reply


BASELINES: dict[str, Callable[[str, str], str]] = {
    "concat": concatenated,
    "blank": separated,
    "overlap": overlapped,
}
"""Each plain join by the head of its column."""
