"""Fiction of the built-in model: a draft of the asked length that follows a card's beats in order."""

from __future__ import annotations

from dataclasses import replace

from storygen.rehearsal.card import Card
from storygen.rehearsal.plot import cut
from storygen.rehearsal.section import section
from storygen.rehearsal.tongues import apology
from storygen.text.words import count_words

_ATTEMPTS = 24
_NEAR = 0.03
_FAR = 0.1
_SHORT = 60


def fiction(card: Card) -> str:
    """Return the section of *card* as Markdown prose, without a heading, within a few words of its length.

    The text depends on the card alone. It is English, or Spanish for `es` and its regions; any other
    language gets English after one line that says so, if there is room for it.
    """
    line = apology(card.lang) if card.words >= _SHORT else ""
    story = _nearest(replace(card, words=card.words - count_words(line)))
    return f"{line}\n\n{story}" if line else story


def _nearest(card: Card) -> str:
    """Return the first draft whose length is near enough, else the nearest of some, cut if too long."""
    best = section(card, 0)
    for attempt in range(1, _ATTEMPTS):
        if _error(best, card) <= _NEAR:
            return best
        best = min(best, section(card, attempt), key=lambda text: _error(text, card))
    return best if _error(best, card) <= _FAR else f"{cut(best, max(card.words, 1)).rstrip('.')}."


def _error(text: str, card: Card) -> float:
    return abs(count_words(text) - card.words) / max(card.words, 1)
