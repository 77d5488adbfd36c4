"""Two legs of a section become one text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storygen.manuscript.boundary import anchor, boundary
from storygen.manuscript.opening import body
from storygen.manuscript.overlap import wide
from storygen.manuscript.resume import Resumption, resume
from storygen.text.markdown import BlockKind, End, end

__all__ = ["Seam", "anchor", "boundary", "stitch"]

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
    reply = _plain(kept, reply)
    if not reply.strip():
        return Seam(kept)
    state = end(kept)
    text = body(kept, reply, state=state, title=title)
    known = bool(kept.strip())
    new = resume(kept, reply, text, state=state, anchor=anchor) if known else Resumption(text.start)
    last = max(new.start, text.end)
    joined, lost = _join(kept, reply[new.start : last], state=state)
    doubt = lost or new.doubt
    return Seam(joined, bool(doubt), reply[: new.start] + reply[last:], doubt or new.why)


def _plain(kept: str, reply: str) -> str:
    """Take a byte order mark off *reply* and give it the line ends of *kept*."""
    reply = reply.removeprefix("\ufeff")
    return reply if "\r" in kept else reply.replace("\r\n", "\n")


def _join(kept: str, rest: str, *, state: End) -> tuple[str, str]:
    """Put *rest* behind *kept* with the white space that belongs between; say what is doubtful about it."""
    old, new = kept.rstrip(), rest.lstrip()
    if not old or not new:
        return (kept + rest if new else kept), ""
    trimmed, own = kept[len(old) :], rest[: len(rest) - len(new)]
    over = state.kind is None or (state.kind is BlockKind.TABLE and "|" not in new.partition("\n")[0])
    if over and (trimmed + own).count("\n") < len("\n\n"):
        return f"{old}\n\n{new}", ""  # a block that is over is followed by an empty line
    if not trimmed and not own:
        return _join_bare(old, new)
    doubt = "" if own else _lost(old, trimmed, state)
    return old + _white(trimmed, own, inside=state.indented) + new, doubt


def _lost(old: str, trimmed: str, state: End) -> str:
    """Say what a reply that begins without any white space may have lost."""
    if state.kind in {BlockKind.FENCE, BlockKind.CODE} and _INDENTS.search(old):
        return "a line of code may have lost its indentation"
    if state.kind is BlockKind.PARAGRAPH and trimmed.count("\n") == 1:
        return "it is not known whether a paragraph ended at the joint"
    return ""


def _white(trimmed: str, own: str, *, inside: bool) -> str:
    """Choose between the white space that was cut off and the reply's own; *inside* code, indents count."""
    if own.startswith(trimmed) or (trimmed and not trimmed.strip(" ") and "\n" in own):
        return own
    return trimmed + own.lstrip("\n") if inside and "\n" in trimmed else trimmed


def _join_bare(old: str, new: str) -> tuple[str, str]:
    """Join two texts without any white space between: two words get a blank, Han and kana need none."""
    glued = new[0].isalnum() and (old[-1].isalnum() or old[-1] in ".,;:!?…")
    if glued and not wide(old[-1]) and not wide(new[0]):
        return f"{old} {new}", "it is not known whether a blank belongs at the joint"
    return old + new, ""
