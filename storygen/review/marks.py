"""Quotation marks and dashes, against what the outline declares or the language has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from storygen.draft import Finding
from storygen.outline.tree import Kind
from storygen.review.page import Page
from storygen.review.rules import DASHES, QUOTES
from storygen.review.variants import Mix, Use
from storygen.text.languages import Language, language

_PAIRS = ("“”", "‘’", "„“", "‚‘", "«»", "»«", "‹›", "›‹", "「」", "『』", '""', "''", "„”", "〝〟")
_EVEN = ("””", "’’", "»»")
"""Pairs of one mark, which only stand for a quotation in the languages that have them."""

_MARK = re.compile(r"[“”‘’„‚«»‹›「」『』〝〟\"']")
_WITHIN = re.compile(
    r"\b(?:inside|within|nested|inner|innen|darin|innerhalb|dentro|interiores)\b", re.IGNORECASE
)
_BY_WORD = (
    (re.compile(r"guillemet|angle|angular|spitze", re.IGNORECASE), "«»‹›"),
    (re.compile(r"straight|plain|gerade|rectas", re.IGNORECASE), "\"'"),
    (re.compile(r"single|einfache|simples", re.IGNORECASE), "‘'"),
    (re.compile(r"double|curly|typographic|smart|doppelte|dobles|inglesas", re.IGNORECASE), '“"'),
)
_LONGEST = 400
_UNSURE = "‘'’"
"""Marks that may be apostrophes: only a short pair of them, closed, is taken for a quotation."""

_DASHES = (*"—–―─", "--", " - ")
_DASH = re.compile(r"[—–―─]+|(?<!-)--+|(?<=[\w,;.!?’”\"]) - (?=\w)")
_RANGE = re.compile(r"[\dA-Z]\w*–[\dA-Z]")
_CURLY = re.compile(r"’(?=[^\W\d_])(?<=[^\W\d_]’)")
_STRAIGHT = re.compile(r"'(?=[^\W\d_])(?<=[^\W\d_]')")


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks that a book keeps to: what may open a quotation, its dashes, and both in words."""

    openers: str = ""
    quotes: str = ""
    dashes: str = ""


def marks_of(quotes: str, tag: str, kind: Kind) -> Marks:
    """Return the marks of a book whose outline declares *quotes*, in the language *tag*.

    What nobody declares and the language leaves open is empty: then anything will do.

    >>> marks_of("‘ ’, and “ ” inside", "en", Kind.FICTION).openers
    '‘'
    >>> marks_of("", "de", Kind.FICTION).openers, marks_of("", "tlh", Kind.FICTION)
    ('„‚»›', Marks(openers='', quotes='', dashes=''))
    """
    known = language(tag)
    openers = _declared(quotes)
    told = quotes
    if not openers and not quotes and known and kind is Kind.FICTION:
        openers = "".join(pair[0] for pair in (*known.quotes, *known.also))
        told = known.speech_told
    return Marks(openers, told, known.dashes if known and kind is Kind.FICTION else "")


def strange_marks(page: Page, marks: Marks) -> Iterator[Finding]:
    """Yield a finding for each mark and dash of *page* that is not of the book, at its first place."""
    for opener, use in _quotations(page).items():
        if marks.openers and opener not in marks.openers:
            yield page.finding(QUOTES, use.span, f"{use.message}; the book's marks are {marks.quotes}")
    for form, use in _dashes(page).items():
        if marks.dashes and form not in marks.dashes:
            yield page.finding(DASHES, use.span, f"{use.message}; the book's dash is {_usual(page.lang)}")


class MarkMix:
    """Sees whether a book uses straight marks here and curly ones there, or two sorts of dashes."""

    def __init__(self, marks: Marks) -> None:
        """Look at what *marks* leave open."""
        self._marks = marks
        self._mixes = {
            name: Mix(DASHES if name == "dashes" else QUOTES) for name in ("quotes", "apostrophes", "dashes")
        }

    def add(self, page: Page) -> None:
        """Take note of the marks of *page*."""
        if not self._marks.dashes:
            return
        openers = self._marks.openers
        own = [(mark, use) for mark, use in _quotations(page).items() if not openers or mark in openers]
        self._mixes["quotes"].add("straight", [use for mark, use in own if mark == '"'])
        self._mixes["quotes"].add("curly", [use for mark, use in own if mark in "“„"])
        for form, letters in (("straight", _STRAIGHT), ("curly", _CURLY)):
            found = [each.span() for each in letters.finditer(page.prose)]
            message = f"{form} apostrophes ({len(found)}) among others"
            self._mixes["apostrophes"].add(
                form, [Use(page.piece, found[0], message, len(found))] if found else []
            )
        for form, use in _dashes(page).items():
            if form in self._marks.dashes and len(self._marks.dashes) > 1:
                self._mixes["dashes"].add(form, [use])

    def findings(self) -> Iterator[Finding]:
        """Yield what is in the minority."""
        for mix in self._mixes.values():
            yield from mix.findings()


def _declared(quotes: str) -> str:
    """Return what may open a quotation by an author's own words; nothing where they say nothing of it."""
    found = "".join(_MARK.findall(quotes))
    pairs = [found[at : at + 2] for at in range(0, len(found) - 1, 2)]
    if pairs and {*_PAIRS, *_EVEN}.issuperset(pairs):
        outer = pairs[:1] if _WITHIN.search(quotes) else pairs
        return "".join(pair[0] for pair in outer)
    return next((openers for words, openers in _BY_WORD if words.search(quotes)), "")


@lru_cache(maxsize=2)
def _quotations(page: Page) -> Mapping[str, Use]:
    """Return how *page* quotes: for every mark that opens a quotation its first place, and how often."""
    known = language(page.lang)
    pairs = {*_PAIRS, *known.quotes, *known.also} if known else set(_PAIRS)
    spans: dict[str, list[tuple[int, int]]] = {}
    for start, end in page.speeches:
        if _is_quotation(page.prose[start:end], pairs):
            spans.setdefault(page.prose[start], []).append((start, end))
    return {
        mark: Use(page.piece, each[0], f"{mark} opens what is quoted here{_times(each)}", len(each))
        for mark, each in spans.items()
    }


def _is_quotation(said: str, pairs: Collection[str]) -> bool:
    """Whether *said* stands between one of *pairs*, and is no stretch between two apostrophes."""
    if said[0] in _UNSURE and (len(said) > _LONGEST or said[0] == "'"):
        return False
    return len(said) > 1 and said[0] + said[-1] in pairs


@lru_cache(maxsize=2)
def _dashes(page: Page) -> Mapping[str, Use]:
    """Return the dashes of *page*: for every sort its first place, and how often."""
    spans: dict[str, list[tuple[int, int]]] = {}
    has_any = any(sign in page.prose for sign in _DASHES)
    for found in _DASH.finditer(page.prose) if has_any else ():
        form = found[0].strip()[:1]
        form = "--" if form == "-" and len(found[0].strip()) > 1 else form
        if _is_dash(page.prose, found, form):
            spans.setdefault(form, []).append(found.span())
    return {
        form: Use(page.piece, each[0], f"{form} is used as a dash{_times(each)}", len(each))
        for form, each in spans.items()
    }


def _is_dash(prose: str, found: re.Match[str], form: str) -> bool:
    """Whether what was *found* stands between words, and not in a range or where a line of talk begins."""
    before = prose[max(0, found.start() - 12) : found.start()]
    behind = prose[found.end() : found.end() + 12]
    if not before.strip(" ") or before[-1:] == "\n" or not behind.strip() or behind[:1] in "\n-":
        return False
    return not (form == "–" and _RANGE.search(before + found[0] + behind))


def _times(found: list[tuple[int, int]]) -> str:
    return f" ({len(found)} times)" if len(found) > 1 else ""


def _usual(tag: str) -> str:
    known: Language | None = language(tag)
    return known.dashes_told if known else "—"
