"""Learns how many words come for each one that is asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from storygen.draft import Joint, Leg
from storygen.outline.tree import Section
from storygen.text.words import count_words
from storygen.writer.reasons import ENDED

EVEN = 1.0
"""As many words come as are asked for."""

QUIET = 0.1
"""A rate that is no further from even is none to act on."""

ENOUGH = 2
"""So many replies that a section comes after say enough; else those of earlier runs are heard too."""

RECENT = 10
"""How many sections back anything is learned from."""

LEAST_ASKED = 200
"""What is shorter is as long as it happens to be, and teaches nothing."""

_WEIGHT = 0.2
_STEP = math.log(1.5)
_FURTHEST = math.log(3)


@dataclass(frozen=True, slots=True)
class Replies:
    """What a model, by its id, replied for one section."""

    model: str
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How many words were asked for, and how many came."""

    asked: int
    words: int


def deliveries(legs: Iterable[Leg]) -> Iterator[Delivery]:
    """Yield what was asked for and came, for each call and those that went on from it, if it came to an end.

    >>> from storygen.draft import Stretch
    >>> from storygen.messages import StopReason
    >>> half = Leg("One two three. " * 100, StopReason.END_TURN, stretch=Stretch(asked=600))
    >>> list(deliveries([half]))
    [Delivery(asked=600, words=300)]
    """
    for (stretch, _), group in groupby(legs, key=lambda leg: (leg.stretch, leg.joint is Joint.PASSAGES)):
        *_, last = own = list(group)
        if stretch.asked >= LEAST_ASKED and last.stop_reason in ENDED:
            yield Delivery(stretch.asked, sum(count_words(leg.text) for leg in own))


def asked_words(legs: Iterable[Leg]) -> int:
    """Return how many words *legs* were asked for in all; passages that came besides are not among them."""
    stretches = dict.fromkeys(leg.stretch for leg in legs if leg.joint is not Joint.PASSAGES)
    return sum(stretch.asked for stretch in stretches)


def is_steered(asked: int, wanted: int) -> bool:
    """Say whether so many words are *asked* for that a person should know, where others are *wanted*."""
    return abs(asked - wanted) > QUIET * wanted


def rate(found: Sequence[Delivery]) -> float:
    """Return how many words come for each that is asked for, by what was *found*, oldest first.

    A reply may end early by accident, while none runs on by accident. So the first one counts at once where
    it is too long, half where it is too short; of the first two the mean counts where they are alike, else
    the longer one; and no later one moves the rate by more than half. From there it is an exponentially
    weighted mean. What lies within QUIET is even; nothing is believed beyond threefold.

    >>> [round(rate([Delivery(1000, words) for words in came]), 2) for came in ([490], [600, 600], [1070])]
    [0.7, 0.6, 1.0]
    """
    seen = [math.log(max(each.words, 1) / each.asked) for each in found]
    if not seen:
        return EVEN
    level = _level_at_first(*seen[:2])
    for number, one in enumerate(seen[2:], 3):
        level += max(_WEIGHT, 1 / number) * max(-_STEP, min(_STEP, one - level))
    known = math.exp(max(-_FURTHEST, min(_FURTHEST, level)))
    return EVEN if abs(known - EVEN) <= QUIET else known


def _level_at_first(first: float, second: float | None = None) -> float:
    if second is None:
        return max(first, first / 2)
    return (first + second) / 2 if abs(first - second) <= _STEP else max(first, second)


def heard(
    before: Sequence[Section],
    *,
    model: str,
    there: Mapping[str, Replies],
    earlier: Mapping[str, Replies],
) -> list[Delivery]:
    """Return the deliveries of *model* that tell how it writes what comes after *before*, oldest first.

    They are those of the nearest sections *before*; *there* has what came of each section at last, *earlier*
    what runs brought that are over, both by id and oldest first. Where they are not ENOUGH, all others of
    earlier runs are heard first, among them those of the section's own last version.
    """
    ids = [each.id for each in before]
    told = list(_told([there.get(id_) for id_ in ids], model))
    if len(told) >= ENOUGH:
        return told
    others = [each for id_, each in earlier.items() if id_ not in ids]
    return [*_told(others, model), *told]


def _told(replies: Sequence[Replies | None], model: str) -> Iterator[Delivery]:
    known = [each for each in replies if each and each.model == model]
    for each in known[-RECENT:]:
        yield from deliveries(each.legs)
