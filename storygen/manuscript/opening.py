"""What a reply begins with before it goes on: announcements, and markup that is already there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storygen.manuscript.chatter import closing, preamble
from storygen.manuscript.titles import same_title
from storygen.text.markdown import BlockKind, End, lines

NEAR = 60
"""How many characters tell whether a sentence is over."""

_HEADING = re.compile(r"\s*(?:#{1,6}[ \t]+([^\n]+)|\*\*([^*\n]+)\*\*)[ \t]*(?:\n\s*|\Z)")
_OWN_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+([^\n{]+)(?:\{[^}\n]*\})?\r?$", re.MULTILINE)
_FENCE = re.compile(r"\s*(`{3,}|~{3,})[ \t]*([^`\n]*?)[ \t]*\n")
_CLOSED = re.compile(r"\n[ \t]*(`{3,}|~{3,})\s*\Z")
_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)[ \t]*(?=\S)")
_ENDED = re.compile(r"[.!?…:。！？][\"'”’»)\]*_」』]*\Z")
_PAUSE = re.compile(r"[,;—–，、；]\s*\Z")
_MARKDOWN = {"markdown", "md"}


@dataclass(frozen=True, slots=True)
class Body:
    """The part of a reply that is text, from `start` to `end`; `said` is where its announcement is over."""

    start: int
    end: int
    said: int = 0


def body(kept: str, reply: str, *, state: End, title: str = "") -> Body:
    r"""Return where the text in *reply* is, without what surrounds it; *state* is how *kept* ends.

    >>> from storygen.text.markdown import end
    >>> kept, reply = "```py\nx = 1\n", "Here is the continuation:\n\n```py\ny = 2\n```\n"
    >>> found = body(kept, reply, state=end(kept))
    >>> reply[found.start:found.end]
    'y = 2\n```\n'
    """
    said = preamble(reply)
    found = _unwrapped(kept, reply, Body(said, closing(reply)), state)
    start = _past_headings(kept, reply, found.start, title)
    start = _past_fence(reply, start, state)
    start = _past_table_head(kept, reply, start, state)
    return Body(_past_ellipsis(kept, reply, start, state), found.end, said)


def goes_on(kept: str, reply: str) -> bool:
    """Whether *reply* begins with the white space that belongs behind *kept*, as what goes on does."""
    white, own = kept[len(kept.rstrip()) :], reply[: len(reply) - len(reply.lstrip())]
    return own.startswith(white) and bool((white and own == white) or "\n" in own)


def mid_sentence(kept: str) -> bool:
    """Whether the prose *kept* stops before its sentence is over."""
    return bool(kept.strip()) and not _ENDED.search(kept.rstrip()[-NEAR:])


def _unwrapped(kept: str, reply: str, found: Body, state: End) -> Body:
    """Take the fence off a reply that stands in one as a whole; inside a sentence none can begin.

    One that is over before the reply is belongs to the text.
    """
    fence = _FENCE.match(reply, found.start)
    inside = state.kind is BlockKind.PARAGRAPH and mid_sentence(kept) and not kept.endswith("\n")
    if fence is None or len(fence[2].split()) > 1 or not (inside or fence[2].lower() in _MARKDOWN):
        return found
    if state.block and state.block.kind is BlockKind.FENCE and state.block.info.lower() in _MARKDOWN:
        return found
    shut = _CLOSED.search(reply, fence.end() - 1, found.end)
    if shut and shut[1].startswith(fence[1]):
        return Body(fence.end(), shut.start() + 1)
    over = not inside and re.search(rf"\n{fence[1]}+[ \t]*\n", reply[fence.end() - 1 : found.end])
    return found if over else Body(fence.end(), found.end)


def _past_headings(kept: str, reply: str, start: int, title: str) -> int:
    """Step over headings that only say again what the section or its last heading is called."""
    known = [title, *_OWN_HEADING.findall(kept)[-1:]]
    while found := _HEADING.match(reply, start):
        if not any(same_title(found[1] or found[2], one) for one in known):
            break
        start = found.end()
    return start


def _past_fence(reply: str, start: int, state: End) -> int:
    """Step over a line that opens once more the fence that is still open."""
    found = _FENCE.match(reply, start)
    fence = state.block
    if found is None or fence is None or fence.kind is not BlockKind.FENCE or found[1][0] != fence.mark[0]:
        return start
    return found.end() if found[2] and found[2] == fence.info else start


def _past_table_head(kept: str, reply: str, start: int, state: End) -> int:
    """Step over the two lines that head the table which is still open."""
    if state.kind is not BlockKind.TABLE:
        return start
    head = [_cells(line) for line in lines(kept[state.start :])[:2]]
    again = lines(reply[start:].lstrip())[:2]
    if head != [_cells(line) for line in again]:
        return start
    return len(reply) - len(reply[start:].lstrip()) + sum(map(len, again))


def _past_ellipsis(kept: str, reply: str, start: int, state: End) -> int:
    """Step over dots that only say that a sentence goes on."""
    found = _ELLIPSIS.match(reply, start)
    inside = state.kind is BlockKind.PARAGRAPH and (kept.rstrip()[-1:].isalnum() or _PAUSE.search(kept))
    return found.end() if found and inside else start


def _cells(line: str) -> list[str]:
    """Return what stands between the bars of a table row; dashes of any length are the same."""
    return [re.sub(r"-+", "-", cell.strip()) for cell in line.strip().strip("|").split("|")]
