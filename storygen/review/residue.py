"""What belongs to the making of a text and was left in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from storygen.draft import Finding
from storygen.review.page import Page, clipped
from storygen.review.rules import RESIDUE, UNVERIFIED

LONGEST = 300
"""A paragraph of chatter is short; what is longer is text."""

_AROUND = " \t*_#>()[]（）【】~-—–.:"
_COMMENT = re.compile(r"<!--\s*TODO:? *verify\b:?(?P<what>.*?)-->", re.DOTALL | re.IGNORECASE)
_TAGS = re.compile(r"</?[A-Za-z][^<>\n]*>|<\|[a-z_]+\|>")
_CODE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True, slots=True)
class _Patterns:
    head: re.Pattern[str]
    tail: re.Pattern[str]
    line: re.Pattern[str]
    said: re.Pattern[str]
    boxed: re.Pattern[str]
    cased: re.Pattern[str]
    tags: re.Pattern[str]
    words: frozenset[str]


def left_over(page: Page, ids: re.Pattern[str] | None) -> Iterator[Finding]:
    """Yield a finding for all in *page* that speaks of the work; *ids* finds the book's section ids."""
    spans = sorted(set(_spans(page, ids)))
    behind = 0
    for start, end in spans:
        if start >= behind:
            behind = end
            said = clipped(page.text[start:end])
            yield page.finding(RESIDUE, (start, end), f"“{said}” belongs to the making of the text")


def to_verify(page: Page) -> Iterator[Finding]:
    """Yield a finding for every mark in *page* that says that something is still to be checked."""
    for found in _marks(page.text):
        what = clipped(_unescaped(found["what"])) or "this"
        yield page.finding(UNVERIFIED, found.span(), f"still to be checked: {what}")


def still_to_verify(text: str) -> list[str]:
    r"""Return what the marks in *text* say is still to be checked; they write `\-\-` for two hyphens.

    >>> still_to_verify(r"Run it. <!-- TODO: verify \-\-fast -->")
    ['--fast']
    """
    return [_unescaped(found["what"]).strip() for found in _marks(text)]


def ids_of(ids: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds section ids in prose: those of three words or more, which no prose has by chance.

    >>> pattern = ids_of(["the-last-boat", "right-time"])
    >>> [found[0] for found in pattern.finditer("See the-last-boat at the right-time.")]
    ['the-last-boat']
    """
    telling = [re.escape(id_) for id_ in ids if id_.count("-") > 1]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(telling)})(?![\w-])") if telling else None


def _marks(text: str) -> Iterator[re.Match[str]]:
    closed = text.rfind("-->") + 3  # behind it no comment can end, so that none is looked for in vain
    return _COMMENT.finditer(text, 0, closed) if "<!--" in text[:closed] else iter(())


def _unescaped(what: str) -> str:
    return what.replace("\\-", "-")


def _spans(page: Page, ids: re.Pattern[str] | None) -> Iterator[tuple[int, int]]:
    known, prose = _patterns(), page.prose
    if page.paragraphs:
        first, last = page.paragraphs[0], page.paragraphs[-1]
        yield from _edge(prose, first, known.head)
        yield from _edge(prose, last, known.tail) if len(page.paragraphs) > 1 else ()
    for found in _LINE.finditer(prose):
        line = found[0].strip(_AROUND)
        if len(line) <= LONGEST and _LABEL.search(line) and known.line.fullmatch(line):
            yield found.span()
    if not known.words.isdisjoint(page.unspoken_words):
        yield from (found.span() for found in known.said.finditer(page.unspoken))
    if "[" in page.unspoken:
        yield from (found.span() for found in known.boxed.finditer(page.unspoken))
    yield from (found.span() for found in known.cased.finditer(prose))
    if any(mark in page.text for mark in "<{["):
        tags = (found.span() for found in known.tags.finditer(page.text))
        yield from (span for span in tags if not _in_code(page, span[0]))
    yield from (found.span() for found in ids.finditer(prose)) if ids else ()


_LINE = re.compile(r"[^\n]+")
_LABEL = re.compile(r"[:：=\d]|\A.{1,40}\Z")


def _edge(prose: str, span: tuple[int, int], pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield the *span* of a first or last paragraph that *pattern* describes."""
    text = " ".join(prose[slice(*span)].split()).strip("*_()[]> ")
    if len(text) <= LONGEST and pattern.fullmatch(text):
        yield span


def _in_code(page: Page, at: int) -> bool:
    """Whether what stands at *at* is code: prose has only blanks where the text has more than a tag."""
    line = page.text.rfind("\n", 0, at) + 1
    behind = page.text.find("\n", at)
    row = page.text[line : behind if behind >= 0 else len(page.text)]
    bare = _TAGS.sub("", row)
    if any(code.start() <= at - line < code.end() for code in _CODE.finditer(row)):
        return True
    return bool(bare.strip()) and not page.prose[line : line + len(row)].strip()


@cache
def _patterns() -> _Patterns:
    raw: dict[str, Any] = tomllib.loads((files(__package__) / "residue.toml").read_text("utf-8"))
    patterns = {name: "|".join(f"(?:{one})" for one in raw[name]) for name in raw if name != "words"}
    cased = re.compile(patterns.pop("cased"))
    found = {name: re.compile(each, re.IGNORECASE) for name, each in patterns.items()}
    return _Patterns(cased=cased, words=frozenset(raw["words"].split()), **found)
