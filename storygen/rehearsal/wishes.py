"""Reads a request for a book as somebody would who has to plan it: sentences, names, what it insists on."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from storygen.rehearsal.grammar import word_file
from storygen.rehearsal.plot import plain
from storygen.rehearsal.reading import lang_of
from storygen.rehearsal.region import item, numbers, unit
from storygen.rehearsal.subjects import Particles, phrases
from storygen.text.sentences import sentences
from storygen.text.words import count_words

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)#*$")
_CAPITAL = r"[^\W\d_a-zà-þа-яё\u3000-\U0003ffff]"
_NAME = re.compile(rf"\b{_CAPITAL}[^\W\d_]+(?:[ ’'-]{_CAPITAL}[^\W\d_]+)*")
_BEGINNING = re.compile(r"(?:^|[.!?:…“\n][ “]*)$")
_PLACED = re.compile(
    r"\b(?:in|at|to|from|on|near|of|off|en|de|bei|auf|nach|aus|von|im|am)(?: the| der| dem)?\s+$",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"\b(?:called|titled|entitled|namens|titulad[oa]|llamad[oa])\s[“\"«]?([^\W\d_a-z][^”\"»,.;:!?\n]{1,60})"
)
_BRACKETED = re.compile(r"[《「『]([^《》「」『』\n]{1,40})[》」』]")
_MYRIADS = re.compile(r"([0-9]+(?:\.[0-9]+)?|[一二三四五六七八九十两兩])[万萬]字")
_NUMERALS = "一二三四五六七八九十"
_PAUSE = re.compile(r"[、，；：。！？]")
_CODE = re.compile(r"`([^`\n]{2,60})`")
_WORD = re.compile(r"[^\W\d_]+")
_MOST_PEOPLE, _MOST_PLACES, _MOST_WISHES = 8, 6, 24
_LATIN = "\u3000"
"""What is beyond it is written without blanks."""

_VERBLIKE = re.compile(r"(?:[^s]s|ed|ing)$")
_LONGEST = 3
"""Words of a thing's name, the article among them."""

_FEWEST = 3
"""Words of a sentence from which on something happens in it."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """The small words of a language, and what is said in it where a request says nothing."""

    particles: Particles
    binding: frozenset[str]
    throughout: frozenset[str]
    name: str
    story: tuple[str, ...]
    page: tuple[str, ...]
    before: str


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a request, on one line, with the heading that it stands under."""

    text: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """A request as it was understood; `insists` holds the indexes of the sentences that bind."""

    lang: str
    said: tuple[Said, ...]
    title: str
    people: tuple[str, ...]
    places: tuple[str, ...]
    insists: tuple[int, ...]
    words: int | None

    @property
    def tongue(self) -> Tongue:
        """The language that the plan is made in."""
        return tongue(self.lang)


@lru_cache(maxsize=8)
def read_wishes(request: str) -> Wishes:
    """Return what *request* says."""
    lang = lang_of("", request, request)
    headings, said = _said(request, lang)
    prose = "\n".join(each.text for each in said)
    small = tongue(lang)
    people, places = _names(prose, small)
    insists = [at for at, each in enumerate(said) if _among(each.text, small.binding)]
    return Wishes(
        lang=lang,
        said=tuple(said),
        title=headings[0] if headings else _title(request, said, small),
        people=people,
        places=places,
        insists=tuple(insists[:_MOST_WISHES]),
        words=_words(request),
    )


def holds_throughout(text: str, small: Tongue) -> bool:
    """Say whether *text* asks for something on every page."""
    return _among(text, small.throughout)


def about(text: str, small: Tongue) -> list[str]:
    """Return the noun phrases of *text*, as they would stand in a title.

    >>> about("Anna finds the log book in a green tin.", tongue("en"))
    ['The log book', 'A green tin']
    """
    return [phrase[:1].upper() + phrase[1:] for phrase in phrases(text, small.particles)]


def things(text: str, small: Tongue) -> list[str]:
    """Return what *text* speaks of, as it stands in a sentence: an article and a noun or two.

    >>> things("The window breaks on the night that the log book foretold.", tongue("en"))
    ['the window', 'the night', 'the log book']
    """
    return [" ".join(_noun(phrase.split()[:_LONGEST])) for phrase in phrases(text, small.particles)]


def _noun(words: list[str]) -> list[str]:
    """Leave out a last word that may be the verb."""
    return words[:-1] if len(words) == _LONGEST and _VERBLIKE.search(words[-1]) else words


def codes(text: str) -> tuple[str, ...]:
    """Return what *text* has in code, each once."""
    return tuple(dict.fromkeys(_CODE.findall(text)))


def tongue(lang: str) -> Tongue:
    """Return what is known of the language *lang*; English, where that is nothing."""
    known = _tongues()
    return known.get(lang[:2].lower(), known["en"])


@cache
def _tongues() -> Mapping[str, Tongue]:
    raw: dict[str, Any] = tomllib.loads(
        (files(__package__) / "words" / "planning.toml").read_text(encoding="utf-8")
    )
    return {lang: _tongue(each) for lang, each in raw.items()}


def _tongue(raw: Mapping[str, Any]) -> Tongue:
    articles, stop, binding, throughout = (
        frozenset(raw[name].split()) for name in ("articles", "stop", "binding", "throughout")
    )
    return Tongue(
        Particles(articles, frozenset({"a", "an"}), stop | binding),
        binding,
        throughout,
        raw["name"],
        tuple(raw["story"]),
        tuple(raw["page"]),
        raw["before"],
    )


def _among(text: str, words: frozenset[str]) -> bool:
    """Whether one of *words* is in *text*; those of scripts without blanks have no edges there."""
    told = {word.lower() for word in _WORD.findall(text)}
    return not words.isdisjoint(told) or any(word in text for word in words if word > _LATIN)


def _said(request: str, lang: str) -> tuple[list[str], list[Said]]:
    """Return the headings of a request and its sentences; the lines of a list are sentences too."""
    headings: list[str] = []
    said: list[Said] = []
    for heading, text in _blocks(request):
        if heading and heading not in headings:
            headings.append(heading)
        for sentence in sentences(text, lang):
            line = _matter(plain(item(sentence.strip()) or sentence))
            if count_words(line) >= _FEWEST:
                said.append(Said(line, heading))
    return headings, said or [Said(plain(request)[:200] or "A book.")]


def _matter(line: str) -> str:
    """Return what *line* says of the book besides its length."""
    return line.partition(": ")[2] if unit().search(line) else line


def _blocks(request: str) -> Iterator[tuple[str, str]]:
    heading, lines = "", list[str]()
    for line in request.splitlines():
        if found := _HEADING.match(line):
            yield heading, "\n".join(lines)
            heading, lines = plain(found[1]), []
        else:
            lines.append(line)
    yield heading, "\n".join(lines)


def _names(prose: str, small: Tongue) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who is named in *prose* and where it plays, the most frequent first.

    A name of two is the one person that its parts are. A word that only ever begins a sentence is no name,
    unless people are called so.
    """
    counts: Counter[str] = Counter()
    placed: Counter[str] = Counter()
    inside: set[str] = set()
    for found in _NAME.finditer(prose):
        name = re.sub(r"['’]s$", "", found[0])
        if any(word.lower() in small.particles.stop | _never_names() for word in name.split()):
            continue
        before = prose[max(0, found.start() - 20) : found.start()]
        counts[name] += 1
        placed[name] += bool(_PLACED.search(before))
        if " " in name or name in _given() or not _BEGINNING.search(before):
            inside.add(name)
    names = [name for name in counts if name in inside]
    whole = [name for name in names if not any(name != other and name in other.split() for other in names)]
    weights = {name: sum(counts[other] for other in names if other in name) for name in whole}
    ordered = sorted(whole, key=lambda name: (-weights[name], prose.index(name)))
    people = [name for name in ordered if name.split()[0] in _given() or placed[name] * 2 < counts[name]]
    places = [name for name in ordered if name not in people]
    return tuple(people[:_MOST_PEOPLE]), tuple(places[:_MOST_PLACES])


@cache
def _given() -> frozenset[str]:
    """Return the first names that are known."""
    raw = word_file("names")
    return frozenset(name for kind in ("she", "he") for name in raw[kind])


@cache
def _never_names() -> frozenset[str]:
    """Return words with a capital that are no names: months, days, and the same in the plural."""
    words = word_file("names")["shy"]
    return frozenset((*words, *(f"{word}s" for word in words)))


def _title(request: str, said: list[Said], small: Tongue) -> str:
    if called := _CALLED.search(request) or _BRACKETED.search(request):
        return " ".join(called[1].split())
    found = (phrase for each in said for phrase in about(each.text, small))
    return next(found, _PAUSE.split(said[0].text)[0][:60])


def beginning(text: str) -> str:
    """Return how *text* begins, short enough for a title.

    >>> beginning("Anna finds the log book."), beginning("由美は直す、夜に。")
    ('Anna finds the log', '由美は直す')
    """
    return " ".join(_PAUSE.split(text)[0].split()[:4]).rstrip(".,;:!?")[:60]


def _words(request: str) -> int | None:
    """Return how many words the book is to have, if the request says so; the largest number counts."""
    found = [number for told in unit().findall(" ".join(request.split())) for number in numbers(told)]
    found += [_myriads(told) for told in _MYRIADS.findall(request)]
    likely = [number for number in found if _LEAST <= number <= _MOST]
    return max(likely, default=None)


def _myriads(told: str) -> int:
    """Return how many words so many times ten thousand are."""
    plain = told.translate({ord(two): "二" for two in "两兩"})
    number = _NUMERALS.index(plain) + 1 if plain in _NUMERALS else float(plain)
    return round(number * 10_000)


_LEAST, _MOST = 300, 10_000_000
"""Words of a book."""
