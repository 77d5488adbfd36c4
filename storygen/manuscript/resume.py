"""Where in a reply the new text begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storygen.manuscript.boundary import anchor as last_words
from storygen.manuscript.chatter import LONGEST, may_announce
from storygen.manuscript.opening import NEAR, Body, goes_on, mid_sentence
from storygen.manuscript.overlap import LEAST, Echo, Found, find, fold, overlap, weight
from storygen.text.markdown import BlockKind, End

FAR = 600
"""How far behind an announcement an anchor may begin, in characters: a paragraph may be begun anew."""

PLAIN, CERTAIN = 32, 100
"""From such a weight on, words said again are no refrain: if that was asked for, and if not."""

CLOSE = 4_000
"""How far back a word or a sentence is looked for that may be told again, in characters."""

ENOUGH, ALIKE = 3, 0.6
"""A sentence of which so many words, and such a share, stand in another is that one told again."""

_REPEATED = "the reply repeated the end of the text"
_ANNOUNCED = "the reply did not begin with its text"
_BEFORE_TEXT = "the reply may begin with an announcement"
_TOLD_AGAIN = "the reply seems to tell a sentence again"
_REFRAIN = "the reply begins with what stood there last: an echo or a refrain"
_CAPITAL = "the reply begins a sentence before the last one was over"
_DOTS = "the reply begins with dots that may only say that it goes on"
_FENCED = "the reply stands in a fence that may not belong to it"
_NO_ANCHOR = "the reply did not begin with the words that it was to begin with"
_NEARLY = "the reply began with nearly the words that it was to begin with"
_BEFORE_ANCHOR = "the reply said something before the words that it was to begin with"

_CODE = {BlockKind.FENCE, BlockKind.CODE, BlockKind.TABLE, BlockKind.HTML}
_SENTENCE_START = re.compile(r"(?:\A|[\n.!?…。！？][\"'”’»)\]*_」』]*)[\s\"'“‘«(\[*_「『>-]*\Z")
_SENTENCE = re.compile(r"(?:[^.!?…。！？\n]|\.(?=\w))+")
_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})")
_QUOTES = {'"', "'", "”", "’", "»", "“"}
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{8,}")
_INSIDE = re.compile(r"(?<=[^\W\d_] )[^\W\d_]")
_WORD = re.compile(r"\w+")
_WRAPPING = "\"“”«»„'‘’*_…. "
_STOPS = ".!?…。！？,;:，、；：\"'”’»)*_」』"


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
    if _broke_off(anchor, reply, text):
        return Resumption(len(reply), why=_REPEATED)
    return _anchored(kept, reply, text, echo, state=state, anchor=anchor)


def _anchored(kept: str, reply: str, text: Body, echo: Echo | None, *, state: End, anchor: str) -> Resumption:
    """Find where a reply is new that was asked to begin with its *anchor*, and says more than that."""
    if found := _at_head(anchor, reply, text):
        return _behind_anchor(kept, reply, found, echo, anchor=anchor, state=state)
    if echo:
        short = weight(kept[echo.start :]) < min(weight(anchor), PLAIN)
        doubt = _FENCED if _FENCE.match(reply) else ""
        return Resumption(echo.end, _REFRAIN if short else doubt, _REPEATED)
    if state.kind not in _CODE and (found := _nearly(kept, anchor, reply, text)):
        return Resumption(found.end, _NEARLY)
    if weight(anchor) >= LEAST and (found := find(anchor, reply, within=text.start + FAR)):
        before = reply[: found.start]
        if fold(before) in fold(kept) or (len(before) < LONGEST and before.endswith("\n")):
            return Resumption(found.end, _BEFORE_ANCHOR)
    return Resumption(text.start, _NO_ANCHOR)


def _at_head(anchor: str, reply: str, text: Body) -> Found | None:
    """Find *anchor* where *reply* begins: its text, what stands behind its announcement, or all of it.

    It may stand in quotes or in bold, behind dots, or lack its last stop.
    """
    short = anchor.rstrip(_STOPS)
    for wanted in dict.fromkeys((anchor, short)):
        for start in dict.fromkeys((text.start, text.said, 0)):
            found = find(wanted, reply, start=start, within=FAR)
            before = reply[start : found.start].strip() if found else ""
            if found and not before.strip(_WRAPPING):
                behind = reply[found.end :]
                stop = _shared(behind, anchor[len(wanted) :])
                return Found(found.start, found.end + stop + _closed(before.strip("…. "), behind[stop:]))
    return None


def _broke_off(anchor: str, reply: str, text: Body) -> bool:
    """Whether *reply* is over before it has said all of its *anchor*, so that nothing in it is new."""
    heads = (reply[start:].lstrip(_WRAPPING) for start in (text.start, text.said, 0))
    return any(fold(anchor).startswith(fold(head)) for head in heads)


def _shared(one: str, other: str) -> int:
    """Return how many characters both texts begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (first, last) in pairs if first != last), min(len(one), len(other)))


def _closed(opening: str, behind: str) -> int:
    """Return how much at the head of *behind* closes the quotes or the bold of *opening*."""
    marks = behind[: len(opening)]
    return len(marks) if opening and not marks.strip(_WRAPPING.strip("…. ")) else 0


def _behind_anchor(
    kept: str, reply: str, found: Found, echo: Echo | None, *, anchor: str, state: End
) -> Resumption:
    """Find where a reply is new that did as it was asked."""
    short = weight(anchor) < PLAIN
    again = find(anchor, reply, start=found.end, within=len("\n\n"))
    if (
        again
        and not reply[found.end : again.start].strip()
        and not (short and _runs_on(kept, reply, again.end))
    ):
        return Resumption(found.end if short else again.end, _REFRAIN, _REPEATED)
    if short and (_runs_on(kept, reply, found.end) or fold(reply[: found.end]) != fold(anchor)):
        return Resumption(found.end, _REFRAIN, _REPEATED)
    if echo and echo.end > found.end:
        return Resumption(found.end, _REFRAIN, _REPEATED)
    return Resumption(
        found.end, _CAPITAL if _is_capitalised(kept, reply[found.end :], state=state) else "", _REPEATED
    )


def _runs_on(kept: str, reply: str, place: int) -> bool:
    """Whether *reply* goes on in the line at *place*, although *kept* ends with its line."""
    return "\n" in kept[len(kept.rstrip()) :] and bool(reply[place:].partition("\n")[0].strip())


def _nearly(kept: str, anchor: str, reply: str, text: Body) -> Found | None:
    """Find the last words of an *anchor* that lost or changed others on the way."""
    for words in (6, 3):
        wanted = last_words(kept, words)
        found = (
            find(wanted, reply, start=text.start, within=len(anchor) + NEAR)
            if weight(wanted) >= LEAST
            else None
        )
        said = reply[text.start : found.start] if found else ""
        before = anchor.removesuffix(wanted)
        as_many = len(said) < len(anchor) and len(said.split()) >= len(before.split()) - 2
        if as_many and _alike(said, before):
            return found
    return None


def _behind_prefill(kept: str, reply: str, text: Body, echo: Echo | None, *, state: End) -> Resumption:
    """Find where a reply to a prefill is new: it should be so from its first character.

    White space first, where it belongs, is how a text simply goes on: then even what it repeats is meant.
    """
    white, plainly = kept[len(kept.rstrip()) :], goes_on(kept, reply)
    if echo is None:
        doubt = "" if plainly else _doubt_of_new(kept, reply[text.start : text.end], state=state)
        return Resumption(text.start, doubt, _ANNOUNCED if text.start else "")
    said = weight(kept[echo.start :])
    if said < CERTAIN and plainly:
        return Resumption(text.start)
    if said < CERTAIN and not white and (state.kind in _CODE or _could_be_refrain(kept, echo)):
        return Resumption(text.start, _REFRAIN)
    return Resumption(echo.end, _REFRAIN if said < PLAIN else "", _REPEATED)


def _doubt_of_new(kept: str, new: str, *, state: End) -> str:
    """Say why text that repeats nothing for sure may repeat something all the same."""
    if _ELLIPSIS.match(new):
        return _DOTS
    if _FENCE.match(new):
        return _FENCED
    if _repeats_little(kept, new):
        return _REFRAIN
    if _has_capital(kept, new, state=state):
        return _CAPITAL
    if may_announce(new):
        return _BEFORE_TEXT
    return _TOLD_AGAIN if _tells_again(kept, new) else ""


def _repeats_little(kept: str, new: str) -> bool:
    """Whether *new* begins with the last word of *kept*, or its last signs and the white space behind."""
    short = overlap(kept[-2 * LEAST :], new, least=1)
    if short is None:
        return False
    white = kept[len(kept.rstrip()) :]
    return new.startswith(white, short.end) or any(char.isalnum() for char in new[: short.end])


def _is_capitalised(kept: str, new: str, *, state: End) -> bool:
    """Whether *new* begins a sentence for sure inside another one, and not with a noun in German."""
    if not _has_capital(kept, new, state=state) or state.kind in _CODE:
        return _has_capital(kept, new, state=state)
    old = kept.rstrip()
    if old[-1].isalnum() or old[-1] in ",;":
        return _says_small(kept, new) or not _has_many_capitals(kept[-CLOSE:])
    return old[-2:-1] == "," and old[-1] in _QUOTES and _says_small(kept, new)


def _has_capital(kept: str, new: str, *, state: End) -> bool:
    """Whether *new* begins with a capital where *kept* ends no sentence, and writes none inside one."""
    first = _WORD.match(new.lstrip())
    breaks = "\n" in kept[len(kept.rstrip()) :] + new[: len(new) - len(new.lstrip())]
    if first is None or not first[0][0].isupper():
        return False
    if state.kind in _CODE:
        block = kept[state.start :]
        return first[0] not in block and _says_small(block, new)
    named = re.search(rf"[^\W_][,;]? {first[0]}\b", kept[-CLOSE:])
    return not breaks and named is None and (mid_sentence(kept) or kept.rstrip()[-1:] in _QUOTES)


def _says_small(kept: str, new: str) -> bool:
    """Whether the first word of *new* stands in *kept*, or further on, with a small letter."""
    first = _WORD.findall(new[:NEAR])[0].lower()
    return bool(re.search(rf"\b{first}\b", kept[-CLOSE:] + new[:CLOSE]))


def _has_many_capitals(text: str) -> bool:
    """Whether *text* writes more than its names with capitals, as German does."""
    inside = _INSIDE.findall(text)
    return 8 * len([char for char in inside if char.isupper()]) > len(inside)


def _could_be_refrain(kept: str, echo: Echo) -> bool:
    """Whether what is said twice begins and ends like a whole line or sentence."""
    whole = not mid_sentence(kept) or "\n" in kept[len(kept.rstrip()) :]
    return whole and bool(_SENTENCE_START.search(kept[max(0, echo.start - NEAR) : echo.start]))


def _tells_again(kept: str, new: str) -> bool:
    """Whether *new* begins with most of the words of a sentence of *kept*, perhaps one that was not over."""
    old, said = _SENTENCE.findall(kept[-CLOSE:]), _SENTENCE.findall(new[:1000])
    if any(_alike(one, other) for one in said[:2] for other in old):
        return True
    if any(run in kept[-CLOSE:] for run in _RUN.findall(new[:300])):
        return True
    begun = " ".join(new[:CLOSE].split()[: len(old[-1].split()) + 1]) if old else ""
    return mid_sentence(kept) and _alike(begun, old[-1])


def _alike(one: str, other: str) -> bool:
    """Whether most words of the shorter of two texts stand in the other."""
    first, last = _vocabulary(one), _vocabulary(other)
    least = min(len(first), len(last))
    return len(first & last) >= max(ENOUGH, ALIKE * least)


def _vocabulary(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
