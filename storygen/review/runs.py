"""Runs of words that a text shares with what came before it, or with its notes."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from storygen.text.words import plain_words

GRAM = 8
"""Words that are looked up at once; every longer run is found through them."""

_SLOTS = 1 << 22
"""Places for grams, 16 MB of them: a million words of which one in eight finds its place taken."""


@dataclass(frozen=True, slots=True)
class Run:
    """The same words twice: `length` words from `at` on, and from `before` on in the text `where`, from 0."""

    at: int
    length: int
    where: int
    before: int


@dataclass(frozen=True, slots=True)
class Shared:
    """What a text shares with all before it: its runs, and the share of its grams that were there already."""

    runs: tuple[Run, ...]
    share: float


class Memory:
    """Remembers the words of many texts in little room: four bytes a word, and a fixed table of grams.

    A gram that finds its place taken is forgotten. A run is found through any one of its grams, so that one
    of a dozen words is missed once in some ten thousand times at a million words.
    """

    def __init__(self, shortest: int) -> None:
        """Find runs of at least *shortest* words."""
        self._shortest = shortest
        self._numbers = _Numbers()
        self._words = array("I")
        self._starts: list[int] = []
        self._slots = array("I", bytes(4 * _SLOTS))

    def read(self, words: Sequence[str]) -> Shared:
        """Return what *words* share with all texts before and with themselves, and remember them.

        >>> memory = Memory(shortest=8)
        >>> line = "the lamp was out and nobody had seen it".split()
        >>> [memory.read(words).runs for words in (line, ["so", *line])]
        [(), (Run(at=1, length=9, where=0, before=0),)]
        """
        base = len(self._words)
        self._starts.append(base)
        self._words.extend(map(self._numbers.__getitem__, words))
        runs: list[Run] = []
        seen = behind = 0
        slots = self._slots
        for at, gram in enumerate(_runs(self._words[base:], GRAM), base):
            slot = gram % _SLOTS
            old = slots[slot]
            if not old:
                slots[slot] = at + 1
            elif self._words[old - 1 : old - 1 + GRAM] == self._words[at : at + GRAM]:
                seen += 1
                if at >= behind and old - 1 + GRAM <= at:
                    run = self._grown(old - 1, at, base=base, behind=behind)
                    behind = base + run.at + run.length
                    runs += [run] if run.length >= self._shortest else []
        return Shared(tuple(runs), seen / max(1, len(words) - GRAM + 1))

    def _grown(self, old: int, at: int, *, base: int, behind: int) -> Run:
        """Return the whole run around two grams that are the same."""
        words, starts = self._words, self._starts
        where = bisect_right(starts, old) - 1
        end = min([at, *starts[where + 1 : where + 2]])
        length = GRAM
        while old + length < end and at + length < len(words) and words[old + length] == words[at + length]:
            length += 1
        while old > starts[where] and at > max(base, behind) and words[old - 1] == words[at - 1]:
            old, at, length = old - 1, at - 1, length + 1
        return Run(at - base, length, where, old - starts[where])


class Notes:
    """What texts are written from and must not copy: every run of so many words, and where it stands."""

    def __init__(self, shortest: int) -> None:
        """Find runs of at least *shortest* words."""
        self._shortest = shortest
        self._places: dict[int, str] = {}

    def add(self, place: str, text: str) -> None:
        """Take in the *text* of a note that a report calls *place*; the first place of a run counts."""
        for run in _runs(plain_words(text), self._shortest):
            self._places.setdefault(run, place)

    def found(self, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Yield what *words* share with the notes: where a run begins, its length, the place of the note.

        >>> notes = Notes(shortest=4)
        >>> notes.add("the card", "Ines boards the last ferry.")
        >>> list(notes.found("so ines boards the last ferry home".split()))
        [(1, 5, 'the card')]
        """
        if not self._places:
            return
        places = list(map(self._places.get, _runs(words, self._shortest)))
        at = 0
        for place, group in groupby(places):
            length = sum(1 for _ in group)
            if place:
                yield at, length + self._shortest - 1, place
            at += length


class _Numbers(dict[str, int]):
    """A number for every word, given when it is first asked for."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


def _runs(words: Sequence[str] | array[int], length: int) -> Iterator[int]:
    """Return the hash of every run of *length* words."""
    return map(hash, zip(*(islice(words, skip, None) for skip in range(length)), strict=False))
