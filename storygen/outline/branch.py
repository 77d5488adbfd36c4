"""The tree as its author drew it: every node with its own fields, nothing inherited yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from storygen.outline.cards import Card, Reader
from storygen.outline.fields import FIELDS, LEVELS, Where, fields_at
from storygen.outline.mistakes import quoted
from storygen.outline.scraps import Items, Pairs, Scalar, Scrap
from storygen.outline.sheet import Spot
from storygen.outline.tree import Level

LEVEL_OF = {
    "parts": Level.PART,
    "chapters": Level.CHAPTER,
    "scenes": Level.SCENE,
    "pages": Level.PAGE,
    "sections": Level.SECTION,
}

_LEAF_ONLY = tuple(field.name for field in FIELDS if field.where == Where.LEAF)


@dataclass(frozen=True, slots=True)
class Branch:
    """A node: its own fields, what its level is called, where its title stands, and what is below."""

    card: Card
    level: Level
    spot: Spot
    children: tuple[Branch, ...] = ()


_FIRST_TITLE = ("begin with: title: The Lamp Room", "begin with three lines: ---, title: The Lamp Room, ---")
_FIRST_SECTION = (
    "add `sections:` and a list of titles, each on a line of its own: - The boat",
    "add one heading for each section below the title: ## The boat",
)
"""What to do in YAML, and in Markdown."""


def read_root(reader: Reader, pairs: Pairs) -> Branch:
    """Read a whole outline; findings go to *reader*."""
    markdown = pairs.spot.sheet.markdown
    place = replace(pairs.spot, line=max(pairs.spot.line, 1), column=max(pairs.spot.column, 1), width=1)
    card = reader.card(pairs, Where.TOP, "an outline")
    if "title" not in card.spots and not _complained(reader):
        message = "the outline has no title"
        reader.found.append(place.error("outline/missing-title", message, tip=_FIRST_TITLE[markdown]))
    children = _children(reader, card, "")
    if not children and not any(name in card.spots for name in LEVELS) and not _complained(reader):
        message = "the outline has no sections"
        reader.found.append(place.error("outline/no-sections", message, tip=_FIRST_SECTION[markdown]))
    return Branch(card, Level.SECTION, card.at("title"), children)


def _complained(reader: Reader) -> bool:
    """Whether a field that is misspelt may be the reason why something is missing."""
    return any(finding.rule == "outline/unknown-field" for finding in reader.found)


def _children(reader: Reader, card: Card, path: str) -> tuple[Branch, ...]:
    named = [name for name in LEVELS if name in card.values]
    if len(named) > 1:
        first, second = sorted(named, key=lambda name: (card.at(name).line, card.at(name).column))[:2]
        reader.found.append(
            replace(card.at(second), width=1).error(
                "outline/two-levels",
                f"`{first}` and `{second}` stand on the same node, so nobody knows which comes first",
                tip=f"put all of them under `{first}`",
            )
        )
    return tuple(branch for name in named[:1] for branch in _level(reader, card, name, path))


def _level(reader: Reader, card: Card, name: str, path: str) -> Iterator[Branch]:
    scrap = card.get(name)
    if not isinstance(scrap, Items):
        reader.found.append(
            replace(scrap.spot, width=1).error(
                "outline/wrong-type",
                f"`{name}` takes a list",
                tip="put a hyphen before each: - title: …",
            )
        )
        return
    if not scrap.items:
        reader.found.append(
            scrap.spot.error(
                "outline/no-sections", f"`{name}` is an empty list", tip="add a title, or take it out"
            )
        )
    for number, item in enumerate(scrap.items, 1):
        yield from _branch(reader, item, LEVEL_OF[name], f"{path}{name}[{number}]")


def _branch(reader: Reader, scrap: Scrap, level: Level, path: str) -> Iterator[Branch]:
    """Read one node. The list item `- The boat` is a node of that title."""
    match scrap:
        case Pairs():
            pairs = _as_title(reader, scrap) or scrap
            yield _node(reader, pairs, level, path)
        case Scalar() if scrap.broken:
            return
        case Scalar() if not scrap.nothing:
            title = Scalar("title", scrap.spot)
            yield _node(reader, Pairs(((title, scrap),), scrap.spot), level, path)
        case Scalar():
            reader.found.append(
                scrap.spot.error(
                    "outline/missing-title", f"`{path}` is empty", tip="write a title behind the hyphen"
                )
            )
        case Items():
            reader.found.append(
                replace(scrap.spot, width=1).error(
                    "outline/wrong-type", f"`{path}` is a list, and a {level} has a title", tip="- title: …"
                )
            )


def _as_title(reader: Reader, pairs: Pairs) -> Pairs | None:
    """Read `- Chapter 1: The Storm` as the title that it is meant to be, with a finding."""
    (key, value), *rest = pairs.pairs or ((None, None),)
    if (
        rest
        or key is None
        or not key.plain
        or key.text in fields_at(~Where(0))
        or not isinstance(value, Scalar)
    ):
        return None
    if "{{" in key.spot.sheet.line(key.spot.line) or " " not in key.text + value.text:
        return None
    text = f"{key.text}: {value.text}"
    colon = replace(key.spot, column=key.spot.column + key.spot.width, width=1)
    reader.found.append(
        colon.error(
            "outline/colon", "a colon followed by a space needs quotes", tip=f"write: - {quoted(text)}"
        )
    )
    return Pairs(((Scalar("title", key.spot), Scalar(text, key.spot, plain=False)),), pairs.spot)


def _node(reader: Reader, pairs: Pairs, level: Level, path: str) -> Branch:
    before = len(reader.found)
    card = reader.card(pairs, Where.NODE, f"a {level}")
    misspelt = any(finding.rule == "outline/unknown-field" for finding in reader.found[before:])
    if "title" not in card.spots and not misspelt:
        reader.found.append(
            replace(pairs.spot, width=1).error(
                "outline/missing-title", f"`{path}` has no title", tip="add a line: title: …"
            )
        )
    children = _children(reader, card, f"{path}.")
    _check_place(reader, card, heading=bool(children))
    return Branch(card, level, card.at("title"), children)


def _check_place(reader: Reader, card: Card, *, heading: bool) -> None:
    """Warn of fields that have no effect where they stand."""
    if heading and not card.get("intro"):
        for name in _LEAF_ONLY:
            if name in card.values:
                reader.found.append(
                    card.at(name).warning(
                        "outline/misplaced-field",
                        f"`{name}` is not used here: what has sections below is only a heading",
                        tip="move it to a section below, or add `intro: true` for a short lead-in",
                    )
                )
    if not heading and card.get("intro"):
        reader.found.append(
            card.at("intro").note("outline/misplaced-field", "`intro` has no effect: nothing is below this")
        )
