"""A Markdown outline becomes the same scraps as a YAML one: headings are the tree."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from storygen.draft import Finding
from storygen.outline.markdown_page import Block, Kind, Page, read_page
from storygen.outline.scraps import Items, Pairs, Scalar, Scrap
from storygen.outline.sheet import Sheet, Spot
from storygen.outline.yaml_composer import Fragment
from storygen.outline.yaml_reader import read_yaml


@dataclass(slots=True)
class _Growing:
    """A node that still takes in what stands under its heading."""

    level: int
    spot: Spot
    pairs: list[tuple[Scalar, Scrap]] = field(default_factory=list)
    summary: list[Scalar] = field(default_factory=list)
    beats: list[Scalar] = field(default_factory=list)
    children: list[_Growing] = field(default_factory=list)

    @property
    def height(self) -> int:
        """How many levels are below."""
        return 1 + max((child.height for child in self.children), default=-1)


def read_markdown(sheet: Sheet) -> tuple[Pairs | None, list[Finding]]:
    """Return what the outline in *sheet* says, and every finding; None where it is no outline."""
    page = read_page(sheet)
    if page.broken:
        return None, page.found
    if not any(block.kind is Kind.HEADING for block in page.blocks):
        return None, [*page.found, _no_headings(sheet)]
    root = _grow(page)
    return _closed(root, _levels(page.front, root.height)), page.found


def _no_headings(sheet: Sheet) -> Finding:
    return sheet.whole.error(
        "outline/no-headings",
        "this file has no headings, so it is no outline",
        tip="begin with `# The title`; then one `## Heading` for each section, and what happens as a list\n"
        f"or, if it is a request for a book: storygen plan {shlex.quote(sheet.path)}",
    )


def _grow(page: Page) -> _Growing:
    """Hang every block under its heading."""
    root = _Growing(0, page.front.spot, list(page.front.pairs))
    hoisted = _title_block(page)
    path = [root]
    for block in page.blocks:
        if block is hoisted:
            if not any(key.text == "title" for key, _ in root.pairs):
                root.pairs.append((Scalar("title", block.text.spot), block.text))
                root.spot = block.text.spot
            continue
        if block.kind is Kind.HEADING:
            while path[-1].level >= block.level and len(path) > 1:
                path.pop()
            node = _opened(block)
            path[-1].children.append(node)
            path.append(node)
        else:
            _take(path[-1], block, page.found)
    return root


def _title_block(page: Page) -> Block | None:
    """Return the heading that is the book's title, if there is one."""
    tops = [block for block in page.blocks if block.kind is Kind.HEADING and block.level == 1]
    first = next(block for block in page.blocks if block.kind is Kind.HEADING)
    if len(tops) != 1 or tops[0] is not first:
        return None
    titles = [
        value.text for key, value in page.front.pairs if key.text == "title" and isinstance(value, Scalar)
    ]
    return first if titles in ([], [first.text.text]) else None


def _opened(block: Block) -> _Growing:
    spot = block.text.spot
    node = _Growing(block.level, spot, [(Scalar("title", spot), block.text)])
    for word in block.attributes:
        if word.startswith("#"):
            column = spot.sheet.line(spot.line).rfind(word) + 2
            place = Spot(spot.sheet, spot.line, column, len(word) - 1)
            node.pairs.append((Scalar("id", place), Scalar(word[1:], place)))
        elif word in {"-", ".unnumbered"}:
            node.pairs.append((Scalar("numbered", spot), Scalar("false", spot)))
    return node


def _take(node: _Growing, block: Block, found: list[Finding]) -> None:
    if block.kind is Kind.TEXT:
        node.summary.append(block.text)
    elif block.kind is Kind.BEAT:
        node.beats.append(block.text)
    elif block.key is not None:
        node.pairs.append((block.key, _value(block.text, found)))


def _value(text: Scalar, found: list[Finding]) -> Scrap:
    """Read a field's value: lists and mappings in brackets as YAML does, all else as it stands."""
    if not re.fullmatch(r"\[.*\]|\{.*\}", text.text):
        return text
    fragment = Fragment(text.spot.sheet, text.text, text.spot.line, text.spot.column)
    scrap, remarks = read_yaml(fragment)
    found += remarks
    return text if scrap is None else scrap


def _levels(front: Pairs, height: int) -> tuple[str, ...]:
    """Return what the levels of a tree of *height* levels are called, outermost first."""
    docs = any(
        key.text == "kind" and isinstance(value, Scalar) and value.text.casefold() == "docs"
        for key, value in front.pairs
    )
    if docs:
        return ("pages", *["sections"] * height)
    known = {1: ("chapters",), 2: ("chapters", "sections")}
    return known.get(height) or ("parts", "chapters", *["sections"] * (height - 3), "scenes")


def _closed(node: _Growing, levels: tuple[str, ...]) -> Pairs:
    """Return *node* as pairs, its children under the name of their level."""
    pairs = list(node.pairs)
    if node.summary:
        text = "\n\n".join(part.text for part in node.summary)
        first = node.summary[0].spot
        pairs.append((Scalar("summary", first), Scalar(text, first, plain=False)))
    if node.beats:
        first = node.beats[0].spot
        pairs.append((Scalar("beats", first), Items(tuple(node.beats), first)))
    if node.children:
        children = tuple(_closed(child, levels[1:]) for child in node.children)
        first = node.children[0].spot
        pairs.append((Scalar(levels[0], first), Items(children, first)))
    return Pairs(tuple(pairs), node.spot)
