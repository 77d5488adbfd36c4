"""Passages that lengthen a text: each goes behind the paragraph that it names, or nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

from storygen.manuscript.chatter import closing
from storygen.manuscript.overlap import LEAST, fold, weight
from storygen.manuscript.seam import follow
from storygen.text.markdown import lines, parse
from storygen.text.words import split_words

LONGEST_RUN = 12
"""So many words in a row that stand in the text already, and a passage tells it again."""

_AFTER = re.compile(r"[ \t]*<after>(.*?)</after>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Lengthened:
    """A text with its passages, and how many of them were `put` there and `left_out`."""

    text: str
    put: int = 0
    left_out: int = 0


def lengthen(text: str, reply: str, *, whole: bool = True, firm: int = 0) -> Lengthened:
    r"""Put the passages of *reply* into *text*, of which every character stays.

    Each passage stands under `<after>` with the last words of the paragraph that it follows. It goes between
    that block and the next one; where it names none, or several, or says what stands there already, it is
    left out. Of a reply that is not *whole* the last paragraph does not count. Nothing goes between the first
    *firm* characters: what belongs there goes to the end.

    >>> reply = "<after>She rang twice.</after>\n\nNobody came."
    >>> lengthen("She rang twice.\n\nShe left.", reply).text
    'She rang twice.\n\nNobody came.\n\nShe left.'
    """
    told = list(_passages(reply if whole else reply.rpartition("\n\n")[0]))
    known = _runs(text)
    placed = [(_behind(firm, _place(text, words), text), passage) for words, passage in told]
    fitting = [(place, passage) for place, passage in placed if place and known.isdisjoint(_runs(passage))]
    grown, last = "", 0
    for place, passage in sorted(fitting, key=itemgetter(0)):
        grown = follow(grown + text[last:place], passage).text.rstrip()
        last = place
    return Lengthened(grown + text[last:], len(fitting), len(told) - len(fitting))


def _passages(reply: str) -> Iterator[tuple[str, str]]:
    """Yield the words after which each passage belongs, and the passage."""
    said, *found = _AFTER.split(reply[: closing(reply)])
    found = found or ["", said]
    for words, passage in zip(found[::2], found[1::2], strict=True):
        if passage.strip():
            yield words, passage.strip()


def _place(text: str, words: str) -> int:
    """Return the end of the one block of *text* that ends with *words*, or has them; 0 if there is none."""
    wanted = fold(words)
    if weight(wanted) < LEAST:
        return 0
    told = [(end, fold(text[start:end])) for start, end in _blocks(text)]
    ending = [end for end, block in told if block.endswith(wanted)]
    having = ending or [end for end, block in told if wanted in block]
    return having[0] if len(having) == 1 else 0


def _behind(firm: int, place: int, text: str) -> int:
    """Return *place*, or the end of *text* where it lies among the first *firm* characters."""
    return place if place > firm or not place else len(text.rstrip())


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each outermost block of *text* starts and where its last character ends."""
    starts = [0]
    for line in lines(text):
        starts.append(starts[-1] + len(line))
    for token in parse(text):
        if token.level == 0 and token.map and token.nesting >= 0:
            start, behind = (starts[min(line, len(starts) - 1)] for line in token.map)
            yield start, start + len(text[start:behind].rstrip())


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of LONGEST_RUN words of *text*, in lower case."""
    words = [word.casefold() for word in split_words(text)]
    return {tuple(words[at : at + LONGEST_RUN]) for at in range(len(words) - LONGEST_RUN + 1)}
