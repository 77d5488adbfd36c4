"""What a card gives a story to work with: figures, place and time, and beats that fit their room."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storygen.rehearsal.card import Card
from storygen.rehearsal.figures import Figure, Kind
from storygen.rehearsal.grammar import word_file
from storygen.rehearsal.telling import Tongue
from storygen.text.sentences import sentences
from storygen.text.words import count_words

_NAME = re.compile(r"(?<![.!?:] )(?<!^)\b[A-ZÁÉÍÓÚÑ][a-záéíóúñü]{2,}\b")
_LEADING = re.compile(
    r"^(?:on board|aboard|inside|outside|on|in|at|near|by|under|en|a bordo de|junto a)\s+", re.IGNORECASE
)
_BLOCK = re.compile(r"^(?:[#>+*\s-]+|\d+[.)]\s)+")
_KINDS = dict.fromkeys(("she", "her", "hers", "ella"), Kind.SHE) | dict.fromkeys(
    ("he", "his", "him", "él"), Kind.HE
)
_PRONOUN = re.compile(rf"\b(?:{'|'.join(_KINDS)})\b", re.IGNORECASE)
_UNSAFE = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")", "[": "(", "]": ")"})


@dataclass(frozen=True, slots=True)
class Beat:
    """One beat: as the card has it, on one line; who is named in it, what it is about."""

    text: str
    people: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plot:
    """A card, ready to be told."""

    tongue: Tongue
    hero: Figure
    others: tuple[Figure, ...]
    beats: tuple[Beat, ...]
    facts: dict[str, str]


def plot(card: Card, tongue: Tongue) -> Plot:
    """Return what *card* tells: its beats, else its summary's sentences."""
    named = _names(card)
    lines = [*card.beats, *sentences(card.summary, card.lang)]
    first, *rest = (_figure(name, named, lines) for name in named) if named else (Figure("", Kind.SHE),)
    hero = Figure(first.name, Kind.I) if card.first_person else first
    return Plot(tongue, hero, tuple(rest), _beats(card, named, tongue), _facts(card, tongue))


def plain(text: str) -> str:
    r"""Return *text* on one line, without control characters or marks that would open Markdown blocks.

    >>> plain("# Anna\n\n``` sees\x07 {it}")
    'Anna sees (it)'
    """
    seen = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in text)
    line = " ".join(re.sub(r"```+|~~~+", " ", seen.translate(_UNSAFE)).split())
    line = _BLOCK.sub("", line)
    for sign in "*`":
        line = line.replace(sign, f"\\{sign}") if line.count(sign) % 2 else line
    return line


def cut(text: str, words: int) -> str:
    """Return the beginning of *text* that has at most *words* words, cut between words.

    >>> cut("Anna sees the lamp, already lit", 4)
    'Anna sees the lamp'
    """
    if count_words(text) <= words:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count_words(text[:middle]) <= words else (low, middle - 1)
    kept = text[:low]
    space = kept.rfind(" ")
    broken = low < len(text) and kept[-1:].isalnum() and text[low].isalnum() and space > low // 2
    return (kept[:space] if broken else kept).rstrip(" ,;:—-(")


def fitted(beats: Sequence[Beat], room: int) -> tuple[Beat, ...]:
    """Return *beats*, the longest cut until all fit *room* words; where even that fails, the first few."""
    beats = beats[: max(1, room // 4)]
    sizes = [count_words(beat.text) for beat in beats]
    limit = max(sizes, default=0)
    while limit > 1 and sum(min(size, limit) for size in sizes) > room:
        limit = min(limit - 1, limit * 9 // 10)
    return tuple(Beat(cut(beat.text, limit), beat.people, beat.topics) for beat in beats)


def _beats(card: Card, named: Sequence[str], tongue: Tongue) -> tuple[Beat, ...]:
    texts = card.beats or sentences(card.summary, card.lang)
    lines = [line for line in map(plain, texts) if line]
    missing = [f"`{must}`" for must in map(plain, card.must) if not any(must in line for line in lines)]
    return tuple(_beat(line, named, tongue) for line in [*lines[:-1], *missing, *lines[-1:]])


def _beat(line: str, named: Sequence[str], tongue: Tongue) -> Beat:
    return Beat(line, tuple(name for name in named if _mentions(line, name)), tongue.topics(line))


def _mentions(line: str, name: str) -> bool:
    return any(re.search(rf"\b{re.escape(part)}\b", line) for part in (name, name.partition(" ")[0]))


def _names(card: Card) -> tuple[str, ...]:
    """Return who acts: the card's people, else capitalised words inside its beats and summary."""
    people = tuple(dict.fromkeys(filter(None, map(plain, card.people))))
    if people:
        return people
    elsewhere = set(re.findall(r"\w+", f"{card.place} {card.time}")) | {
        word.capitalize() for word in word_file("names")["shy"]
    }
    texts = [plain(text) for text in (*card.beats, card.summary)]
    inside = [name for text in texts for name in _NAME.findall(text)]
    known = {*word_file("names")["she"], *word_file("names")["he"]}
    ahead = [
        text.split(maxsplit=1)[0]
        for text in texts
        if text and text.split(maxsplit=1)[0] in known | set(inside)
    ]
    return tuple(dict.fromkeys(name for name in [*ahead, *inside] if name not in elsewhere))


def _figure(name: str, named: Sequence[str], lines: Sequence[str]) -> Figure:
    """Return *name* with its pronouns: by its first word, else by what the card says, else by a fixed lot."""
    first = name.partition(" ")[0]
    for kind in Kind:
        if first in word_file("names").get(kind.value, ()):
            return Figure(name, kind)
    voices = Counter(_pronouns(name, named, lines))
    if voices:
        return Figure(name, _KINDS[voices.most_common(1)[0][0]])
    feminine = first.endswith("a") or zlib.crc32(first.encode()) % 2 == 0
    return Figure(name, Kind.SHE if feminine else Kind.HE)


def _pronouns(name: str, named: Sequence[str], lines: Sequence[str]) -> Iterator[str]:
    """Yield the pronouns in *lines* that can only mean *name*: nobody else is named there or just before."""
    others = [other for other in named if other != name]
    near = False
    for line in lines:
        alone = not any(_mentions(line, other) for other in others)
        found = _PRONOUN.findall(line)
        if alone and (_mentions(line, name) or (near and _PRONOUN.match(line))):
            yield from (pronoun.lower() for pronoun in found[:1])
        near = alone and (near or _mentions(line, name))


def _facts(card: Card, tongue: Tongue) -> dict[str, str]:
    """Return what sentences may speak of: title, time, and the first of the places that the card lists."""
    title, time = plain(card.title), plain(card.time)
    places = (_LEADING.sub("", piece.strip()) for piece in re.split(r"[,;:/|()›>·—–]", plain(card.place)))
    place = next((tongue.place(piece) for piece in places if piece), "")
    hours = tongue.hours(time) if time else {}
    return hours | {
        name: fact
        for name, fact in (("title", title and f"*{title}*"), ("time", time), ("place", place))
        if fact
    }
