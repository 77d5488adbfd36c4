"""Finds the card in a prompt: the part that says what to write, whatever its template calls it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from statistics import median

from storygen.rehearsal.labels import labelled, labels

FEWEST_WORDS, MOST_WORDS = 20, 50_000

_OPENING = re.compile(r"[ \t]{0,20}<([\w-]{1,40})(?:[ \t][^<>]{0,400})?>[ \t]*$")
_CLOSING = re.compile(r"[ \t]{0,20}</([\w-]{1,40})>[ \t]*$")
_NUMBER = r"\d{1,3}(?:[.,’'\u00a0\u202f ]\d{3}){1,2}|\d+"
_ITEM = re.compile(r"^\s*(?:[-*+•–—·]|\(?(?:\d{1,3}|[a-z])[.)])\s+(?P<text>\S.*)$")
_CODE_ONLY = re.compile(r"^(?:`[^`]+`[\s,;]*)+$")
_NO_BEATS = {"other", "must", "cast", "audience", "enter", "leave"}
_PROSE = 25
"""Words of an unmarked paragraph from which on it is prose and no part of a card."""


def card_text(texts: Iterable[str]) -> str:
    """Return the card among the blocks of the turn that asks: the likeliest part, and of equals the last."""
    found = [part for text in texts for part in _parts(text)]
    likeliest = max(enumerate(found), key=lambda nth: (nth[1].likelihood, nth[0]))[1].text
    kept = "\n\n".join(part for part in re.split(r"\n\s*\n", likeliest) if not _is_prose(part))
    return kept.strip() or likeliest


def is_titled(text: str) -> bool:
    """Whether *text* says what is to be written, and not only how it goes on: it gives a title."""
    return "title" in _known_fields(text)


def item(line: str) -> str | None:
    """Return the text of a list item in any marker, or None for any other line.

    >>> item("1. Tom refuses payment."), item("• Anna sees the lamp."), item("Anna sees the lamp.")
    ('Tom refuses payment.', 'Anna sees the lamp.', None)
    """
    found = _ITEM.match(line)
    return found["text"].strip() if found else None


def items(text: str) -> list[str]:
    r"""Return the list of *text* that holds the beats.

    A list under a label that says so comes first, then a numbered one, then the last. Fields, bare code and
    lists under the label of something else are no beats.

    >>> items("Recap:\n- She slept.\n\nBeats:\n- Tom refuses\n  payment.\n- Anna sees the lamp.")
    ['Tom refuses payment.', 'Anna sees the lamp.']
    """
    lists = [found for found in _lists(text) if found.items and found.under not in _NO_BEATS]
    best = max(
        enumerate(lists), key=lambda nth: (nth[1].under == "beats", nth[1].numbered, nth[0]), default=None
    )
    return best[1].items if best else []


@dataclass(slots=True)
class _List:
    under: str | None
    numbered: bool = False
    items: list[str] = field(default_factory=list)


def _lists(text: str) -> Iterator[_List]:
    """Yield the runs of list items, each with the field that the line above it names."""
    current = _List(None)
    for line in text.splitlines():
        listed = item(line)
        if listed and not field_of(line):
            current.numbered |= line.strip()[0].isalnum()
            current.items += [] if _CODE_ONLY.match(listed) else [listed]
        elif current.items and line.startswith("  ") and line.strip():
            current.items[-1] += f" {line.strip()}"
        elif line.strip():
            yield current
            current = _List(labels().field(_heading(line)))
    yield current


def _heading(line: str) -> str:
    pair = labelled(line)
    if pair and pair[1]:
        return ""
    return pair[0] if pair else line.strip("#*_: \t<>")


def field_of(line: str) -> tuple[str, str] | None:
    """Return the field that a line gives under a known label, and its value; None for any other line.

    In a list the label has to be known to the letter, because beats have colons too.

    >>> field_of("Words (about): 900"), field_of("- Words: 900"), field_of("- When it stops: wait.")
    (('words', '900'), ('words', '900'), None)
    """
    pair = labelled(line)
    if pair is None:
        return None
    label, value = pair
    known = labels().fields.get(label.lower()) if item(line) else labels().field(label)
    return (known, value) if known else None


def length(text: str) -> int | None:
    """Return the number of words that *text* asks for, or None where it says nothing of it.

    >>> length("Words: 900 to 1,100, about 1,000"), length("Etwa 1.200 Wörter."), length("In 1961 she came.")
    (1000, 1200, None)
    """
    lines = text.splitlines()
    told = [line for line in lines if (given := field_of(line)) and given[0] == "words"]
    counted = [line for line in lines if unit().search(line) and not item(line)]
    for line in (*told, *reversed(counted)):
        found = [number for number in numbers(line) if FEWEST_WORDS <= number <= MOST_WORDS]
        if found:
            return round(median(found))
    return None


def numbers(line: str) -> list[int]:
    """Return the whole numbers of a line, whatever parts their thousands."""
    return [int(re.sub(r"\D", "", number)) for number in re.findall(_NUMBER, line)]


def _is_prose(part: str) -> bool:
    marked = any(item(line) or labelled(line) or line.startswith("#") for line in part.splitlines())
    return not marked and len(part.split()) >= _PROSE and length(part) is None


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a prompt: what an element holds, or what stands outside all of them."""

    text: str
    tag: str = ""

    @property
    def likelihood(self) -> int:
        """How much the part looks like a card: by its tag, its length, its beats, its fields."""
        known = _known_fields(self.text)
        return (
            5 * (labels().field(self.tag) == "card")
            + 4 * (length(self.text) is not None)
            + 2 * bool(items(self.text))
            + 2 * ("title" in known)
            + min(3, len(known))
        )


def _parts(text: str) -> list[_Part]:
    """Return the elements of *text* and what stands outside; a field's element is no part."""
    lines = text.split("\n")
    closings = {found[1]: at for at, line in enumerate(lines) if (found := _CLOSING.match(line))}
    parts, outside = list[_Part](), list[str]()
    inside: tuple[str, int] | None = None
    for at, line in enumerate(lines):
        opening, closing = _OPENING.match(line), _CLOSING.match(line)
        if inside and closing and closing[1] == inside[0]:
            parts.append(_Part("\n".join(lines[inside[1] : at]), inside[0]))
            inside = None
        elif not inside and opening and _is_apart(opening[1]) and closings.get(opening[1], 0) > at:
            inside = (opening[1], at + 1)
        elif not inside:
            outside.append(line)
    return [part for part in (*parts, _Part("\n".join(outside))) if part.text.strip()] or [_Part(text)]


def _is_apart(tag: str) -> bool:
    return labels().field(tag) in {None, "other", "card"}


def _known_fields(text: str) -> set[str]:
    return {given[0] for line in text.splitlines() if (given := field_of(line))}


@cache
def unit() -> re.Pattern[str]:
    """Return what finds a number of words, in any language that is known."""
    units = "|".join(re.escape(unit) for unit in labels().units)
    return re.compile(rf"(?:{_NUMBER})[\s-]*(?:{units})(?!\w)", re.IGNORECASE)
