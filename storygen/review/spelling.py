"""Spellings of one word of which a book keeps to one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, product
from typing import Any

from storygen.draft import Finding
from storygen.review.page import Page
from storygen.review.rules import SPELLING
from storygen.review.variants import Mix, Use
from storygen.review.vocabulary import code_of, read_table, vocabulary

BRITISH, AMERICAN = "British", "American"
_BRITISH_REGIONS = {"en-gb", "en-au", "en-ie", "en-nz", "en-za"}
_AMERICAN_REGIONS = {"en-us"}
_MIXED_REGIONS = {"en-ca"}
_QUOTED = re.compile(r"^ {0,3}>[^\n]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one word is spelt here, and how on the other side; `form` names this side.

    Where `either` is right in Britain, only a book that has both is wrong.
    """

    form: str
    other: str
    either: bool = False


def is_checked(tag: str) -> bool:
    """Whether the language *tag* has spellings of which a book keeps to one."""
    return code_of(tag) in {"en", "de"} and _region(tag) not in _MIXED_REGIONS


class Spellings:
    """Looks at the spelling of a book, section by section."""

    def __init__(self, tag: str) -> None:
        """Know what the language *tag* declares of it."""
        self._known = _spellings(code_of(tag)) if is_checked(tag) else {}
        self._wrong = _wrong(tag)
        self._mix = Mix(SPELLING)
        self._endings = Mix(SPELLING)

    def read(self, page: Page) -> Iterator[Finding]:
        """Yield a finding for each word of *page* that the language does not spell so; remember the rest."""
        counts = Counter(page.words)
        for word in self._known.keys() & counts.keys():
            spelling = self._known[word]
            use = _use(page, word, spelling, counts[word])
            if use is None:
                continue
            if spelling.form == self._wrong and not (spelling.either and self._wrong == AMERICAN):
                yield page.finding(SPELLING, use.span, use.message)
            elif not self._wrong or spelling.either:
                (self._endings if spelling.either and self._wrong else self._mix).add(spelling.form, [use])

    def findings(self) -> Iterator[Finding]:
        """Yield what is in the minority, where nothing says which side is right."""
        yield from self._mix.findings()
        yield from self._endings.findings()


def _use(page: Page, word: str, spelling: Spelling, count: int) -> Use | None:
    """Return where *word* first stands in *page*; a name, with a capital letter, is spelt as it is."""
    layer = page.prose
    if ">" in layer:
        layer = _QUOTED.sub(lambda found: " " * len(found[0]), layer)
    found = re.search(rf"(?<![\w'’-]){re.escape(word)}(?![\w-])", layer)
    if found is None:
        return None
    times = f" ({count} times)" if count > 1 else ""
    return Use(
        page.piece,
        found.span(),
        f"“{word}” is {spelling.form}{times}; the book writes “{spelling.other}”",
        count,
    )


def _region(tag: str) -> str:
    return "-".join(tag.replace("_", "-").lower().split("-")[:2])


def _wrong(tag: str) -> str:
    """Return the side that the language *tag* rules out; nothing where it does not say."""
    region = _region(tag)
    return AMERICAN if region in _BRITISH_REGIONS else BRITISH if region in _AMERICAN_REGIONS else ""


@cache
def _spellings(code: str) -> Mapping[str, Spelling]:
    """Return every word of the language *code* that has two spellings, with what is known of it."""
    if code == "de":
        table = vocabulary(code).spelling
        here, there = table["variants"]
        return _both(_split(table["pairs"]), here, there)
    raw = read_table("spelling-en.toml")
    families = raw["families"]
    pairs = chain(_split(raw["pairs"]["other"]), _our(families["our"]), _regular(families["ll"]))
    return _both(_regular(families["ise"]), BRITISH, AMERICAN, either=True) | _both(pairs, BRITISH, AMERICAN)


def _both(
    pairs: Iterator[tuple[str, str]], here: str, there: str, *, either: bool = False
) -> dict[str, Spelling]:
    found: dict[str, Spelling] = {}
    for one, other in pairs:
        found |= {one: Spelling(here, other, either), other: Spelling(there, one, either)}
    return found


def _our(family: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for (one, other), ending in product(_split(family["stems"]), family["endings"]):
        yield one + ending, other + ending


def _regular(family: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for stem, endings in product(family["stems"].split(), family["endings"]):
        one, other = endings.split("/")
        yield stem + one, stem + other


def _split(text: str) -> Iterator[tuple[str, str]]:
    for pair in text.split():
        one, _, other = pair.partition("/")
        yield one, other
