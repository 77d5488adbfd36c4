"""YAML's events become scraps, and what is dangerous in them is refused before anything grows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from storygen.draft import Finding
from storygen.outline.mistakes import keeps, quoted, template_text, twice
from storygen.outline.scraps import Items, Pairs, Scalar, Scrap
from storygen.outline.sheet import Sheet, Spot

DEEPEST = 50
MOST_ALIASES = 100
MOST_COPIED = 10_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HARMLESS_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map")}
_HIDDEN = re.compile(r"[ \t]+(?P<text>#[^\s#!][^\n]*)")


class Unreadable(Exception):
    """Reading has to stop here."""

    def __init__(self, finding: Finding) -> None:
        """Keep what a person should know about it."""
        super().__init__(finding.message)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a sheet that holds YAML, from *line* and *column* of the sheet on."""

    sheet: Sheet
    text: str
    line: int = 1
    column: int = 1

    def spot(self, place: Spot) -> Spot:
        """Return where in the sheet *place* of the fragment is."""
        shift = self.column - 1 if place.line == 1 else 0
        return Spot(self.sheet, place.line + self.line - 1, place.column + shift, place.width)


@dataclass(slots=True)
class Composer:
    """Turns events into scraps and counts depth, aliases and copies while they come."""

    fragment: Fragment
    layout: Sheet
    found: list[Finding] = field(default_factory=list)
    _events: Iterator[yaml.Event] = field(init=False)
    _anchors: dict[str, tuple[Scrap, int]] = field(default_factory=dict)
    _open: set[str | None] = field(default_factory=set)
    _made: int = 0
    _copied: int = 0
    _aliases: int = 0

    def __post_init__(self) -> None:
        """Begin to read."""
        self._events = _events(self.layout.text)

    def document(self) -> Scrap | None:
        """Return the one document of the stream; None for an empty one."""
        scrap: Scrap | None = None
        for event in self._events:
            match event:
                case yaml.DocumentStartEvent() if scrap is not None:
                    raise Unreadable(self._second_document(event))
                case yaml.NodeEvent():
                    scrap = self._node(event, 1)
                case _:
                    pass
        return None if isinstance(scrap, Scalar) and scrap.nothing else scrap

    def _second_document(self, event: yaml.Event) -> Finding:
        return self._spot(*_edges(event)).error(
            "outline/second-document",
            "a second document begins here",
            tip="an outline is one document: put the second into a file of its own",
        )

    def _spot(self, start: int, end: int) -> Spot:
        return self.fragment.spot(self.layout.spot(min(start, len(self.layout.text)), end))

    def _node(self, event: yaml.Event, depth: int) -> Scrap:
        self._made += 1
        spot = self._spot(*_edges(event))
        if depth > DEEPEST:
            raise Unreadable(spot.error("outline/too-deep", f"this is more than {DEEPEST} levels deep"))
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), spot)
        before = self._made + self._copied
        anchor = getattr(event, "anchor", None)
        self._open.add(anchor)
        scrap = self._content(event, spot, depth)
        self._open.discard(anchor)
        if self._strange_tag(event, spot):
            scrap = Scalar("", spot, broken=True)
        if anchor is not None:
            self._anchors[anchor] = (scrap, self._made + self._copied - before + 1)
        return scrap

    def _content(self, event: yaml.Event, spot: Spot, depth: int) -> Scrap:
        match event:
            case yaml.ScalarEvent():
                return self._scalar(event, spot)
            case yaml.SequenceStartEvent():
                return Items(tuple(self._items(depth)), spot)
            case _:
                return self._mapping(spot, depth)

    def _scalar(self, event: yaml.ScalarEvent, spot: Spot) -> Scalar:
        plain = not event.style
        if plain:
            self._check_hidden(event)
        if event.anchor is not None and not event.value:
            self._reserved(spot, "&")
        if any("\ud800" <= char <= "\udfff" for char in event.value):
            self.found.append(
                spot.error(
                    "outline/surrogate", "half a character (a lone surrogate) cannot be written to a file"
                )
            )
        return Scalar(event.value.strip(), spot, plain=plain)

    def _items(self, depth: int) -> Iterator[Scrap]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event, depth + 1)

    def _mapping(self, spot: Spot, depth: int) -> Scrap:
        """Return pairs, or a text where the braces belong to a template."""
        pairs = tuple(self._pairs(depth))
        braces = spot.sheet.line(spot.line)[spot.column - 1 :]
        if not braces.startswith("{{"):
            return Pairs(pairs, spot)
        self.found.append(template_text(spot, braces))
        return Scalar("", spot, broken=True)

    def _pairs(self, depth: int) -> Iterator[tuple[Scalar, Scrap]]:
        seen: dict[str, Spot] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if self._sound(key, seen) and isinstance(key, Scalar):
                seen[key.text] = key.spot
                yield key, value

    def _sound(self, key: Scrap, seen: dict[str, Spot]) -> bool:
        """Whether *key* is a name that a pair can have; a finding if it is not."""
        if not isinstance(key, Scalar):
            if not key.spot.sheet.line(key.spot.line)[: key.spot.column].endswith("{{"):
                tip = "put the text in quotes"
                self.found.append(
                    key.spot.error("outline/syntax", "a field's name is a single word", tip=tip)
                )
            return False
        if key.plain and key.text == "<<":
            tip = "write the fields out, or put them on the node above: most are inherited"
            self.found.append(key.spot.error("outline/merge-key", "merge keys are not read", tip=tip))
            return False
        if key.text in seen:
            self.found.append(twice(key, seen[key.text]))
            return False
        return True

    def _alias(self, name: str, spot: Spot) -> Scrap:
        self._aliases += 1
        if name in self._open:
            self.found.append(
                spot.error("outline/alias", "this repeats what it is a part of", tip="write it out")
            )
            return Scalar("", spot, broken=True)
        scrap, size = self._anchors.get(name, (None, 0))
        self._copied += size
        if self._aliases > MOST_ALIASES or self._copied > MOST_COPIED:
            raise Unreadable(
                spot.error(
                    "outline/alias", "too much of this file is repeated by aliases", tip="write it out"
                )
            )
        if scrap is None:
            self._reserved(spot, "*")
            return Scalar("", spot, broken=True)
        return scrap

    def _reserved(self, spot: Spot, char: str) -> None:
        line = spot.sheet.line(spot.line)
        in_brackets = {"[", "{"} & set(line[: spot.column - 1])
        text = line[spot.column - 1 :][: spot.width if in_brackets else None]
        finding = replace(spot, width=1).error(
            "outline/reserved-character", keeps(char), tip=f"quote it: {quoted(text)}"
        )
        self.found.append(finding)

    def _strange_tag(self, event: yaml.Event, spot: Spot) -> bool:
        """Whether *event* has a tag that no outline needs; a finding if it has."""
        tag: str | None = getattr(event, "tag", None)
        if tag is None or tag in _HARMLESS_TAGS:
            return False
        if tag == "!":
            self._reserved(spot, "!")
            return True
        name = tag.replace("tag:yaml.org,2002:", "!!")
        finding = replace(spot, width=len(name)).error(
            "outline/tag",
            f"the tag `{name}` is refused: an outline holds texts, numbers and lists only",
            tip="take it away, or quote the line if `!` is part of the text",
        )
        self.found.append(finding)
        return True

    def _check_hidden(self, event: yaml.Event) -> None:
        """Warn of text behind ` #`, which YAML drops without a word."""
        text = self.layout.text
        start, end = _edges(event)
        hidden = _HIDDEN.match(text, end)
        if hidden is None:
            return
        whole = " ".join(text[start : hidden.end()].split())
        finding = self._spot(hidden.start("text"), hidden.end("text")).warning(
            "outline/hidden-comment",
            "text after ` #` is ignored",
            under="YAML reads this as a comment",
            tip=f"quote the text: {quoted(whole)}",
        )
        self.found.append(finding)


def _edges(event: yaml.Event) -> tuple[int, int]:
    """Return the characters between which *event* stands. Lines are not asked of YAML, which has its own."""
    if event.start_mark is None or event.end_mark is None:
        return 0, 0
    return event.start_mark.index, event.end_mark.index


def _events(text: str) -> Iterator[yaml.Event]:
    loader = _LOADER(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()
