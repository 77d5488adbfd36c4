"""What colour somebody's eyes are: what the codex says of it, and what the text says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from storygen.draft import Finding
from storygen.outline.tree import Entry, Outline
from storygen.review.page import Page
from storygen.review.rules import ATTRIBUTE
from storygen.review.vocabulary import code_of, vocabulary

_SHORTEST = 3
_PLACE = re.compile(r"\{([a-z]+)\}")


def is_checked(tag: str) -> bool:
    """Whether the language *tag* has words for it."""
    return bool(vocabulary(code_of(tag)).names)


@dataclass(frozen=True, slots=True)
class _Fact:
    """The colour of a part of somebody, and where that is said."""

    colour: str
    place: str


class Attributes:
    """Compares the colours of eyes, hair and beards, by whom they belong to."""

    def __init__(self, outline: Outline) -> None:
        """Know what the codex of *outline* says of them; what a change speaks of is open."""
        table = vocabulary(code_of(outline.lang)).names
        owners = _owners(outline) if table else {}
        self._table = _Table(table, owners) if owners else None
        self._facts: dict[tuple[str, str], _Fact] = {}
        self._open: set[tuple[str, str]] = set()
        for entry in outline.codex if self._table else ():
            self._plan(entry)

    def read(self, page: Page) -> Iterator[Finding]:
        """Yield a finding where *page* gives somebody another colour than the codex or an earlier section."""
        if self._table is None or self._table.parts.isdisjoint(page.words):
            return
        for owner, part, colour, span in self._table.found(page.prose):
            if (owner, part) in self._open:
                continue
            known = self._facts.setdefault((owner, part), _Fact(colour, page.section.id))
            if known.colour != colour:
                yield page.finding(
                    ATTRIBUTE, span, f"{owner}’s {part}: {colour} here, {known.colour} in {known.place}"
                )

    def _plan(self, entry: Entry) -> None:
        if self._table is None:
            return
        for part, colour in self._table.described(entry.about):
            self._facts.setdefault((entry.name, part), _Fact(colour, "the codex"))
        for change in entry.changes:
            self._open |= {(entry.name, part) for part in self._table.parts_in(change.about)}


class _Table:
    """The words of one language for colours and parts, and the names that they can belong to."""

    def __init__(self, table: Mapping[str, Any], owners: Mapping[str, str]) -> None:
        self._owners = owners
        self._same: dict[str, str] = table["same"]
        self._parts = {word: part for part, words in table["parts"].items() for word in words.split()}
        self.parts = frozenset(word.lower() for word in self._parts)
        names = "|".join(sorted(map(re.escape, owners), key=len, reverse=True))
        self._colour = rf"(?P<colour>{'|'.join(sorted(table['colours'].split(), key=len, reverse=True))})"
        self._colour += table["endings"]
        self._part = rf"(?P<part>{'|'.join(self._parts)})"
        self._filler: str = table["filler"]
        self._patterns = [self._filled(each, names) for each in table["patterns"]]
        self._descriptions = [self._filled(each, names) for each in table["descriptions"]]

    def found(self, text: str) -> Iterator[tuple[str, str, str, tuple[int, int]]]:
        """Yield whose what has which colour in *text*, and where."""
        for pattern in self._patterns:
            for hit in pattern.finditer(text):
                yield (
                    self._owners[hit["name"]],
                    self._parts[hit["part"].lower()],
                    self._colour_of(hit),
                    hit.span(),
                )

    def described(self, about: str) -> Iterator[tuple[str, str]]:
        """Yield what an entry that says *about* has, and its colour."""
        for pattern in self._descriptions:
            for hit in pattern.finditer(about):
                yield self._parts[hit["part"].lower()], self._colour_of(hit)

    def parts_in(self, text: str) -> set[str]:
        """Return the parts that *text* speaks of."""
        return {
            self._parts[found[0].lower()]
            for found in re.finditer(rf"\b(?:{'|'.join(self._parts)})\b", text, re.IGNORECASE)
        }

    def _colour_of(self, hit: re.Match[str]) -> str:
        colour = hit["colour"].lower()
        return self._same.get(colour, colour)

    def _filled(self, pattern: str, names: str) -> re.Pattern[str]:
        parts = {
            "name": rf"(?P<name>(?-i:{names}))",
            "colour": self._colour,
            "part": self._part,
            "filler": self._filler,
        }
        filled = re.sub(r"\{([a-z]+)\}", lambda found: parts[found[1]], pattern)
        return re.compile(rf"(?<!\w){filled}(?!\w)", re.IGNORECASE)


def _owners(outline: Outline) -> dict[str, str]:
    """Return every name that belongs to one entry alone, with that entry's own name."""
    found: dict[str, set[str]] = {}
    for entry in outline.codex:
        parts = {
            part
            for name in entry.names
            for part in name.split()
            if part[:1].isupper() and len(part) >= _SHORTEST
        }
        for name in {*entry.names, *parts}:
            found.setdefault(name, set()).add(entry.name)
    return {name: next(iter(entries)) for name, entries in found.items() if len(entries) == 1}
