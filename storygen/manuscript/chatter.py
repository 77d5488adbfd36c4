"""What a model says to the person who asked, around the text it was asked for."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

LONGEST = 240
"""A line of chatter is short; what is longer is text."""

_LINE = re.compile(r"\s*([^\n]*)(\n\s*|\Z)")
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,})[ \t]*\n\s*")
_LAST_PARAGRAPH = re.compile(r"\n[ \t\r]*\n[ \t]*([^\n]+)\s*\Z")
_RULE_BEFORE = re.compile(r"\n[ \t\r]*\n[ \t]*(?:-{3,}|\*{3,}|_{3,})\s*\Z")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u202f": " ", "，": ", ", "！": "! ", "。": ". "})
_AROUND = "*_[]()…. -–—:：#~"


def preamble(reply: str) -> int:
    r"""Return where the announcement at the head of *reply* is over; 0 if there is none.

    It is one short line that greets and announces a continuation, ends with a colon or speaks of the place
    where the text broke off, and has something behind it; or one that only labels what follows. A rule under
    it belongs to it.

    >>> reply = "Sure, here's the continuation:\n\nThe door opened."
    >>> reply[preamble(reply):]
    'The door opened.'
    >>> preamble("Sure, here we go again: the lamp was out.")
    0
    """
    found = _LINE.match(reply)
    if found is None or not found[2] or not _announces(found[1], alone=found[2].count("\n") > 1):
        return 0
    behind = found.end()
    rule = _RULE.match(reply, behind)
    return rule.end() if rule else behind


def may_announce(reply: str) -> bool:
    """Whether *reply* begins with a short line on its own that speaks of going on, whoever may speak."""
    line, alone, _ = reply.lstrip().partition("\n\n")
    return bool(alone) and len(line) < LONGEST and any(one in _plain(line) for one in _phrases("announces"))


def announces(reply: str) -> bool:
    """Whether *reply* is a single line that announces a continuation, and nothing more."""
    line = reply.strip()
    return "\n" not in line and _announces(line, alone=True)


def refuses(reply: str) -> bool:
    """Whether *reply* is a single short paragraph that declines to write."""
    line = reply.strip()
    if len(line) > LONGEST or "\n" in line:
        return False
    said = _plain(line)
    return said.startswith(_phrases("regrets")) and any(word in said for word in _phrases("declines"))


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
    if not offers or not said.endswith(("?", ".", "!", "？")):
        return len(reply)
    rule = _RULE_BEFORE.search(reply, max(0, found.start() - LONGEST), found.start())
    return rule.start() if rule else found.start()


def _announces(line: str, *, alone: bool) -> bool:
    """Whether *line* is an announcement; *alone*, with an empty line under it, it needs no colon."""
    if len(line) > LONGEST:
        return False
    said = _plain(line)
    if said.strip(_AROUND) in _phrases("labels"):
        return True
    if not said.startswith(_phrases("greets")) or not any(phrase in said for phrase in _phrases("announces")):
        return False
    if line.rstrip(" *_\r")[-1:] in {":", "："}:
        return True
    return alone and any(phrase in said for phrase in _phrases("breaks"))


def _plain(line: str) -> str:
    """Return *line* in lower case, with plain apostrophes, without the markup around it."""
    return line.casefold().translate(_PLAIN).lstrip(_AROUND).rstrip("*_[]() \r")


@cache
def _phrases(kind: str) -> tuple[str, ...]:
    table: dict[str, list[str]] = tomllib.loads((files(__package__) / "phrases.toml").read_text("utf-8"))
    return tuple(table[kind])
