"""Texts said again: in plain type, in part, in other words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from random import Random

from storygen.text.sentences import sentences
from storygen.text.words import count_words

_PLAIN = {
    **dict.fromkeys(map(ord, "“”„«»"), '"'),
    **dict.fromkeys(map(ord, "‘’‚"), "'"),
    **dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " "),
    ord("–"): "-",
    ord("—"): "--",
    ord("…"): "...",
}


def plain(text: str) -> str:
    """Return *text* in plain quotes, dashes and blanks."""
    return text.translate(_PLAIN)


def recomposed(text: str) -> str:
    """Return *text* with its letters and their marks put together, or taken apart if they were together."""
    composed = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFD", text) if composed == text else composed


def last_words(text: str, count: int) -> str:
    """Return the last *count* words of *text*; twice as many characters where there are no blanks."""
    starts = [found.start() for found in re.finditer(r"[\u3040-\u9fff]|[^\s\u3040-\u9fff]+", text)]
    return text[starts[-count] :] if len(starts) >= count else text


def last_sentence(text: str) -> str:
    """Return the last sentence of *text*, whole or not."""
    return next((one for one in reversed(sentences(text)) if one.strip()), "")


def letters(text: str) -> str:
    """Return the letters and digits of *text*, in lower case."""
    return re.sub(r"[\W_]+", "", text).casefold()


def echoes(old: str, rest: str) -> bool:
    """Whether *rest* begins with the words that *old* ends with; two characters, where words are none."""
    said, again = letters(old[-300:]), letters(rest[:300])
    last, first = (re.findall(r"\w+", text.casefold()) for text in (old[-300:], rest[:300]))
    if not again or any(
        last[-width:] == first[:width] for width in range(1, min(len(last), len(first), 12) + 1)
    ):
        return True
    return "\u3040" <= again[0] <= "\u9fff" and any(said.endswith(again[:width]) for width in range(2, 20))


def is_prose(sentence: str) -> bool:
    """Whether *sentence* is one of prose, and long enough to be told in other words."""
    return count_words(sentence) >= len("words") and not re.search(r"[|`]|\S\n+\S", sentence)


def reworded_sentence(sentence: str, synonyms: Mapping[str, str], random: Random) -> str:
    """Reword 5 to 40 % of *sentence*, at least one word: by synonyms, else by exchanging neighbours."""
    words = re.split(r"(\s+)", sentence)
    places = list(range(0, len(words) - 2, 2))
    random.shuffle(places)
    places.sort(key=lambda place: words[place].casefold() not in synonyms)
    for place in places[: max(1, round(random.uniform(0.05, 0.4) * len(places)))]:
        other = synonyms.get(words[place].casefold())
        words[place : place + 3] = (
            [other, *words[place + 1 : place + 3]] if other else words[place : place + 3][::-1]
        )
    return "".join(words)
