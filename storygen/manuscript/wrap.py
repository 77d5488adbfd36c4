"""Paragraphs with a line for each sentence, so that a changed word changes one line."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from storygen.text.markdown import Block, BlockKind, blocks, lines
from storygen.text.sentences import sentences

_HARD_BREAK = re.compile(r"(?: {2,}|\\)\r?\n")
_BLANK = re.compile(r"(?<=\S) +\Z")
_MARKERS = re.compile(r"(?:\s*(?:[-*+]|[0-9]{1,9}[.)])\s+)*\s*")
"""What stands before a paragraph in the items of lists."""

_BEGINS_A_BLOCK = re.compile(r"(?:#{1,6}|[-*+]|[0-9]{1,9}[.)])(?:\s|$)|[>|<=]|`{3}|~{3}|-+\s*$|\*{3}|_{3}")
"""What would begin something else if it stood at the start of a line."""


def by_sentence(text: str, *, lang: str, keep: Collection[str] = ()) -> str:
    r"""Return *text* with a line for each sentence of its paragraphs; it means the same.

    Only paragraphs that stand alone or in lists are touched: no verse, quote, table or code. Where no blank
    stands between two sentences, or the second would begin a list or a heading, no line ends; nor does one
    within any text that is to *keep* its blanks.

    >>> by_sentence("It rained. Nobody came.", lang="en")
    'It rained.\nNobody came.'
    """
    own = lines(text)
    for block in blocks(text):
        if block.kind is BlockKind.PARAGRAPH and "blockquote" not in block.containers:
            _wrap(own, block, lang, keep)
    return "".join(own)


def _wrap(own: list[str], block: Block, lang: str, keep: Collection[str]) -> None:
    """Break the lines of *block*, in place."""
    paragraph = "".join(own[block.first : block.behind])
    found = _MARKERS.match(paragraph) if block.containers else None
    markers = found[0] if found else ""
    if "\t" in markers or _HARD_BREAK.search(paragraph.rstrip()):
        return
    paragraph = paragraph[len(markers) :]
    *whole, last = sentences(paragraph, lang)
    kept = [(at, at + len(text)) for text in keep for at in _places(text, paragraph)]
    broken, end = [], 0
    for sentence, then in pairwise([*whole, last]):
        end += len(sentence)
        inside = any(start < end < behind for start, behind in kept)
        broken.append(sentence if inside else _ended(sentence, then, " " * len(markers)))
    own[block.first : block.behind] = [
        "".join([markers, *broken, last]),
        *[""] * (block.behind - block.first - 1),
    ]


def _places(text: str, paragraph: str) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(text), paragraph)] if text else []


def _ended(sentence: str, then: str, indent: str) -> str:
    """Return *sentence* with a line's end for the blank behind it, if *then* may begin a line at *indent*."""
    if then[:1].isspace() or _BEGINS_A_BLOCK.match(then):
        return sentence
    return _BLANK.sub(f"\n{indent}", sentence)
