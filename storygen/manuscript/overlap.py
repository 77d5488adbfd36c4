"""Where a reply says again what was already there."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LEAST = 8
"""How much must be said twice to be an echo, by `weight`."""

WINDOW = 20_000
"""How far back and ahead an echo is looked for, in characters."""

_FOLDED = {
    **dict.fromkeys("“”„‟«»″〝〞", '"'),
    **dict.fromkeys("‘’‚‛‹›′`", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
    "…": "...",
}
_HYPHENS = re.compile("--+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


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


def fold(text: str) -> str:
    """Take the typography off *text*: no white space, plain quotes and dashes, lower case, marks taken apart.

    >>> fold("“Él — said” …") == fold('"e\u0301l -- SAID" ...')
    True
    """
    return _HYPHENS.sub("-", text.translate(_FOLDS))


def _places(text: str) -> list[int]:
    """Return for each character of the folded *text* where its original stands."""
    places: list[int] = []
    dash = False
    for place, char in enumerate(text):
        for piece in _FOLDS[ord(char)]:
            if not (dash and piece == "-"):
                places.append(place)
            dash = piece == "-"
    return places


def overlap(kept: str, reply: str, *, start: int = 0, least: int = LEAST) -> Echo | None:
    """Find the longest end of *kept* that *reply* begins with at *start*.

    Both are compared without their typography, at whole words, and only from the weight *least* on: what is
    shorter may be chance.

    >>> reply = 'He said: "Well, goodbye."'
    >>> echo = overlap("It was late. He said: “Well, ", reply)
    >>> reply[echo.end:]
    ' goodbye."'
    """
    kept, base = kept[-WINDOW:], max(0, len(kept) - WINDOW)
    reply = reply[: start + WINDOW + WINDOW // 10]
    old, new = fold(kept), fold(reply[start:])
    opening = new[: max(1, least // 4)]
    place = old.find(opening) if opening else -1
    while place >= 0:
        if old.startswith(new[:64], place, place + 64) or new.startswith(old[place:]):
            said = old[place:]
            if new.startswith(said) and weight(said) >= least:
                echo = Echo(
                    _places(kept)[place],
                    _past(kept, reply, start + _places(reply[start:])[len(said) - 1] + 1),
                )
                if _is_echo(kept, reply, echo):
                    return Echo(base + echo.start, echo.end)
        place = old.find(opening, place + 1)
    return None


def _is_echo(kept: str, reply: str, echo: Echo) -> bool:
    """Whether what is said twice begins and ends at words, and its line is over in both or in neither."""
    breaks = "\n" not in kept[len(kept.rstrip()) :] or not reply[echo.end :].partition("\n")[0].strip()
    return (
        breaks
        and _at_word(kept, echo.start)
        and _at_word(reply, echo.end)
        and _ends_alike(kept[echo.start :], reply[: echo.end])
    )


def find(anchor: str, reply: str, *, start: int = 0, within: int) -> Found | None:
    """Find *anchor* in *reply*, typography aside, if it begins at *start* or that many characters behind."""
    head = reply[start : start + within + 2 * len(anchor) + 40]
    wanted, said = fold(anchor), fold(head)
    place = said.find(wanted) if wanted else -1
    places = _places(head) if place >= 0 else []
    while place >= 0 and places[place] <= within:
        last = places[place + len(wanted) - 1]
        found = Found(start + places[place], _past(anchor, reply, start + last + 1))
        ends = _at_word(reply, found.end) and _ends_alike(anchor, reply[found.start : found.end])
        if ends and _at_word(reply, found.start):
            return found
        place = said.find(wanted, place + 1)
    return None


def weight(text: str) -> int:
    """Return how much *text* says: its characters that are not white space, Han and kana counted twice."""
    return sum(not char.isspace() for char in text) + len(_WIDE.findall(text))


def wide(char: str) -> bool:
    """Whether *char* is written without blanks around it: Han and kana."""
    return bool(_WIDE.match(char))


def _past(anchor: str, text: str, place: int) -> int:
    """Step over what belongs to the character before *place*: its marks and joiners, the rest of a dash."""
    dashes = anchor.rstrip().endswith("--")
    while place < len(text) and (
        unicodedata.combining(text[place])
        or _FOLDED.get(text[place]) == ""
        or (dashes and text[place - 1 : place + 1] == "--")
    ):
        place += 1
    return place


def _ends_alike(one: str, other: str) -> bool:
    """Whether both texts have white space before the quote that they end with, or neither has.

    Else a quote that closes the one would be taken for a quote that opens the next line of the other.
    """
    one = one.rstrip()
    plain = 1 in {len(one), len(other)} or fold(one[-1:]) not in {'"', "'"}
    return plain or one[-2:-1].isspace() == other[-2:-1].isspace()


def _at_word(text: str, place: int) -> bool:
    """Whether *place* does not lie inside a word of *text*."""
    if place <= 0 or place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    return not (before.isalnum() and after.isalnum()) or wide(before) or wide(after)


class _Folds(dict[int, str]):
    """What each character is without its typography, worked out when it is first met."""

    def __missing__(self, key: int) -> str:
        """Fold the character with the number *key*."""
        char = chr(key)
        folded = "" if char.isspace() else unicodedata.normalize("NFD", char.casefold())
        self[key] = _FOLDED.get(char, folded)
        return self[key]


_FOLDS = _Folds()
