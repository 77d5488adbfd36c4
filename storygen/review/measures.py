"""What can be measured of a text: its sentences, its paragraphs, its speech, its words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import sqrt

from storygen.review.page import Page
from storygen.text.words import plain_starts

WINDOW = 100
"""Words of the window in which different words are counted: short enough for a sample of one page."""

_STOP = re.compile(r"[.!?…]+[\"'”’»)\]*_]*(?=\s|\Z)|[。！？]+[」』）]*")
_SHORT = ("Mr", "Mrs", "Ms", "Dr", "St", "Prof", "Nr", "Sr", "Sra")
"""Words whose full stop ends no sentence."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Lengths, added up so that two can be put together: how many, their sum, the sum of their squares."""

    count: int = 0
    total: int = 0
    squares: int = 0

    @classmethod
    def of(cls, lengths: Sequence[int]) -> Spread:
        """Add up *lengths*."""
        return cls(len(lengths), sum(lengths), sum(length * length for length in lengths))

    def __add__(self, other: Spread) -> Spread:
        """Put two together."""
        return Spread(self.count + other.count, self.total + other.total, self.squares + other.squares)

    @property
    def mean(self) -> float:
        """The mean length."""
        return self.total / self.count if self.count else 0.0

    @property
    def variation(self) -> float:
        """The standard deviation divided by the mean: how unlike each other they are.

        >>> round(Spread.of([5, 5, 5]).variation, 2), round(Spread.of([2, 5, 11]).variation, 2)
        (0.0, 0.62)
        """
        if not self.total:
            return 0.0
        return sqrt(max(0.0, self.squares / self.count - self.mean**2)) / self.mean


@dataclass(frozen=True)
class Measures:
    """What was measured of one text, or of several put together.

    `spoken` are words of speech, `kinds` the different words of all windows and `windows` how many there
    were, `single` paragraphs of one sentence, `again` the share of grams that stood in the book before.
    """

    words: int = 0
    spoken: int = 0
    sentences: Spread = Spread()
    paragraphs: Spread = Spread()
    single: int = 0
    kinds: int = 0
    windows: int = 0
    again: float = 0.0

    def __add__(self, other: Measures) -> Measures:
        """Put two texts together."""
        words = self.words + other.words
        return Measures(
            words=words,
            spoken=self.spoken + other.spoken,
            sentences=self.sentences + other.sentences,
            paragraphs=self.paragraphs + other.paragraphs,
            single=self.single + other.single,
            kinds=self.kinds + other.kinds,
            windows=self.windows + other.windows,
            again=(self.again * self.words + other.again * other.words) / max(1, words),
        )

    @cached_property
    def speech(self) -> float:
        """The share of words that somebody says."""
        return self.spoken / max(1, self.words)

    @cached_property
    def variety(self) -> float | None:
        """The mean share of different words in a window (MATTR); None for a text that is shorter."""
        return self.kinds / (self.windows * WINDOW) if self.windows else None


def measure(page: Page, *, again: float = 0.0) -> Measures:
    """Measure *page*; *again* is what somebody who knows the whole book says of it."""
    starts = plain_starts(page.prose)
    sentences: list[int] = []
    paragraphs, single = [], 0
    for span in page.paragraphs:
        lengths = _sentences(page.prose, span, starts)
        sentences += lengths
        single += len(lengths) == 1
        paragraphs.append(sum(lengths))
    kinds, windows = different(page.words)
    return Measures(
        words=len(page.words),
        spoken=len(page.words) - len(page.unspoken_words),
        sentences=Spread.of(sentences),
        paragraphs=Spread.of([length for length in paragraphs if length]),
        single=single,
        kinds=kinds,
        windows=windows,
        again=again,
    )


def _sentences(prose: str, span: tuple[int, int], starts: Sequence[int]) -> list[int]:
    """Return how many words the sentences of the paragraph at *span* have; *starts* is where words start."""
    start, end = span
    stops = (found for found in _STOP.finditer(prose, start, end) if not _is_short(prose, found.start()))
    cuts = [bisect_left(starts, at) for at in (start, *(found.end() for found in stops), end)]
    return [behind - before for before, behind in pairwise(cuts) if behind > before]


def _is_short(prose: str, stop: int) -> bool:
    """Whether the full stop at *stop* belongs to an abbreviation, or to an initial."""
    word = prose[max(0, stop - 5) : stop].rpartition(" ")[2]
    return word in _SHORT or (len(word) == 1 and word.isupper())


def different(words: Sequence[str], size: int = WINDOW) -> tuple[int, int]:
    """Return how many different words all windows of *size* words have in sum, and how many windows.

    Every window has *size* words, less those that stand in it again; so nothing slides.

    >>> different("a b a c".split(), size=3)
    (5, 2)
    """
    windows = len(words) - size + 1
    if windows < 1:
        return 0, 0
    last: dict[str, int] = {}
    kinds = windows * size
    for at, word in enumerate(words):
        before = last.get(word, -size)
        last[word] = at
        if at - before < size:
            newest = before if before < windows else windows - 1
            oldest = at - size + 1 if at >= size else 0
            kinds -= newest - oldest + 1
    return kinds, windows
