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
_UNMARKED = str.maketrans("", "", "*_")
_BRACKETS = "()[]（） "
_MOST_LAST = 3
_AROUND = "*_[]()…. -–—:：#~"


def preamble(reply: str) -> int:
    r"""Return where the announcement at the head of *reply* is over; 0 if there is none.

    It is one short line that greets and announces a continuation, ends with a colon or speaks of the place
    where the text broke off, and has something behind it; one that presents the chapter, and has an empty
    line behind it; or one that only labels what follows. A rule under it belongs to it.

    >>> reply = "Sure, here's the continuation:\n\nThe door opened."
    >>> reply[preamble(reply):]
    'The door opened.'
    >>> reply = "Here is the chapter:\n\nThe door opened."
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
    r"""Return where the text of *reply* is over: before paragraphs that speak to the person who asked.

    Those offer more, count the words, or say that this was the end of the chapter; a rule above belongs to
    them.

    >>> reply = "The end came.\n\n(812 words)\n\nWould you like me to continue with the next scene?"
    >>> reply[:closing(reply)]
    'The end came.'
    """
    over = len(reply)
    for _ in range(_MOST_LAST):
        found = _LAST_PARAGRAPH.search(reply, max(0, over - 2 * LONGEST), over)
        if found is None or not (_offers(found[1]) or _fills(found[1], "counts")):
            break
        rule = _RULE_BEFORE.search(reply, max(0, found.start() - LONGEST), found.start())
        over = rule.start() if rule else found.start()
    return over


def asides(reply: str) -> tuple[str, ...]:
    r"""Return what *reply* says to the person who asked, before its text and behind it.

    >>> asides("Here is the scene:\n\nIt rained.\n\nWord count: 2")
    ('Here is the scene:', 'Word count: 2')
    """
    return tuple(filter(None, (reply[: preamble(reply)].strip(), reply[closing(reply) :].strip())))


def _offers(line: str) -> bool:
    """Whether *line* offers to do more."""
    said = _plain(line)
    offers = said.startswith(_phrases("closes")) and any(word in said for word in _phrases("offers"))
    return len(line) <= LONGEST and offers and said.endswith(("?", ".", "!", "？"))


def _announces(line: str, *, alone: bool) -> bool:
    """Whether *line* is an announcement; *alone*, with an empty line under it, it needs no colon."""
    if len(line) > LONGEST:
        return False
    said = _plain(line)
    if said.strip(_AROUND) in _phrases("labels") or (alone and _fills(line, "presents")):
        return True
    if not said.startswith(_phrases("greets")) or not any(phrase in said for phrase in _phrases("announces")):
        return False
    if line.rstrip(" *_\r")[-1:] in {":", "："}:
        return True
    return alone and any(phrase in said for phrase in _phrases("breaks"))


def _fills(line: str, kind: str) -> bool:
    """Whether a pattern of that *kind* is all of *line*, markup and brackets aside."""
    said = _plain(line).translate(_UNMARKED).strip(_BRACKETS)
    return len(line) <= LONGEST and _pattern(kind).fullmatch(said) is not None


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in _phrases(kind)))


def _plain(line: str) -> str:
    """Return *line* in lower case, with plain apostrophes, without the markup around it."""
    return line.casefold().translate(_PLAIN).lstrip(_AROUND).rstrip("*_[]() \r")


@cache
def _phrases(kind: str) -> tuple[str, ...]:
    table: dict[str, list[str]] = tomllib.loads((files(__package__) / "phrases.toml").read_text("utf-8"))
    return tuple(table[kind])
