"""Where a reply says again what was already there."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LEAST = 8
"""How much must be said twice to be an echo, by `weight`."""

WINDOW = 20_000
"""How far back and ahead an echo is looked for, in characters."""

_FOLDED = {
    **dict.fromkeys("“”„‟«»″〝〞", '"'),
    **dict.fromkeys("‘’‚‛‹›′`", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
}
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without its typography: no white space, plain quotes and dashes, lower case, marks taken apart.

    `places` holds for each character of `text` where its original stands.
    """

    text: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Echo:
    """What is said twice: from `start` to the end of the text, and again up to `end` in the reply."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where something begins and ends in a reply."""

    start: int
    end: int


def fold(text: str) -> Folded:
    """Take the typography off *text*, and remember where each character was.

    >>> fold("“Él — said” …").text == fold('"e\u0301l -- SAID" ...').text
    True
    """
    folded: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for piece in _fold_char(char):
            if piece == "-" and folded and folded[-1] == "-":
                continue  # two hyphens are how a dash is typed
            folded.append(piece)
            places.append(place)
    return Folded("".join(folded), tuple(places))


def overlap(kept: str, reply: str, *, start: int = 0, least: int = LEAST) -> Echo | None:
    """Find the longest end of *kept* that *reply* begins with at *start*.

    Both are compared without their typography, at whole words, and only from the weight *least* on: what is
    shorter may be chance.

    >>> reply = 'He said: "Well, goodbye."'
    >>> echo = overlap("It was late. He said: “Well, ", reply)
    >>> reply[echo.end:]
    ' goodbye."'
    """
    base = max(0, len(kept) - WINDOW)
    old, new = fold(kept[base:]), fold(reply[start : start + WINDOW + WINDOW // 10])
    opening = new.text[: max(1, least // 4)]
    place = old.text.find(opening) if opening else -1
    while place >= 0:
        said = old.text[place:]
        if new.text.startswith(said) and _at_word(kept, base + old.places[place]):
            echo = Echo(base + old.places[place], _past_marks(reply, start + new.places[len(said) - 1] + 1))
            if _at_word(reply, echo.end) and weight(said) >= least:
                return echo
        place = old.text.find(opening, place + 1)
    return None


def find(anchor: str, reply: str, *, start: int = 0, within: int) -> Found | None:
    """Find *anchor* in *reply*, typography aside, if it begins at *start* or that many characters behind."""
    wanted = fold(anchor).text
    head = fold(reply[start : start + within + 2 * len(anchor) + 40])
    place = head.text.find(wanted) if wanted else -1
    while place >= 0 and head.places[place] <= within:
        first, last = head.places[place], head.places[place + len(wanted) - 1]
        found = Found(start + first, _past_marks(reply, start + last + 1))
        if _at_word(reply, found.start) and _at_word(reply, found.end):
            return found
        place = head.text.find(wanted, place + 1)
    return None


def weight(text: str) -> int:
    """Return how much *text* says: its characters that are not white space, Han and kana counted twice."""
    return sum(not char.isspace() for char in text) + len(_WIDE.findall(text))


def wide(char: str) -> bool:
    """Whether *char* is written without blanks around it: Han and kana."""
    return bool(_WIDE.match(char))


def _past_marks(text: str, place: int) -> int:
    """Step over the combining marks and joiners that belong to the character before *place*."""
    while place < len(text) and (unicodedata.combining(text[place]) or _FOLDED.get(text[place]) == ""):
        place += 1
    return place


def _at_word(text: str, place: int) -> bool:
    """Whether *place* does not lie inside a word of *text*."""
    if place <= 0 or place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    return not (before.isalnum() and after.isalnum()) or wide(before) or wide(after)


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    if char.isspace():
        return ""
    if char in _FOLDED:
        return _FOLDED[char]
    if char == "…":
        return "..."
    return unicodedata.normalize("NFD", char.casefold())
