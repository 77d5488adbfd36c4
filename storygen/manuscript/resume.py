"""Where in a reply the new text begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storygen.manuscript.opening import NEAR, Body, mid_sentence
from storygen.manuscript.overlap import LEAST, Echo, Found, find, overlap, weight
from storygen.text.markdown import BlockKind, End
from storygen.text.sentences import sentences
from storygen.text.words import split_words

FAR = 600
"""How far behind an announcement an anchor may begin, in characters: a paragraph may be begun anew."""

PLAIN, CERTAIN = 32, 100
"""From such a weight on, whole sentences said again are no refrain: if that was asked for, and if not."""

ENOUGH, ALIKE = 6, 0.6
"""A sentence with so many words, and this share of them in common with another, is the same told again."""

_REPEATED = "the reply repeated the end of the text"
_ANNOUNCED = "the reply did not begin with its text"
_TOLD_AGAIN = "the reply seems to tell the last sentence again"
_REFRAIN = "the reply begins with what stood there last: an echo or a refrain"
_CAPITAL = "the reply begins a sentence before the last one was over"
_DOTS = "the reply begins with dots that may only say that it goes on"
_NO_ANCHOR = "the reply did not begin with the words that it was to begin with"
_BEFORE_ANCHOR = "the reply said something before the words that it was to begin with"

_CODE = {BlockKind.FENCE, BlockKind.CODE, BlockKind.TABLE, BlockKind.HTML}
_SENTENCE_START = re.compile(r"(?:\A|[\n.!?…。！？][\"'”’»)\]*_」』]*)[\s\"'“‘«(\[*_「『>-]*\Z")
_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)")


@dataclass(frozen=True, slots=True)
class Resumption:
    """Where a reply is new, what is doubtful about that, and what was stepped over."""

    start: int
    doubt: str = ""
    why: str = ""


def resume(kept: str, reply: str, text: Body, *, state: End, anchor: str | None) -> Resumption:
    """Find where *reply* is new: behind its *anchor*, else behind an echo, else where its *text* begins.

    *state* is how *kept* ends; *anchor* is None where the reply continues a prefill.
    """
    echo = overlap(kept, reply) or (overlap(kept, reply, start=text.start) if text.start else None)
    if anchor is None:
        return _behind_prefill(kept, reply, text, echo, state=state)
    if found := _at_head(anchor, reply, text):
        return Resumption(found.end, _REFRAIN if echo and echo.end > found.end else "", _REPEATED)
    if echo:
        short = weight(kept[echo.start :]) < min(weight(anchor), PLAIN)
        return Resumption(echo.end, _REFRAIN if short and _could_be_refrain(kept, echo) else "", _REPEATED)
    if weight(anchor) >= LEAST and (found := find(anchor, reply, within=text.start + FAR)):
        return Resumption(found.end, _BEFORE_ANCHOR)
    return Resumption(text.start, _NO_ANCHOR)


def _at_head(anchor: str, reply: str, text: Body) -> Found | None:
    """Find *anchor* where *reply* begins: its text, what stands behind its announcement, or all of it."""
    for start in (text.start, text.said, 0):
        found = find(anchor, reply, start=start, within=FAR)
        if found and not reply[start : found.start].strip():
            return found
    return None


def _behind_prefill(kept: str, reply: str, text: Body, echo: Echo | None, *, state: End) -> Resumption:
    """Find where a reply to a prefill is new: it should be so from its first character."""
    if echo is None:
        new = reply[text.start : text.end]
        return Resumption(text.start, _doubt_of_new(kept, new), _ANNOUNCED if text.start else "")
    small = weight(kept[echo.start :]) < CERTAIN
    if small and (state.kind in _CODE or _could_be_refrain(kept, echo)):
        return Resumption(text.start, _REFRAIN)
    return Resumption(echo.end, why=_REPEATED)


def _doubt_of_new(kept: str, new: str) -> str:
    """Say why text that repeats nothing for sure may repeat something all the same."""
    if _ELLIPSIS.match(new):
        return _DOTS
    short = overlap(kept[-2 * LEAST :], new, least=1)
    if short and any(char.isalnum() for char in new[: short.end]):
        return _REFRAIN
    if mid_sentence(kept) and _is_capitalised(kept, new):
        return _CAPITAL
    return _TOLD_AGAIN if _tells_again(kept, new) else ""


def _is_capitalised(kept: str, new: str) -> bool:
    """Whether the first word of *new* has a capital that it does not have in *kept*."""
    first = next(iter(split_words(new[:100])), "")
    return (
        first[:1].isupper() and new.lstrip().startswith(first) and first.lower() in split_words(kept[-5000:])
    )


def _could_be_refrain(kept: str, echo: Echo) -> bool:
    """Whether what is said twice begins and ends like a whole line or sentence."""
    whole = not mid_sentence(kept) or "\n" in kept[len(kept.rstrip()) :]
    return whole and bool(_SENTENCE_START.search(kept[max(0, echo.start - NEAR) : echo.start]))


def _tells_again(kept: str, new: str) -> bool:
    """Whether the first sentence of *new* has most of its words from one of the last sentences of *kept*."""
    first = _vocabulary(next(iter(sentences(new[:1000])), ""))
    last = map(_vocabulary, sentences(kept[-1000:])[-3:])
    return len(first) >= ENOUGH and any(len(first & words) >= ALIKE * len(first | words) for words in last)


def _vocabulary(sentence: str) -> set[str]:
    return {word.casefold() for word in split_words(sentence)}
