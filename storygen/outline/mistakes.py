"""Sentences for what people get wrong, wherever in a file it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import accumulate

from storygen.draft import Finding
from storygen.outline.fields import NOT_HERE, WHY_NOT, Field, Where, fields_at
from storygen.outline.scraps import Items, Pairs, Scalar
from storygen.outline.sheet import Spot
from storygen.text.nearest import nearest


def quoted(text: str) -> str:
    r"""Return *text* in quotes, as YAML reads it back unchanged.

    >>> quoted('"Go," she said.'), quoted("Chapter 1: The Storm")
    ('\'"Go," she said.\'', '"Chapter 1: The Storm"')
    """
    text = text.strip()
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def keeps(char: str) -> str:
    """Say that no text can begin with *char*."""
    name = "a backtick" if char == "`" else f"`{char}`"
    return f"YAML keeps {name} at the beginning of a text for itself"


def template_text(spot: Spot, text: str) -> Finding:
    """Say that *text*, which begins at *spot*, is not filled in by anybody."""
    return replace(spot, width=2).error(
        "outline/template-text", "text in an outline is not a template", tip=f"quote it: {quoted(text)}"
    )


def twice(key: Scalar, first: Spot) -> Finding:
    """Say that a field is given a second time, and where the first is."""
    finding = key.spot.error(
        "outline/duplicate-field",
        f"`{key.text}` is given twice",
        under="again here",
        tip="keep one of the two",
    )
    return replace(finding, second=(first.line, first.sheet.line(first.line)))


def unknown_field(key: Scalar, table: Mapping[str, Field], called: str) -> Finding:
    """Say why a name is no field here, and which one is meant."""
    if why := NOT_HERE.get(key.text.casefold()):
        return key.spot.error(
            "outline/not-a-setting",
            f"`{key.text}` is not read from an outline: {WHY_NOT[why]}",
            under="refused",
            tip="take it out; `storygen write --help` shows where such settings go",
        )
    line = key.spot.sheet.line(key.spot.line)
    if " " in key.text and key.plain:
        tip = f"if it is all one text, quote it: {quoted(_without_lead(line))}"
        return key.spot.error("outline/unknown-field", f"`{key.text}` is not a field of {called}", tip=tip)
    elsewhere = [spelling for spelling in fields_at(~Where(0)) if spelling == key.text]
    if elsewhere:
        return key.spot.error(
            "outline/misplaced-field", f"`{key.text}` has no meaning in {called}", under=_places(key.text)
        )
    meant = nearest(key.text, table)
    under = f"did you mean `{meant}`?" if meant else ""
    tip = "" if meant else "`storygen schema` lists every field; remarks of your own go into `notes`"
    return key.spot.error(
        "outline/unknown-field", f"`{key.text}` is not a field of {called}", under=under, tip=tip
    )


_CALLED = {
    Where.TOP: "the top of an outline",
    Where.HEADING: "headings",
    Where.LEAF: "sections",
    Where.ENTRY: "codex entries",
    Where.STYLE: "`style`",
    Where.CHANGE: "`changes`",
    Where.SOURCE: "`sources`",
    Where.DIGEST: "files of facts",
    Where.FACT: "files of facts",
}


def _places(name: str) -> str:
    """Say where the field *name* belongs."""
    places = dict.fromkeys(words for where, words in _CALLED.items() if name in fields_at(where))
    return f"it belongs to {' and '.join(places)}"


def _without_lead(line: str) -> str:
    return re.sub(r"^\s*(?:-\s+)*", "", line)


def _bracketed(source: str) -> str:
    """Return the beginning of *source* up to the bracket that closes its first one; all of it without one.

    >>> _bracketed("[a, [b]], c}")
    '[a, [b]]'
    """
    depths = accumulate((char in "[{") - (char in "]}") for char in source)
    return source[: next((at + 1 for at, depth in enumerate(depths) if depth == 0), len(source))]


def not_text(scrap: Items | Pairs, known: Field, key: Scalar) -> Finding:
    """Say that a list or a mapping stands where a text belongs, and what was probably meant."""
    if isinstance(scrap, Pairs) and scrap.pairs:
        return _pairs_for_text(scrap)
    what = "a list" if isinstance(scrap, Items) else "a mapping"
    source = scrap.spot.sheet.line(scrap.spot.line)[scrap.spot.column - 1 :]
    tip = f"write one text; after `{known.name}: >` it may go over several lines"
    if source[:1] in {"[", "{"}:
        tip = f"quote it if the brackets belong to the text: {quoted(_bracketed(source))}"
    return replace(scrap.spot, width=1).error(
        "outline/wrong-type", f"`{key.text}` takes a text, and this is {what}", tip=tip
    )


def _pairs_for_text(scrap: Pairs) -> Finding:
    first = scrap.pairs[0][0].spot
    text = first.sheet.line(first.line)[first.column - 1 :]
    colon = replace(first, column=first.column + first.width, width=1)
    return colon.error(
        "outline/colon",
        "a colon followed by a space needs quotes",
        under="YAML reads a field and its value",
        tip=f"quote it: {quoted(text)}",
    )
