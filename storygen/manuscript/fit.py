"""A section's text is made to fit its place in the manuscript; no other character of it changes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from storygen.manuscript.comments import section_of
from storygen.manuscript.labels import defined, rename, renames
from storygen.manuscript.titles import same_title
from storygen.text.markdown import Block, BlockKind, blocks, lines

DEEPEST = 6
"""Markdown has no heading below this level."""

_BOLD = re.compile(r"(\*\*|__)[^\n]+\1")
_HASHES = re.compile(r"#{1,6}")
_CLOSING_HASHES = re.compile(r"(?<=\s)(#+)\Z")
_EMPTY_LINES = re.compile(r"\A(?:[ \t]*\r?\n)+")
_NO_PROSE = {BlockKind.FENCE, BlockKind.CODE, BlockKind.HTML}


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text that fits, and the labels of footnotes and links that it defines."""

    text: str
    labels: tuple[str, ...] = ()


def fit(
    text: str, *, titles: Collection[str], depth: int, taken: Collection[str] = (), prefix: str = ""
) -> Fitted:
    r"""Make *text* stand under a heading of level *depth*.

    What goes: headings and bold lines at its start that only say one of *titles* again, and comments that
    look like a manuscript's own. What changes: its headings move below *depth*, what it leaves open is
    closed, and labels of footnotes and links that are *taken* get *prefix* in front.

    >>> print(fit("# The boat\n\nRope.\n\n## Later\n\n~~~\ncode", titles=("The boat",), depth=2).text)
    Rope.
    <BLANKLINE>
    ### Later
    <BLANKLINE>
    ~~~
    code
    ~~~
    """
    own, found = lines(text), blocks(text)
    body = _without_titles(found, titles)
    ending = _ending(own, body)
    _drop(own, found[: len(found) - len(body)] + [block for block in body if section_of(block)])
    _sink(own, body, depth)
    labels = labels_in(own, body)
    names = renames(labels, taken=taken, prefix=prefix)
    relabel(own, body, names)
    plain = trimmed("".join(own))
    return Fitted(plain + ending if plain else "", tuple(names.get(label, label) for label in labels))


def trimmed(text: str) -> str:
    """Return *text* without empty lines before and white space behind it; its first indent stays."""
    return _EMPTY_LINES.sub("", text).rstrip()


def heading(title: str, level: int) -> str:
    r"""Return *title* as a heading; one that ends with hashes keeps them.

    >>> heading("About  C #", 2)
    '## About C \\#'
    """
    words = _CLOSING_HASHES.sub(r"\\\1", " ".join(title.split()))
    return f"{'#' * min(level, DEEPEST)} {words}"


def labels_in(own: list[str], body: list[Block]) -> list[str]:
    """Return the labels of footnotes and links that the blocks *body* of the lines *own* define, in order."""
    return [label for first, behind in _prose(own, body) for label in defined("".join(own[first:behind]))]


def relabel(own: list[str], body: list[Block], names: Mapping[str, str]) -> None:
    """Give labels their new *names*, in place, wherever *own* is neither code nor raw HTML."""
    for first, behind in list(_prose(own, body)) if names else ():
        own[first:behind] = [rename("".join(own[first:behind]), names), *[""] * (behind - first - 1)]


def _without_titles(found: list[Block], titles: Collection[str]) -> list[Block]:
    """Return the blocks behind those at the start that only repeat a title."""
    for index, block in enumerate(found):
        titled = block.kind is BlockKind.HEADING or (
            block.kind is BlockKind.PARAGRAPH and _BOLD.fullmatch(block.text)
        )
        if not titled or block.containers or not any(same_title(block.text, title) for title in titles):
            return found[index:]
    return []


def _drop(own: list[str], dropped: list[Block]) -> None:
    """Empty the lines of every block in *dropped*."""
    for block in dropped:
        own[block.first : block.behind] = [""] * (block.behind - block.first)


def _sink(own: list[str], body: list[Block], depth: int) -> None:
    """Move the text's own headings down until none stands above or beside level *depth*."""
    headings = [block for block in body if block.kind is BlockKind.HEADING and not block.containers]
    by = depth + 1 - min((block.level for block in headings), default=depth + 1)
    if by <= 0:
        return
    for block in headings:
        level = min(block.level + by, DEEPEST)
        if block.mark.startswith("#"):
            own[block.first] = _HASHES.sub("#" * level, own[block.first], count=1)
        else:
            _drop_but_end(own, block)
            own[block.first] = heading(block.text, level) + own[block.first]


def _drop_but_end(own: list[str], block: Block) -> None:
    """Empty the lines of *block*; its first keeps the line end of its last."""
    last = own[block.behind - 1]
    _drop(own, [block])
    own[block.first] = last[len(last.rstrip("\r\n")) :]


def _prose(own: list[str], body: list[Block]) -> Iterator[tuple[int, int]]:
    """Yield the runs of lines, from and to, that are neither code nor raw HTML."""
    start = 0
    for block in body:
        if block.kind in _NO_PROSE:
            if start < block.first:
                yield start, block.first
            start = block.behind
    if start < len(own):
        yield start, len(own)


def _ending(own: list[str], body: list[Block]) -> str:
    """Return what closes the last block, if it is open, behind the indent or quote mark of its first line."""
    last = body[-1] if body else None
    if last is None or not last.closing or (last.kind is BlockKind.HTML and last.containers):
        return ""
    before = own[last.first].partition(last.mark)[0] if last.mark else ""
    return "\n" + re.sub(r"[^\s>]", " ", before) + last.closing
