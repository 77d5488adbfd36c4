"""Phrases that models write where a writer would have looked again, from a list that anybody can replace."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import product
from typing import TypeAlias

from storygen.draft import Finding
from storygen.errors import UsageError
from storygen.review.page import Page
from storygen.review.rules import STOCK
from storygen.review.vocabulary import code_of, vocabulary
from storygen.text.words import plain_spans, plain_words

OWN = "style/stock-phrases.toml"
"""The file beside an outline that takes the place of the shipped list."""

MOST = 300
_LEAST = 4
_PER_THOUSAND = 6
_SHOWN = 5

Hit: TypeAlias = tuple[int, int]
"""Where a phrase begins, and how many words it has."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Phrases, by the rarest word of each: where that does not stand, nothing has to be compared."""

    phrases: Mapping[str, tuple[tuple[int, tuple[str, ...]], ...]] = field(default_factory=dict)

    def found(self, words: Sequence[str]) -> list[Hit]:
        """Return where in *words* a phrase stands, and how many words it has there.

        >>> stock = stock_of('en.phrases = ["delve|d|s", "breath * had"]', "en-GB")
        >>> stock.found("the breath she had delved".split())
        [(1, 3), (4, 1)]
        """
        likely = ((at, self.phrases[word]) for at, word in enumerate(words) if word in self.phrases)
        hits = (
            (at - anchor, len(phrase))
            for at, phrases in likely
            for anchor, phrase in phrases
            if at >= anchor and _fits(phrase, words[at - anchor : at - anchor + len(phrase)])
        )
        return list(dict.fromkeys(hits))


def stock_of(text: str, tag: str) -> Stock:
    """Return the phrases for the language *tag* in *text*, a list of them.

    Raises UsageError where *text* is no such list, or too long a one.
    """
    try:
        phrases = tomllib.loads(text).get(code_of(tag), {}).get("phrases", [])
    except (tomllib.TOMLDecodeError, AttributeError) as error:
        raise UsageError(f"{OWN} cannot be read: {error}", "copy the form of the shipped list") from error
    if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
        raise UsageError(f"{OWN} has no list of `phrases`", "copy the form of the shipped list")
    if len(phrases) > MOST:
        raise UsageError(f"{OWN} has more than {MOST} phrases", "keep those that matter in this book")
    found: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    common = vocabulary(code_of(tag)).common
    for phrase in filter(None, (form for each in phrases for form in _forms(each))):
        anchor = max(range(len(phrase)), key=lambda at: (phrase[at] not in common, len(phrase[at])))
        found.setdefault(phrase[anchor], []).append((anchor, phrase))
    return Stock({word: tuple(each) for word, each in found.items()})


@cache
def shipped_stock() -> str:
    """Return the shipped list."""
    return (files(__package__) / "stock-phrases.toml").read_text("utf-8")


def stock_phrases(page: Page, stock: Stock) -> Iterator[Finding]:
    """Yield one finding if *page* has many phrases in *stock*: where the first stands, and which they are."""
    hits = stock.found(page.words)
    if len(hits) >= _LEAST and 1000 * len(hits) >= _PER_THOUSAND * len(page.words):
        counts = Counter(_told(page.words[at : at + size]) for at, size in hits)
        told = ", ".join(f"“{phrase}”" for phrase, _ in counts.most_common(_SHOWN))
        at, size = min(hits)
        spans = plain_spans(page.prose)
        span = (spans[at][0], spans[at + size - 1][1])
        yield page.finding(STOCK, span, f"{len(hits)} phrases that models are fond of: {told}")


def _forms(phrase: str) -> Iterator[tuple[str, ...]]:
    """Yield *phrase* in words, once for every ending that a word of it may have."""
    choices = []
    for word in phrase.split():
        stem, *endings = word.split("|")
        choices.append([["*"]] if word == "*" else [plain_words(stem + ending) for ending in ("", *endings)])
    return (tuple(word for words in chosen for word in words) for chosen in product(*choices))


def _fits(phrase: Sequence[str], words: Sequence[str]) -> bool:
    return len(phrase) == len(words) and all(
        one in ("*", other) for one, other in zip(phrase, words, strict=True)
    )


def _told(words: Sequence[str]) -> str:
    """Return *words* as they are read: with blanks, where their script has any."""
    return ("" if all(len(word) == 1 and not word.isascii() for word in words) else " ").join(words)
