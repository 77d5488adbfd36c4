"""The links of a Markdown text: where they lead, and how they are led elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from storygen.text.markdown import BlockKind, blocks, lines

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_OWN_ID = re.compile(r"\{[^{}]*#([^\s{}#]+)[^{}]*\}\s*\Z")


@dataclass(frozen=True, slots=True)
class Link:
    """A link or a picture, and where in the text its target stands: line and column, from 1."""

    target: str
    line: int
    column: int

    @property
    def inside(self) -> bool:
        """Whether it leads to a file or a place beside this text, and not to an address."""
        return not _ELSEWHERE.match(self.target) and not self.target.startswith("/")


def links(text: str) -> tuple[Link, ...]:
    """Return the links and pictures of *text*, in order; what stands in code is none.

    >>> links("See [that](other.md#top).")
    (Link(target='other.md#top', line=1, column=12),)
    """
    own = lines(text)
    return tuple(link for token in _inline(text) for link in _links(token, own))


def retarget(text: str, new: Callable[[str], str]) -> str:
    """Return *text* with every link led to what *new* makes of its target; nothing else changes.

    >>> retarget("`[a](#x)` and [a](#x)", {"#x": "x.md"}.get)
    '`[a](#x)` and [a](x.md)'
    """
    own = lines(text)
    for token in _inline(text):
        first, behind = token.map or (0, 0)
        for link in reversed(_links(token, own)):
            target = new(link.target) or link.target
            line, at = own[link.line - 1], link.column - 1
            if target != link.target and line.startswith(link.target, at) and first < link.line <= behind:
                own[link.line - 1] = line[:at] + target + line[at + len(link.target) :]
    return "".join(own)


def anchors(text: str) -> frozenset[str]:
    """Return what the headings of *text* can be linked by, as the usual builders spell that.

    A builder keeps letters beyond ASCII or drops them, and numbers equal headings in its own way; all of
    that counts.

    >>> sorted(anchors("# Über uns"))
    ['uber-uns', 'über-uns']
    """
    found: set[str] = set()
    for block in blocks(text):
        if block.kind is BlockKind.HEADING:
            own = _OWN_ID.search(block.text)
            words = own[1] if own else block.text
            for name in {words} if own else {slugged(words), slugged(words, ascii_only=True)}:
                again = next((n for n in range(1, 100) if f"{name}-{n}" not in found), 1)
                found |= {f"{name}-{again}", f"{name}_{again}"} if name in found else {name}
    return frozenset(found)


def slugged(words: str, *, ascii_only: bool = False) -> str:
    """Spell *words* as builders spell the anchor of a heading; some drop all letters beyond ASCII.

    >>> slugged("What `--jobs` does"), slugged("Über uns", ascii_only=True)
    ('what-jobs-does', 'uber-uns')
    """
    if ascii_only:
        words = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w\s-]", "", words).strip().lower()
    return re.sub(r"[-\s]+", "-", plain).strip("-")


def _links(token: Token, own: list[str]) -> list[Link]:
    """Return the links of one run of inline text, each at the next place where its target stands."""
    first, behind = token.map or (0, 0)
    found: list[Link] = []
    line, column = first, 0
    for target in _targets(token):
        place = next(_places(own, f"]({target}", line, column, behind), None)
        if place is None:
            found.append(Link(target, first + 1, 1))
            continue
        line, column = place[0], place[1] + 2
        found.append(Link(target, line + 1, column + 1))
    return found


def _places(own: list[str], wanted: str, line: int, column: int, behind: int) -> Iterator[tuple[int, int]]:
    for number in range(line, behind):
        at = own[number].find(wanted, column if number == line else 0)
        while at >= 0:
            if own[number][:at].count("`") % 2 == 0:  # not inside of a code span
                yield number, at
            at = own[number].find(wanted, at + 1)


def _targets(token: Token) -> Iterator[str]:
    for child in token.children or ():
        target = child.attrGet("href") if child.type == "link_open" else None
        target = child.attrGet("src") if child.type == "image" else target
        if target:
            yield unquote(str(target))


def _inline(text: str) -> list[Token]:
    return [token for token in _parser().parse(text) if token.type == "inline"]


@cache
def _parser() -> MarkdownIt:
    """Build the parser once; its import is paid by whoever looks at links."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - loaded when needed

    return MarkdownIt("commonmark").enable("table")
