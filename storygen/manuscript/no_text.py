"""Replies that hold no text: a promise without what it promises, a refusal, an error, an endless loop."""

from __future__ import annotations

import re

from storygen.manuscript.chatter import announces, refuses
from storygen.manuscript.overlap import WINDOW, fold

TURNS, LEAST_LOOP = 5, 600
"""So many times the same without a break, over so many characters, is a loop and not a refrain."""

_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*")
_ERROR = re.compile(
    r"\s*(?:\{\s*\"(?:error|type\"\s*:\s*\"error|detail|message)\"|<(?:!doctype )?html\b.*\b[45][0-9]{2}\b"
    r"|(?:upstream connect error|internal server error|bad gateway|service unavailable)\b)",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_ERROR = 2_000


def is_blank(text: str) -> bool:
    """Whether *text* has nothing that anybody could see."""
    return bool(_UNSEEN.fullmatch(text))


def no_text(reply: str) -> str:
    """Say why *reply*, as a whole, is no text; "" if it is one.

    >>> no_text("I'm sorry, but I can't continue this story.")
    'the model declined in words'
    """
    if len(reply) < LONGEST_ERROR and _ERROR.match(reply):
        return "the reply is an error message"
    if announces(reply):
        return "the reply only announces a text"
    return "the model declined in words" if refuses(reply) else ""


def loop(reply: str) -> int:
    """Return where *reply* begins to say the same again and again until its end; its length if it does not.

    What goes round before a loop, as each line does in a loop of lines, is part of it.

    >>> said = "She rang: " + "nobody came. " * 100
    >>> said[: loop(said)]
    'She rang:'
    """
    last = len(reply)
    while (start := _turning(reply, last)) < last:
        last = start
    return last


def says_nothing_new(kept: str, reply: str) -> bool:
    """Whether all of *reply* stands in *kept* already, typography aside; what is long is new."""
    return len(reply) < WINDOW and fold(reply) in fold(kept[-2 * len(reply) - LEAST_LOOP :])


def _turning(reply: str, end: int) -> int:
    """Return where the text that goes round up to *end* begins; *end* if none does."""
    begin = max(0, end - TURNS * WINDOW)
    said = reply[begin:end].rstrip()
    for length in (LEAST_LOOP // TURNS // 3, LEAST_LOOP):
        last = said[-length:]
        period = len(said) - len(last) - said.rfind(last, 0, len(said) - 1)
        tail = max(TURNS * period, LEAST_LOOP)
        if tail <= len(said) and said[-tail:-period] == said[period - tail :]:
            return _first(reply, begin + len(said) - tail, period)
    return end


def _first(reply: str, start: int, period: int) -> int:
    """Return from where on *reply* says at each place up to *start* what it says a *period* later."""
    while start and reply[start - 1] == reply[start - 1 + period]:
        start -= 1
    return start
