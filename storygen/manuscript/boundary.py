"""Where a text that was cut off is taken up again."""

from __future__ import annotations

import re
from typing import assert_never

from storygen.text.markdown import BlockKind, End, end
from storygen.text.sentences import sentences
from storygen.text.words import word_spans

REACH = 240
"""How many characters a cut may cost, where it does not have to fall before a whole block."""

ANCHOR_WORDS = 12
_JOINER = "\u200d"
_CJK = (
    r"\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    r"\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff9f"  # full-width signs, no Latin letters or digits
)
_CJK_AT_END = re.compile(rf"[{_CJK}]\Z")
_CJK_PAUSE = re.compile(r"[。！？、，；：」』）》〉】…]+\s*(?=[^\s。！？、，；：」』）》〉】…])")
_BLANK = re.compile(r"\s(?=\S*\Z)")
_INDENT = re.compile(r"(?<=[\r\n])[ \t]+\Z")
_SURE_END = re.compile(r"[.!?…][\"'”’»)\]*_]*\s+\Z")
_HALF_BREAK = re.compile(r"(?<=\S)(?:\r?\n|\r)\Z")
_BARE_MARKER = re.compile(r"^[ \t>]*(?:[-*+]|[0-9]{1,9}[.)]?|#{1,6}|>|\|)[ \t]*\Z", re.MULTILINE)


def boundary(text: str, *, prefill: bool) -> str:
    r"""Cut *text* back to where a model can take it up, and keep the white space in front of the cut.

    What Markdown has open at the end decides: in a fence, a table or raw HTML the last whole line stays; a
    heading goes; prose loses its last, perhaps half, word, and a line end that may be half an empty line, so
    that the white space that is kept is whole. Without *prefill* prose goes back to the end of its last whole
    sentence, if that is near: a model that is asked in words likes to begin there.

    >>> boundary("He left. She stay", prefill=True), boundary("He left. She stay", prefill=False)
    ('He left. She ', 'He left. ')
    >>> boundary("```py\nx = 1\nprin", prefill=True)
    '```py\nx = 1\n'
    """
    text = _INDENT.sub("", text.removesuffix("\r"))
    state = end(text)
    if state.block:
        text = _HALF_BREAK.sub("", text)
    kept = text[: _cut(text, state, prefill=prefill)]
    return _BARE_MARKER.sub("", kept) if state.kind is not BlockKind.FENCE else kept


def anchor(text: str, words: int = ANCHOR_WORDS) -> str:
    """Return the last *words* words of *text*, verbatim with all that stands between and behind them.

    Where words are single characters, as in Chinese, there are twice as many.

    >>> anchor("One two three four. “Five”, said  Six. ", words=3)
    'Five”, said  Six.'
    """
    text = text.rstrip()
    near = max(0, len(text) - 200 * words)
    starts = [near + start for start, _ in word_spans(text[near:])][-2 * words :]
    short = starts[-words:]
    if short and len(text) - short[0] < 2 * words:
        short = starts
    return text[short[0] :].lstrip(_JOINER) if short else text[-2 * words :]


def _cut(text: str, state: End, *, prefill: bool) -> int:
    """Return how much of *text* stays."""
    match state.kind:
        case None | BlockKind.RULE:
            return len(text)
        case BlockKind.HEADING:
            return state.start
        case BlockKind.FENCE | BlockKind.CODE | BlockKind.TABLE | BlockKind.HTML:
            return max(text.rfind("\n") + 1, state.start)
        case BlockKind.PARAGRAPH:
            return _cut_prose(text, state.start, prefill=prefill)
    assert_never(state.kind)


def _cut_prose(text: str, start: int, *, prefill: bool) -> int:
    """Return where the prose that begins at *start* is cut: at a sentence, pause or blank, if near."""
    start = max(start, len(text) - REACH)
    near = text[start:]
    if _CJK_AT_END.search(near):
        pauses = [found.end() for found in _CJK_PAUSE.finditer(near)]
        return start + pauses[-1] if pauses else len(text)
    if not prefill and (whole := _whole_sentences(near)):
        return start + whole
    blank = _BLANK.search(near)
    if blank:
        return start + blank.end()
    return start if start == 0 or text[start - 1] == "\n" else len(text)


def _whole_sentences(near: str) -> int:
    """Return how many characters of *near* are sentences that ended for sure: white space follows them."""
    found = sentences(near)
    whole = found if _SURE_END.search(near) else found[:-1]
    while whole and not whole[-1][-1].isspace():
        whole = whole[:-1]
    return sum(map(len, whole))
