"""Where sentences end, and the last of them."""

from __future__ import annotations

import re
from itertools import pairwise

from storygen.text.words import word_spans

_OPENS_BLOCK = re.compile(r" {0,3}(?:#{1,6}[ \t]|[-*+][ \t]|[0-9]{1,9}[.)][ \t]|[>|])")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_PART = re.compile(r".{1,8000}(?!\S)\s*|.{1,8000}", re.DOTALL)  # segmenting takes the square of the length
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")

OVERLONG = 3
"""How many times the words asked for a tail may have, before it begins inside a sentence."""


def sentences(text: str, lang: str = "en") -> list[str]:
    r"""Return the sentences of *text*, each with the white space behind it; joined they are *text*.

    *lang* is a BCP 47 code, of which only the language counts; an unknown one is read like English.
    Paragraphs, headings, list items, quoted lines and table rows end a sentence too; a fence is one.

    >>> sentences("He left. “Why?” she asked.\n\nNobody knew", "en-GB")
    ['He left. ', '“Why?” she asked.\n\n', 'Nobody knew']
    """
    found: list[str] = []
    for block in _blocks(text):
        for piece in _segment(block, lang):
            if found and not piece.strip():
                found[-1] += piece
            else:
                found.append(piece)
    return _without_blank_head(found)


def tail(text: str, *, words: int, lang: str = "en") -> str:
    """Return the end of *text*, verbatim, from a sentence start: at least *words* words if there are so many.

    Where a sentence is so long that three times *words* would come together, it begins at a word instead.

    >>> tail("One two. Three four. Five six.", words=3)
    'Three four. Five six.'
    """
    text = text.rstrip()
    start = len(text)
    count = 0
    for sentence in reversed(sentences(text, lang)):
        if count >= words:
            break
        start -= len(sentence)
        count += sum(1 for _ in word_spans(sentence))
    end = text[start:]
    if count > OVERLONG * words:
        end = end[[first for first, _ in word_spans(end)][-words] :]
    return end


def _blocks(text: str) -> list[str]:
    """Cut *text* in front of every line that begins something new; a fence stays whole."""
    cuts = [0]
    fence = before = ""
    for line in _LINE.finditer(text):
        mark = _FENCE.match(line[0])
        opens = mark or _OPENS_BLOCK.match(line[0]) or _HEADING.match(before) or not before.strip()
        if opens and not fence and line[0].strip():
            cuts.append(line.start())
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        before = "" if mark and not fence else line[0]
    return [text[start:end] for start, end in pairwise([*cuts, len(text)]) if end > start]


def _segment(block: str, lang: str) -> list[str]:
    """Cut one block into sentences; in doubt, and in a fence, it stays whole."""
    if _FENCE.match(block):
        return [block]
    from sentencex import segment  # type: ignore[import-untyped]  # noqa: PLC0415 - compiled, loaded when needed

    language = lang.partition("-")[0].lower()
    pieces = [piece for part in _PART.findall(block) for piece in segment(language, part)]
    return pieces if "".join(pieces) == block else [block]


def _without_blank_head(found: list[str]) -> list[str]:
    """Give white space at the very start to the first sentence."""
    if len(found) > 1 and not found[0].strip():
        return [found[0] + found[1], *found[2:]]
    return found
