"""What has changed since a section was written, and whether its text is stale for that or only soft."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

_SEPARATOR = ":"


class Freshness(StrEnum):
    """Whether a text still says what it was asked to say.

    A stale one was written from something that is not so any more; around a soft one the book has changed.
    """

    FRESH = "fresh"
    SOFT = "soft"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of input: how much a change of it weighs, and what it is called, `{}` being its own name.

    Those without a name are recorded with every section; of those with one, as many as there are. `lasting`
    is whether one that comes or goes is a change too.
    """

    weight: Freshness
    words: str
    lasting: bool = True


FAMILIES = {
    "card": Family(Freshness.STALE, "its card"),
    "style": Family(Freshness.STALE, "its style"),
    "settings": Family(Freshness.STALE, "the model's settings"),
    "codex": Family(Freshness.STALE, "codex “{}”"),
    "template": Family(Freshness.STALE, "template {}"),
    "source": Family(Freshness.STALE, "source {}"),
    "guide": Family(Freshness.STALE, "style guide {}"),
    "sample": Family(Freshness.STALE, "sample {}"),
    "~title": Family(Freshness.SOFT, "its title, or one above it"),
    "~words": Family(Freshness.SOFT, "its share of the words"),
    "~plan": Family(Freshness.SOFT, "the plan of the book"),
    "~recap": Family(Freshness.SOFT, "the recap"),
    "~facts": Family(Freshness.SOFT, "what earlier texts establish about those on its card"),
    "~before": Family(Freshness.SOFT, "the finished text before it"),
    "~tail": Family(Freshness.SOFT, "the text of {} before it"),
    "~next": Family(Freshness.SOFT, "what the next section begins with"),
    "~codex": Family(Freshness.SOFT, "codex “{}”, which its card does not name,", lasting=False),
    "~template": Family(Freshness.SOFT, "template {}"),
    "~templates": Family(Freshness.SOFT, "a template that comes with storygen"),
}
"""Every input of a section: the first part of its name in the record. Soft ones have a tilde."""


@dataclass(frozen=True, slots=True)
class Change:
    """An input that is not what it was: `then` and `now` are its hashes, empty where there was or is none."""

    name: str
    then: str = ""
    now: str = ""

    @property
    def weight(self) -> Freshness:
        """Whether it makes a text stale or only soft."""
        return FAMILIES[_family(self.name)].weight

    @property
    def words(self) -> str:
        """What has changed, in words.

        >>> Change("codex:Anna Reyes", "1f", "2e").words, Change("source:README.md", "1f").words
        ('codex “Anna Reyes” changed', 'source README.md is gone')
        """
        what = FAMILIES[_family(self.name)].words.format(self.name.partition(_SEPARATOR)[2])
        return f"{what} {'changed' if self.then and self.now else 'is new' if self.now else 'is gone'}"


def name_of(family: str, own: str) -> str:
    """Return the name of the input of *family* that is called *own*."""
    return f"{family}{_SEPARATOR}{own}"


def names_in(inputs: Iterable[str], family: str) -> frozenset[str]:
    """Return the own names of those *inputs* that belong to *family*.

    >>> names_in(["card", "codex:Anna", "~codex:Tom"], "codex")
    frozenset({'Anna'})
    """
    parts = (name.partition(_SEPARATOR) for name in inputs)
    return frozenset(own for found, _, own in parts if found == family)


_SPELL = json.JSONEncoder(sort_keys=True).encode  # made once: a large book is hashed a thousandfold


def hash_input(value: object) -> str:
    """Return the short hash of *value*, which JSON can spell; the order of keys makes no difference.

    >>> hash_input({"pov": "Anna", "beats": []}) == hash_input({"beats": [], "pov": "Anna"})
    True
    """
    return sha256(_SPELL(value).encode("ascii")).hexdigest()[:8]


def changes(then: Mapping[str, str], now: Mapping[str, str]) -> tuple[Change, ...]:
    """Return what is different *now* from the inputs *then*, what makes a text stale first.

    A family that the record does not know yet, or not any more, says nothing: storygen has changed, not the
    book. Nothing is known where nothing was recorded.
    """
    if not then:
        return ()
    different = {name for name, _ in then.items() ^ now.items()}
    found = (Change(name, then.get(name, ""), now.get(name, "")) for name in different)
    return tuple(sorted(filter(_counts, found), key=lambda change: (_order(change), change.name)))


def freshness(found: Iterable[Change]) -> Freshness:
    """Return what the changes *found* make of a text."""
    weights = {change.weight for change in found}
    for weight in (Freshness.STALE, Freshness.SOFT):
        if weight in weights:
            return weight
    return Freshness.FRESH


def _counts(change: Change) -> bool:
    family = FAMILIES.get(_family(change.name))
    if family is None:
        return False
    stayed = bool(change.then and change.now)
    return stayed or (family.lasting and _SEPARATOR in change.name)


def _order(change: Change) -> int:
    return list(FAMILIES).index(_family(change.name))


def _family(name: str) -> str:
    return name.partition(_SEPARATOR)[0]
