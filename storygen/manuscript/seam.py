"""Two legs of a section become one text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from storygen.manuscript.boundary import anchor, boundary
from storygen.manuscript.chatter import closing
from storygen.manuscript.no_text import is_blank, loop, no_text, says_nothing_new
from storygen.manuscript.opening import Body, body, goes_on, mid_sentence
from storygen.manuscript.overlap import wide
from storygen.manuscript.resume import Resumption, resume
from storygen.text.markdown import BlockKind, End, end

__all__ = ["Seam", "anchor", "boundary", "follow", "stitch"]

_BREAK = "it is not known whether a paragraph ended at the joint"
_INDENT = "a line may have lost its indentation"
_LOOP = "the reply says the same for ever"
_TAGS = re.compile(r"</?anchor>")
_IN_LIST = re.compile(r"(?:^|\n)(?:[ \t]+\S|[-*+>][ \t]|[0-9]{1,9}[.)][ \t]|\[\^)[^\n]*\Z")
_ABOVE_INDENT = re.compile(r"[^\n]*\n[ \t]")
_INDENTS = re.compile(r"(?:^|\n)[ \t]+[^\n]*\Z|[:{(\[]\Z")


@dataclass(frozen=True, slots=True)
class Seam:
    """What became of two legs: the text, what was taken out of the reply, and whether a person should look.

    `why` says what is doubtful, else what was taken out.
    """

    text: str
    doubtful: bool = False
    removed: str = ""
    why: str = ""


def stitch(kept: str, reply: str, *, anchor: str | None, title: str = "") -> Seam:
    r"""Put *reply* behind *kept*, without what it says twice and what it says to the person who asked.

    *anchor* is what the reply was asked to begin with, verbatim; None where it continues a prefill. *title*
    is the section's: models like to write it again. The result always begins with *kept*, its trailing
    white space aside; a reply without text changes nothing. What cannot be known is marked, not guessed.

    >>> kept, reply = "The lamp was ", "Sure, here's the continuation:\n\nThe lamp was out."
    >>> stitch(kept, reply, anchor="The lamp was").text
    'The lamp was out.'
    """
    reply = _plain(kept, reply, anchored=anchor is not None)
    if is_blank(reply):
        return Seam(kept)
    start = loop(reply)
    if start == len(reply):
        return _put(kept, reply, anchor=anchor, title=title)
    said = reply[:start]
    idle = is_blank(said) or says_nothing_new(kept, said)
    seam = Seam(kept, removed=said) if idle else _put(kept, said, anchor=anchor, title=title)
    return Seam(seam.text, doubtful=True, removed=seam.removed + reply[start:], why=_LOOP)


def follow(kept: str, reply: str, *, title: str = "") -> Seam:
    r"""Put *reply*, which was asked to begin a paragraph, behind *kept* as `stitch` does.

    No indentation can be lost at such a joint.

    >>> follow("- one\n- two", "# The boat\n\nThen she left.", title="The boat").text
    '- one\n- two\n\nThen she left.'
    """
    seam = stitch(f"{kept.rstrip()}\n\n", reply, anchor=None, title=title)
    return replace(seam, doubtful=False, why="") if seam.why == _INDENT else seam


def _put(kept: str, reply: str, *, anchor: str | None, title: str) -> Seam:
    """Put a *reply* that has text and comes to an end behind *kept*."""
    state = end(kept)
    plainly = anchor is None and goes_on(kept, reply)
    if kept.strip() and not plainly and (why := no_text(reply)):
        return Seam(kept, doubtful=True, removed=reply, why=why)
    text = Body(0, closing(reply)) if plainly else body(kept, reply, state=state, title=title)
    known = bool(kept.strip())
    new = resume(kept, reply, text, state=state, anchor=anchor) if known else Resumption(text.start)
    last = max(new.start, text.end)
    joined, lost = _join(kept, reply[new.start : last], state=state)
    doubt = lost or new.doubt
    return Seam(joined, bool(doubt), reply[: new.start] + reply[last:], doubt or new.why)


def _plain(kept: str, reply: str, *, anchored: bool) -> str:
    """Take a byte order mark and the anchor's tags off *reply* and give it the line ends of *kept*."""
    reply = reply.removeprefix("\ufeff")
    if anchored:
        reply = _TAGS.sub("", reply, count=2)
    return reply if "\r" in kept else reply.replace("\r\n", "\n")


def _join(kept: str, rest: str, *, state: End) -> tuple[str, str]:
    """Put *rest* behind *kept* with the white space that belongs between; say what is doubtful about it."""
    old, new = kept.rstrip(), rest.lstrip()
    if not old or not new:
        return (kept + rest if new else kept), ""
    trimmed, own = kept[len(old) :], rest[: len(rest) - len(new)]
    torn = "" if state.kind is None else _doubt_of_break(old, trimmed, own)
    if own and own.startswith(trimmed) and not _is_whole(trimmed, own, new, state):
        return old + own + new, torn
    over = state.kind is None or (state.kind is BlockKind.TABLE and "|" not in new.partition("\n")[0])
    doubt = "" if own else _lost(old, trimmed, new, state)
    if over and (trimmed + own).count("\n") < len("\n\n") and not old.endswith(">"):
        gap = "\r\n\r\n" if "\r\n" in old else "\n\n"
        return old + gap + new, doubt  # a block that is over is followed by an empty line
    if not trimmed and not own:
        return _join_bare(old, new)
    return old + _white(trimmed, own, inside=state.indented) + new, doubt or torn


def _is_whole(trimmed: str, own: str, new: str, state: End) -> bool:
    """Whether the line ends that were kept are all that there were, so that the reply's own are too many."""
    if state.kind in {BlockKind.FENCE, BlockKind.CODE, BlockKind.HTML}:
        return trimmed == "\n" and own.count("\n") > 1
    inside = state.kind is BlockKind.PARAGRAPH or (state.kind is BlockKind.TABLE and new.startswith("|"))
    return inside and trimmed.endswith("\n") and not own.strip("\n")


def _doubt_of_break(old: str, trimmed: str, own: str) -> str:
    """Say whether a reply breaks off a paragraph that may not have been over."""
    sure = trimmed and ("\n" in trimmed or own.startswith(trimmed) or mid_sentence(old))
    return "" if sure or own.count("\n") <= trimmed.count("\n") else _BREAK


def _lost(old: str, trimmed: str, new: str, state: End) -> str:
    """Say what a reply that begins without any white space may have lost."""
    in_code = state.kind in {BlockKind.FENCE, BlockKind.CODE} and _INDENTS.search(old)
    breaks = "\n" in trimmed or state.kind is None
    if in_code or (breaks and (_IN_LIST.search(old) or _ABOVE_INDENT.match(new))):
        return _INDENT
    return _BREAK if state.kind is BlockKind.HTML and trimmed.count("\n") == 1 else ""


def _white(trimmed: str, own: str, *, inside: bool) -> str:
    """Choose between the white space that was cut off and the reply's own; *inside* code, indents count."""
    if not trimmed:
        return own
    return trimmed + own.lstrip("\n") if inside and "\n" in trimmed else trimmed


def _join_bare(old: str, new: str) -> tuple[str, str]:
    """Join two texts without any white space between: two words get a blank, Han and kana need none."""
    glued = new[0].isalnum() and (old[-1].isalnum() or old[-1] in ".,;:!?…")
    if glued and not wide(old[-1]) and not wide(new[0]):
        return f"{old} {new}", "it is not known whether a blank belongs at the joint"
    return old + new, ""
