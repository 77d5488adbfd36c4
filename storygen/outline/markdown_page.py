"""A Markdown file cut into what an outline is made of: headings, fields, paragraphs, list items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeAlias

from storygen.draft import Finding
from storygen.outline.fields import Where, fields_at
from storygen.outline.scraps import Pairs, Scalar
from storygen.outline.sheet import Sheet, Spot
from storygen.outline.yaml_composer import Fragment
from storygen.outline.yaml_reader import read_yaml
from storygen.text.markdown import parse

Token: TypeAlias = Any
"""A token of markdown-it, which only the text room imports."""

_FIELD = re.compile(r"\s*@(?P<key>[A-Za-z][\w-]*)[ \t]*:(?P<value>.*)")
_NO_COLON = re.compile(r"\s*@(?P<key>[A-Za-z][\w-]*)(?:[ \t].*)?")
_ATTRIBUTES = re.compile(r" ?\{(?P<all>[^{}]*)\}$")
_ATTRIBUTE = re.compile(r"#\S+|\.[\w-]+|-")
_MARKER = re.compile(r"[ \t]*(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]+)?")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


class Kind(Enum):
    """What a block of Markdown is to an outline."""

    HEADING = auto()
    FIELD = auto()
    TEXT = auto()
    BEAT = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with its level, a field with its key, a paragraph or a list item, and its first line."""

    kind: Kind
    text: Scalar
    first: int
    level: int = 0
    key: Scalar | None = None
    attributes: tuple[str, ...] = ()


@dataclass(slots=True)
class Page:
    """A Markdown file cut up: its front matter, its blocks, and what was found on the way.

    It is `broken` where nobody can tell what the front matter says.
    """

    front: Pairs
    blocks: list[Block]
    found: list[Finding]
    broken: bool = False


def read_page(sheet: Sheet) -> Page:
    """Cut *sheet* into front matter and blocks."""
    front, end, found = _front(sheet)
    broken = front is None
    body = "\n" * end + "\n".join(sheet.lines[end:])
    blocks: list[Block] = []
    for token in _tops(parse(body)):
        blocks += _blocks(sheet, token, found)
    return Page(front or Pairs((), sheet.whole), blocks, found, broken=broken)


def _front(sheet: Sheet) -> tuple[Pairs | None, int, list[Finding]]:
    """Return the front matter, how many lines it takes, and what is wrong with it; None if it is broken."""
    nothing = Pairs((), sheet.whole)
    if sheet.line(1).rstrip() != "---":
        return nothing, 0, []
    end = next((n for n, line in enumerate(sheet.lines[1:], 2) if line.rstrip() in {"---", "..."}), None)
    if end is None:
        opening = Spot(sheet, 1, 1, 3)
        tip = "close the first lines with a line of three hyphens"
        return None, 1, [opening.error("outline/unclosed", "the front matter is never closed", tip=tip)]
    scrap, found = read_yaml(Fragment(sheet, "\n".join(sheet.lines[1 : end - 1]), line=2))
    if isinstance(scrap, Pairs):
        return scrap, end, found
    if scrap is not None:
        found.append(scrap.spot.error("outline/not-a-mapping", "front matter has fields", tip="title: …"))
    return None if found else nothing, end, found


@dataclass(frozen=True, slots=True)
class _Top:
    """A token of the outermost level, and those inside it."""

    token: Token
    inside: list[Token]


def _tops(tokens: list[Token]) -> Iterator[_Top]:
    """Yield the outermost blocks that stand on lines of the file."""
    opened: _Top | None = None
    for token in tokens:
        if token.level == 0 and token.nesting >= 0:
            if opened is not None:
                yield opened
            opened = _Top(token, []) if token.map is not None else None
        elif opened is not None:
            opened.inside.append(token)
    if opened is not None:
        yield opened


def _blocks(sheet: Sheet, top: _Top, found: list[Finding]) -> list[Block]:
    start, end = top.token.map or (0, 0)
    match top.token.type:
        case "heading_open":
            return [_heading(sheet, top, start)]
        case "bullet_list_open" | "ordered_list_open":
            return list(_beats(sheet, top))
        case "hr" | "front_matter":
            return []
        case "paragraph_open" | "html_block":
            return _paragraph(sheet, start, end, found)
        case "fence" | "code_block":
            return [_text(sheet, start, "\n".join(sheet.lines[start:end]).strip("\n"))]
        case _:
            return [_text(sheet, start, _COMMENT.sub("", "\n".join(sheet.lines[start:end])).strip("\n"))]


def _text(sheet: Sheet, at: int, text: str) -> Block:
    """Return *text*, which begins on the line with index *at*."""
    return Block(Kind.TEXT, Scalar(text, _line_spot(sheet, at), plain=False), at + 1)


def _line_spot(sheet: Sheet, at: int) -> Spot:
    """Return the place of what stands on the line with index *at*."""
    line = sheet.lines[at] if at < len(sheet.lines) else ""
    indent = len(line) - len(line.lstrip())
    return Spot(sheet, at + 1, indent + 1, max(1, len(line.strip())))


def _heading(sheet: Sheet, top: _Top, start: int) -> Block:
    content = top.inside[0].content if top.inside else ""
    title = " ".join(_COMMENT.sub("", content).split())
    attributes = _ATTRIBUTES.search(title)
    words = attributes["all"].split() if attributes else []
    if attributes and words and all(_ATTRIBUTE.fullmatch(word) for word in words):
        title = title[: attributes.start()]
    else:
        words = []
    column = max(sheet.lines[start].find(title), 0) + 1
    spot = Spot(sheet, start + 1, column, max(1, len(title)))
    return Block(
        Kind.HEADING,
        Scalar(title, spot, plain=False),
        start + 1,
        level=int(top.token.tag[1:]),
        attributes=tuple(words),
    )


def _beats(sheet: Sheet, top: _Top) -> Iterator[Block]:
    for token in top.inside:
        if token.type == "list_item_open" and token.level == 1 and token.map:
            start, end = token.map
            text = _item_text(sheet.lines[start:end])
            marker = _MARKER.match(sheet.lines[start])
            column = marker.end() + 1 if marker else 1
            spot = Spot(sheet, start + 1, column, max(1, len(sheet.lines[start]) - column + 1))
            if text:
                yield Block(Kind.BEAT, Scalar(text, spot, plain=False), start + 1)


def _item_text(lines: tuple[str, ...]) -> str:
    """Return a list item as one line, or as it stands if there is a list inside it."""
    first = _MARKER.sub("", lines[0], count=1)
    whole = _COMMENT.sub("", "\n".join([first, *lines[1:]]))
    rest = [line for line in whole.split("\n") if line.strip()]
    if any(_MARKER.match(line) for line in rest[1:]):
        return "\n".join(line.rstrip() for line in rest).strip()
    return " ".join(line.strip() for line in rest).strip()


def _paragraph(sheet: Sheet, start: int, end: int, found: list[Finding]) -> list[Block]:
    """Return the fields and the text of a paragraph, its comments taken out."""
    blocks: list[Block] = []
    text: list[str] = []
    begins = start
    for at, line in enumerate(_without_comments(sheet, start, end, found), start):
        block = None if text else _field(sheet, at, line, found)
        if block:
            blocks.append(block)
        elif line.strip():
            begins = begins if text else at
            text.append(line.strip())
    if text:
        blocks.append(_text(sheet, begins, " ".join(text)))
    return blocks


def _without_comments(sheet: Sheet, start: int, end: int, found: list[Finding]) -> list[str]:
    whole = "\n".join(sheet.lines[start:end])
    last = whole.rfind("<!--")
    if last >= 0 and whole.find("-->", last) < 0:
        at = start + whole.count("\n", 0, last)
        place = Spot(sheet, at + 1, sheet.lines[at].find("<!--") + 1, len("<!--"))
        tip = "close it with -->: everything after it is hidden now"
        found.append(place.error("outline/unclosed", "this comment is never closed", tip=tip))
    return _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), whole).split("\n")


def _field(sheet: Sheet, at: int, line: str, found: list[Finding]) -> Block | None:
    """Read the line with index *at* as a field; None if it is text."""
    source = sheet.lines[at]
    match = _FIELD.fullmatch(line)
    if match is None:
        bare = _NO_COLON.fullmatch(line)
        if bare and bare["key"] in fields_at(Where.TREE):
            place = Spot(sheet, at + 1, max(source.find("@"), 0) + 1, len(bare["key"]) + 1)
            tip = f"write: @{bare['key']}: …"
            found.append(place.warning("outline/colon", "a field needs a colon behind its name", tip=tip))
        return None
    key_at = source.find(f"@{match['key']}") + 1
    key = Scalar(match["key"], Spot(sheet, at + 1, key_at + 1, len(match["key"])))
    value = match["value"].strip()
    value_at = source.find(value, source.find(":", key_at)) if value else key_at
    spot = Spot(sheet, at + 1, max(value_at, 0) + 1, max(1, len(value)))
    return Block(Kind.FIELD, Scalar(value, spot), at + 1, key=key)
