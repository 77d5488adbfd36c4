"""Whether a retelling still carries what a beat said."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

_WORD = re.compile(r"[^\W\d_]{4,}")
_ENDING = re.compile(r"(?:ing|ed|es|ieron|aron|aban|aba|ían|ía|ió|s|e|ó|a|o)$")
_ENOUGH = 0.8


def carries(text: str, beat: str, *, stop: AbstractSet[str]) -> bool:
    """Say whether at least four fifths of the content words of *beat* stand in *text*, by their stems.

    >>> carries("Anna sailed.", "Anna sails.", stop=set()), carries("Anna left.", "Anna leaves.", stop=set())
    (True, False)
    """
    wanted = content(beat, stop=stop)
    return len(wanted & content(text, stop=stop)) >= _ENOUGH * len(wanted)


def lost(text: str, beat: str, *, stop: AbstractSet[str]) -> list[str]:
    """Return the content words of *beat*, as they stand in it, whose stems are not in *text*.

    >>> lost("Anna left the ship.", "Anna leaves the ship.", stop=set())
    ['leaves']
    """
    kept = content(text, stop=stop)
    words = (word for word in _WORD.findall(beat.casefold()) if word not in stop)
    return [word for word in dict.fromkeys(words) if not content(word, stop=stop) <= kept]


def content(text: str, *, stop: AbstractSet[str]) -> set[str]:
    """Return the stems of the words of *text* that mean something: four letters or more, not in *stop*."""
    return {_ENDING.sub("", word) for word in _WORD.findall(text.casefold()) if word not in stop}
