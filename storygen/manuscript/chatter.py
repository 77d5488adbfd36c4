"""What a model says to the person who asked, around the text it was asked for."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

LONGEST = 240
"""A line of chatter is short; what is longer is text."""

_LINE = re.compile(r"\s*([^\n]*)(\n\s*|\Z)")
_LAST_PARAGRAPH = re.compile(r"\n[ \t]*\n[ \t]*([^\n]+)\s*\Z")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "\u00a0": " "})
_AROUND = "*_[]()…. -–—:#~"


def preamble(reply: str) -> int:
    r"""Return where the announcement at the head of *reply* is over; 0 if there is none.

    It is one short line that greets and announces a continuation, ends with a colon or a full stop and has
    something behind it; or one that only labels what follows. A rule under it belongs to it.

    >>> reply = "Sure, here's the continuation:\n\nThe door opened."
    >>> reply[preamble(reply):]
    'The door opened.'
    >>> preamble("Sure, here we go again: the lamp was out.")
    0
    """
    found = _LINE.match(reply)
    if found is None or not found[2] or len(found[1]) > LONGEST or not _announces(found[1], blank=found[2]):
        return 0
    behind = found.end()
    rule = re.compile(r"(?:-{3,}|\*{3,}|_{3,})[ \t]*\n\s*").match(reply, behind)
    return rule.end() if rule else behind


def closing(reply: str) -> int:
    r"""Return where a last paragraph that speaks to the person who asked begins; the length if there is none.

    >>> reply = "The end came.\n\nWould you like me to continue with the next scene?"
    >>> reply[:closing(reply)]
    'The end came.'
    """
    found = _LAST_PARAGRAPH.search(reply, max(0, len(reply) - 2 * LONGEST))
    if found is None or len(found[1]) > LONGEST:
        return len(reply)
    said = _plain(found[1])
    offers = said.startswith(_phrases("closes")) and any(word in said for word in _phrases("offers"))
    return found.start() if offers and said.endswith(("?", ".", "!")) else len(reply)


def _announces(line: str, *, blank: str) -> bool:
    said = _plain(line)
    if said.strip(_AROUND) in _phrases("labels"):
        return True
    if not said.startswith(_phrases("greets")) or not any(phrase in said for phrase in _phrases("announces")):
        return False
    ending = line.rstrip(" *_")[-1:]
    return ending in {":", "："} or (ending in {".", "!", "…", "。"} and blank.count("\n") > 1)


def _plain(line: str) -> str:
    """Return *line* in lower case, with plain apostrophes, without the markup around it."""
    return line.casefold().translate(_PLAIN).lstrip(_AROUND).rstrip("*_[]() ")


@cache
def _phrases(kind: str) -> tuple[str, ...]:
    table: dict[str, list[str]] = tomllib.loads((files(__package__) / "phrases.toml").read_text("utf-8"))
    return tuple(table[kind])
