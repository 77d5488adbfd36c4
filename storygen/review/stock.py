"""Phrases that models write where a writer would have looked again, from a list that anybody can replace."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from storygen.draft import Finding
from storygen.errors import UsageError
from storygen.review.page import Page
from storygen.review.rules import STOCK
from storygen.review.vocabulary import code_of

OWN = "style/stock-phrases.toml"
"""The file beside an outline that takes the place of the shipped list."""

MOST = 300
_LEAST = 4
_PER_THOUSAND = 6
_SHOWN = 5

Stock = re.Pattern[str] | None


def stock_of(text: str, tag: str) -> Stock:
    r"""Return what finds the phrases for the language *tag* in a list of them; None where it has none.

    Raises UsageError where *text* is no such list, or too long a one.

    >>> found = stock_of('[en]\nphrases = ["delve|d|s", "breath * had"]', "en-GB")
    >>> [hit[0] for hit in found.finditer("She delved, and the breath she had left her.")] if found else []
    ['delved', 'breath she had']
    """
    try:
        phrases = tomllib.loads(text).get(code_of(tag), {}).get("phrases", [])
    except (tomllib.TOMLDecodeError, AttributeError) as error:
        raise UsageError(f"{OWN} cannot be read: {error}", "copy the form of the shipped list") from error
    if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
        raise UsageError(f"{OWN} has no list of `phrases`", "copy the form of the shipped list")
    if len(phrases) > MOST:
        raise UsageError(f"{OWN} has more than {MOST} phrases", "keep those that matter in this book")
    patterns = [_pattern(phrase) for phrase in phrases if phrase.strip()]
    edges = ("(?<!\\w)", "(?!\\w)") if code_of(tag) != "ja" else ("", "")
    return re.compile(f"{edges[0]}(?:{'|'.join(patterns)}){edges[1]}", re.IGNORECASE) if patterns else None


@cache
def shipped_stock() -> str:
    """Return the shipped list."""
    return (files(__package__) / "stock-phrases.toml").read_text("utf-8")


def stock_phrases(page: Page, stock: Stock) -> Iterator[Finding]:
    """Yield one finding if *page* has many phrases in *stock*: where the first stands, and which they are."""
    hits = list(stock.finditer(page.prose.replace("’", "'"))) if stock else []
    if len(hits) >= _LEAST and 1000 * len(hits) >= _PER_THOUSAND * len(page.words):
        counts = Counter(" ".join(hit[0].lower().split()) for hit in hits)
        told = ", ".join(f"“{phrase}”" for phrase, _ in counts.most_common(_SHOWN))
        yield page.finding(STOCK, hits[0].span(), f"{len(hits)} phrases that models are fond of: {told}")


def _pattern(phrase: str) -> str:
    words = []
    for word in phrase.split():
        stem, *endings = word.split("|")
        ending = f"(?:{'|'.join(map(re.escape, endings))})?" if endings else ""
        words.append(r"[\w'-]+" if word == "*" else re.escape(stem) + ending)
    return r"\s+".join(words)
