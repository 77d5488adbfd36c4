"""Which names a text mentions: whole words, in any case, in any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"\w+")
_BLANK = re.compile(r"\s+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, kana and Han are written without blanks, so that a name has no edges there."""


@dataclass(frozen=True, slots=True)
class Searched:
    """A text made ready to be searched for many names."""

    text: str
    words: frozenset[str]

    @classmethod
    def of(cls, pieces: Iterable[str]) -> Searched:
        """Fold *pieces* into one text; no name is found across two of them."""
        text = "\n".join(fold(piece) for piece in pieces)
        return cls(text, frozenset(_WORD.findall(text)))

    def first(self, names: Sequence[str]) -> str:
        r"""Return the first of *names* that is mentioned, or an empty string.

        >>> Searched.of(["ANNA’S lamp, and the\n log  book"]).first(["Annas", "the log book", "Anna"])
        'the log book'
        >>> Searched.of(["灯台に着いた"]).first(["灯台"])
        '灯台'
        """
        clues = _clues(tuple(names))
        if clues is not None and self.words.isdisjoint(clues):
            return ""
        return next((name for name in names if self._mentions(name)), "")

    def _mentions(self, written: str) -> bool:
        name, words = _name(written)
        if not name or not self.words.issuperset(words):
            return False
        start = self.text.find(name)
        while start >= 0:
            if _edge(self.text, start) and _edge(self.text, start + len(name)):
                return True
            start = self.text.find(name, start + 1)
        return False


def fold(text: str) -> str:
    r"""Return *text* as it is compared: one form for every letter, no case, single blanks.

    >>> fold("  The\nLOG  Book ")
    'the log book'
    """
    return _BLANK.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


@lru_cache(maxsize=10_000)
def _name(written: str) -> tuple[str, frozenset[str]]:
    """Return a name folded, and the words that a text must have before it is worth looking for."""
    name = fold(written)
    return name, frozenset() if _UNSPACED.search(name) else frozenset(_WORD.findall(name))


@lru_cache(maxsize=10_000)
def _clues(names: tuple[str, ...]) -> frozenset[str] | None:
    """Return words of which every text that mentions one of *names* has one; None where nobody knows any."""
    words = [_name(written)[1] for written in names]
    return frozenset().union(*words) if all(words) else None


def _edge(text: str, index: int) -> bool:
    """Whether a word may begin or end in front of *index*."""
    if index in {0, len(text)}:
        return True
    before, after = text[index - 1], text[index]
    if _UNSPACED.match(before) or _UNSPACED.match(after):
        return True
    return not (_joins(before) and _joins(after))


def _joins(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] in "LNM"
