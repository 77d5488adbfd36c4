"""A model's reply to a request for a plan becomes the piece of a plan that it is, or faults for the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from storygen.draft import Finding
from storygen.outline.branch import LEVEL_OF
from storygen.outline.cards import Card
from storygen.outline.fields import LEVELS, Field, Want, Where, fields_at
from storygen.outline.paths import Shelf
from storygen.outline.planned import Constraint, Piece, Plan
from storygen.outline.replies import yaml_in
from storygen.outline.scraps import Items, Pairs, Scalar, Scrap
from storygen.outline.sheet import Sheet
from storygen.outline.tree import Ending, Entry, Include, Kind, Level, Style
from storygen.outline.values import reader_of
from storygen.outline.yaml_composer import Fragment
from storygen.outline.yaml_reader import read_leniently

_NOBODY = Where(0)
_OWN = {
    each.name: each
    for each in (
        Field("style", Want.NODES, _NOBODY, "The conventions."),
        Field("codex", Want.CODEX, _NOBODY, "What must stay true."),
        Field("constraints", Want.NODES, _NOBODY, "What the request asks for: id, text, throughout."),
        Field("id", Want.ID, _NOBODY, "What a constraint is called in `serves`."),
        Field("text", Want.TEXT, _NOBODY, "The constraint in the words of the request."),
        Field("throughout", Want.SWITCH, _NOBODY, "Whether it holds in the whole book."),
        Field("serves", Want.IDS, _NOBODY, "The ids of the constraints that are met here."),
    )
}
_LINES = ("beats", "facts", "plant", "pay", "must")


def _fields(where: Where, *names: str) -> Mapping[str, Field]:
    return {name: _OWN.get(name) or fields_at(where)[name] for name in names}


_WHOLE = _fields(
    Where.TOP,
    "title",
    "author",
    "lang",
    "words",
    "summary",
    "audience",
    "style",
    "codex",
    "constraints",
    *LEVELS,
)
_NODE = _fields(
    Where.LEAF,
    *("title", "words", "summary", "enter", "leave", "serves", "pov", "cast", "place", "time", "type"),
    *(*_LINES, "ending", *LEVELS),
)
_DIVISION = _fields(Where.TOP, "codex", *LEVELS)
_STYLE = _fields(Where.STYLE, "person", "tense", "tone", "quotes", "avoid")
_ENTRY = _fields(Where.ENTRY, "name", "kind", "aliases", "about", "voice", "include")
_CONSTRAINT = _fields(_NOBODY, "id", "text", "throughout")
"""What a reply may say. Nothing in it names a file, a model or a place on the disk."""

_HARMLESS = {"outline/unknown-field", "outline/misplaced-field", "outline/not-a-setting"}
"""What a plan has no use for is passed over, unless it is nearly the name of a field."""

_MEANT: Mapping[Kind, Mapping[Level, Level]] = {
    Kind.FICTION: {Level.SECTION: Level.SCENE, Level.PAGE: Level.CHAPTER},
    Kind.DOCS: {Level.CHAPTER: Level.PAGE, Level.SCENE: Level.SECTION},
}


@dataclass(frozen=True, slots=True)
class Division:
    """What a node is divided into, and the codex entries that this needs."""

    below: tuple[Piece, ...]
    codex: tuple[Entry, ...] = ()


def read_plan(reply: str, *, kind: Kind) -> tuple[Plan | None, tuple[Finding, ...]]:
    """Return the plan of a whole book that *reply* holds, if it holds one, and what is wrong with it."""
    hand = _Hand(kind, reply, _WHOLE)
    card = hand.card(_WHOLE, "the plan")
    if card is None:
        return None, hand.faults
    low, high = card.get("words", (0, 0))
    plan = Plan(
        title=card.get("title", ""),
        kind=kind,
        words=(low + high) // 2,
        lang=card.get("lang", ""),
        author=card.get("author", ()),
        summary=card.get("summary", ""),
        audience=card.get("audience", ""),
        style=hand.style(card.get("style")),
        codex=tuple(hand.entries(card.get("codex"))),
        constraints=tuple(hand.constraints(card.get("constraints"))),
        below=hand.below(card, None),
    )
    return plan, hand.faults


def read_division(reply: str, *, kind: Kind, level: Level) -> tuple[Division | None, tuple[Finding, ...]]:
    """Return into which nodes of *level* the *reply* divides one, if it does, and what is wrong with it."""
    hand = _Hand(kind, reply, {**_DIVISION, **_NODE})
    if isinstance(hand.scrap, Items):
        return Division(tuple(hand.nodes(hand.scrap, level))), hand.faults
    card = hand.card(_DIVISION, "a division")
    if card is None:
        return None, hand.faults
    return Division(hand.below(card, level), tuple(hand.entries(card.get("codex")))), hand.faults


class _Hand:
    """Reads one reply; what it cannot read is among its `faults`."""

    def __init__(self, kind: Kind, reply: str, names: Mapping[str, Field]) -> None:
        self.kind = kind
        sheet = Sheet("", yaml_in(reply, names))
        self.scrap, found = read_leniently(Fragment(sheet, sheet.text))
        self._reader = reader_of(Shelf(Path(), Path(), Path()), found)
        self._sheet = sheet

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What the model should mend, in the order of its lines."""
        kept = (each for each in self._reader.found if each.rule not in _HARMLESS or _nearly_meant(each))
        return tuple(sorted(kept, key=lambda each: (each.line, each.column)))

    def card(self, table: Mapping[str, Field], called: str) -> Card | None:
        """Return the whole reply as a card."""
        if isinstance(self.scrap, Pairs):
            return self._reader.among(self.scrap, table, called)
        if not self._reader.found:
            message = f"the reply holds no YAML that begins with `{next(iter(table))}:`"
            self._reader.found.append(self._sheet.whole.error("plan/no-plan", message))
        return None

    def below(self, card: Card, level: Level | None) -> tuple[Piece, ...]:
        """Return the nodes below *card*; they have *level*, whatever the reply calls it."""
        name = next((name for name in LEVELS if name in card.values), None)
        if name is None:
            return ()
        named = LEVEL_OF[name]
        return tuple(self.nodes(card.get(name), level or _MEANT[self.kind].get(named, named)))

    def nodes(self, scrap: Scrap, level: Level) -> Iterator[Piece]:
        """Yield the nodes of a list; a text alone is a title."""
        for item in self._items(scrap):
            if isinstance(item, Pairs):
                yield self._node(self._reader.among(_as_lines(item), _NODE, f"a {level}"), level)
            elif isinstance(item, Scalar) and not item.nothing:
                yield Piece(level, item.text, 0)

    def _node(self, card: Card, level: Level) -> Piece:
        low, high = card.get("words", (0, 0))
        pov, place = (value.text if (value := card.get(name)) else "" for name in ("pov", "place"))
        ending = card.get("ending")
        return Piece(
            level=level,
            title=card.get("title", ""),
            words=(low + high) // 2,
            pov=pov,
            place=place,
            cast=_names(card, "cast"),
            serves=_names(card, "serves"),
            ending=Ending(ending) if ending else None,
            below=self.below(card, None),
            **{name: card.get(name, "") for name in ("summary", "enter", "leave", "time", "type")},
            **{name: card.get(name, ()) for name in _LINES},
        )

    def style(self, scrap: Scrap | None) -> Style:
        """Return the conventions."""
        if not isinstance(scrap, Pairs):
            return Style()
        return Style(**self._reader.among(scrap, _STYLE, "`style`").values)

    def entries(self, scrap: Scrap | None) -> Iterator[Entry]:
        """Yield codex entries; those without a name are none."""
        for card in self._cards(scrap, _ENTRY, "a codex entry"):
            if card.get("name"):
                yield Entry(
                    name=card.get("name"),
                    kind=card.get("kind", ""),
                    aliases=_names(card, "aliases"),
                    about=card.get("about", ""),
                    voice=card.get("voice", ""),
                    include=Include(card.get("include", "auto")),
                )

    def constraints(self, scrap: Scrap | None) -> Iterator[Constraint]:
        """Yield the constraints."""
        for card in self._cards(scrap, _CONSTRAINT, "a constraint"):
            name = card.get("id")
            if name and card.get("text"):
                yield Constraint(name.text, card.get("text"), card.get("throughout", False))

    def _cards(self, scrap: Scrap | None, table: Mapping[str, Field], called: str) -> Iterator[Card]:
        for item in self._items(scrap):
            if isinstance(item, Pairs):
                yield self._reader.among(item, table, called)
            else:
                tip = f"- {next(iter(table))}: …"
                self._reader.found.append(
                    item.spot.error("outline/wrong-type", f"{called} has fields of its own", tip=tip)
                )

    def _items(self, scrap: Scrap | None) -> tuple[Scrap, ...]:
        return scrap.items if isinstance(scrap, Items) else (scrap,) if scrap else ()


def _nearly_meant(finding: Finding) -> bool:
    return finding.rule == "outline/unknown-field" and bool(finding.under)


def _names(card: Card, field: str) -> tuple[str, ...]:
    return tuple(name.text for name in card.get(field, ()))


def _as_lines(node: Pairs) -> Pairs:
    """Read `- Anna: finds the lamp` in a list of lines as the text that it is meant to be."""
    return replace(
        node,
        pairs=tuple(
            (key, _line_by_line(value) if key.text in _LINES else value) for key, value in node.pairs
        ),
    )


def _line_by_line(scrap: Scrap) -> Scrap:
    return replace(scrap, items=tuple(map(_one_line, scrap.items))) if isinstance(scrap, Items) else scrap


def _one_line(scrap: Scrap) -> Scrap:
    match scrap:
        case Pairs(pairs=((key, Scalar() as value),)):
            return Scalar(f"{key.text}: {value.text}", scrap.spot, plain=False)
        case _:
            return scrap
