"""A mapping becomes a card: the fields that the table knows, each with its value and its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from storygen.draft import Finding
from storygen.outline import hidden
from storygen.outline.fields import Field, Want, Where, fields_at
from storygen.outline.mistakes import not_text, twice, unknown_field
from storygen.outline.paths import Shelf
from storygen.outline.scraps import Items, Pairs, Scalar, Scrap
from storygen.outline.sheet import Spot

MANY = 200
"""After so many findings nobody is told any more what a misspelt field was meant to be."""

Value: TypeAlias = Any
"""What the reader of a field's kind makes of it; the table says which kind."""


@dataclass(frozen=True, slots=True)
class Card:
    """The fields of one mapping: their values by name, and where each stands.

    A field whose value is of no use has a place and no value.
    """

    values: Mapping[str, Any]
    spots: Mapping[str, Spot]
    spot: Spot

    def get(self, name: str, default: Value = None) -> Value:
        """Return the value of the field *name*, or *default* where it is not given."""
        return self.values.get(name, default)

    def at(self, name: str) -> Spot:
        """Return where the field *name* stands, or else the whole mapping."""
        return self.spots.get(name, self.spot)


@dataclass(slots=True)
class Reader:
    """Reads fields as *wants* says, looks up files on the *shelf*, and collects what it finds."""

    shelf: Shelf
    wants: Mapping[Want, Read]
    found: list[Finding] = field(default_factory=list)

    def card(self, pairs: Pairs, where: Where, called: str) -> Card:
        """Read all fields of *pairs*, which is *called* so in sentences and stands at *where*."""
        return self.among(pairs, fields_at(where), called)

    def among(self, pairs: Pairs, table: Mapping[str, Field], called: str) -> Card:
        """Read the fields of *pairs* that are in the *table*; all others are findings."""
        values: dict[str, Any] = {}
        spots: dict[str, Spot] = {}
        keys: dict[str, Spot] = {}
        for key, scrap in pairs.pairs:
            known = self._known(key, table, called)
            if known is None or not self._first(key, known, keys):
                continue
            if isinstance(scrap, Scalar) and scrap.nothing:
                self._empty(key, known, spots)
                continue
            spots[known.name] = scrap.spot
            value = None if isinstance(scrap, Scalar) and scrap.broken else self.value(scrap, known, key)
            if value is not None:
                values[known.name] = value
        return Card(values, spots, pairs.spot)

    def value(self, scrap: Scrap, known: Field, key: Scalar) -> Value:
        """Read *scrap* as what the field *known* wants; None, and a finding, if it is something else."""
        return self.wants[known.want](self, scrap, known, key)

    def _known(self, key: Scalar, table: Mapping[str, Field], called: str) -> Field | None:
        known = table.get(key.text)
        if known is None:
            self.found.append(unknown_field(key, table if len(self.found) < MANY else {}, called))
        return known

    def _first(self, key: Scalar, known: Field, keys: dict[str, Spot]) -> bool:
        if known.name in keys:
            self.found.append(twice(key, keys[known.name]))
            return False
        keys[known.name] = key.spot
        return True

    def _empty(self, key: Scalar, known: Field, spots: dict[str, Spot]) -> None:
        """Take a field with nothing behind it for none, but not a title."""
        if known.want is Want.TITLE:
            spots[known.name] = key.spot
            self.found.append(
                key.spot.error(
                    "outline/empty-field",
                    f"`{key.text}` has nothing behind it",
                    tip=f'write: {key.text}: "…"',
                )
            )

    def scalar(self, scrap: Scrap, known: Field, key: Scalar) -> Scalar | None:
        """Return *scrap* if it is a text; a finding if it is not."""
        if not isinstance(scrap, Scalar):
            self.found.append(not_text(scrap, known, key))
            return None
        return None if scrap.broken else scrap

    def text(self, scrap: Scrap, known: Field, key: Scalar) -> Scalar | None:
        """Return *scrap* as a clean text; None, and a finding, if it is none."""
        scalar = self.scalar(scrap, known, key)
        if scalar is None:
            return None
        clean, remarks = hidden.cleaned(scalar)
        self.found += remarks
        return clean

    def texts(
        self, scrap: Scrap, known: Field, key: Scalar, *, cut: Callable[[str], list[str]]
    ) -> list[Scalar]:
        """Return the texts of a list; a single text is *cut* into several."""
        if isinstance(scrap, Items):
            read = [self.text(item, known, key) for item in scrap.items if not _is_nothing(item)]
            return [item for item in read if item is not None]
        whole = self.text(scrap, known, key)
        if whole is None:
            return []
        return [_part(whole, text) for text in cut(whole.text)]


def _is_nothing(scrap: Scrap) -> bool:
    return isinstance(scrap, Scalar) and scrap.nothing


def _part(whole: Scalar, text: str) -> Scalar:
    """Return *text*, a part of *whole*, at its own place where it can be seen in the line."""
    line = whole.spot.sheet.line(whole.spot.line)
    at = line.find(text, max(whole.spot.column - 1, 0))
    if at < 0:
        return replace(whole, text=text)
    return Scalar(text, replace(whole.spot, column=at + 1, width=len(text)), plain=whole.plain)


Read: TypeAlias = Callable[[Reader, Scrap, Field, Scalar], Any]
"""How a kind of value is read: the scrap, the field that wants it, the key that it stands behind."""
