"""The next stretch of a section: a card of its own, out of that of the section and what is asked since."""

from __future__ import annotations

from dataclasses import replace

from storygen.rehearsal.card import Card
from storygen.rehearsal.region import field_of, items, length, numbers


def next_card(card: Card, since: str) -> Card:
    r"""Return the card of what *since* asks for after a part of *card* is written; *card*, if of the same.

    A turn that says under a label how many words it wants asks for a stretch of its own; which one it is, its
    first line says in numbers.

    >>> boat = Card("The boat", words=900, beats=("Tom lands.",))
    >>> next_card(boat, "Now stretch 2 of 3.\n\nBeats:\n1. Tom leaves.\n\nWords: about 700").beats
    ('Tom leaves.',)
    """
    if not any((given := field_of(line)) and given[0] == "words" for line in since.splitlines()):
        return card
    which = numbers(since.strip().partition("\n")[0])
    beats = tuple(items(since))
    seed = "\n".join((card.seed, *beats, *map(str, which)))
    return replace(card, beats=beats, words=length(since) or card.words, seed=seed)
