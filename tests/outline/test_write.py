from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.outline.fields import EFFORTS
from storygen.outline.read import read, read_text
from storygen.outline.tree import Node, Outline, Section
from storygen.outline.write import write_outline
from storygen.shipped import shipped

SHIPPED = sorted(Path(str(shipped("outlines"))).glob("*/outline.*"))
NOWHERE = Path("nowhere/outline.yaml")

words = st.sampled_from(["900", "800-1000", "5", 1200, "10-11"])
text = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.text("ab :#-'\"[]{},&*!|>%@`\n\u00a0…“", min_size=1, max_size=12),
    st.sampled_from(
        ["null", "No", "21:30", "a: b", "Go #7", "- x", "word " * 40, "One.\n\nTwo.", "«\u202fOui»"]
    ),
)
texts = st.lists(text, max_size=3)
names = st.lists(st.sampled_from(["Anna", "Tom the boatman", "O’Hara", "ü: x", "[a]"]), max_size=3)
style = st.fixed_dictionaries(
    {}, optional={"person": text, "tense": text, "tone": text, "quotes": text, "avoid": texts}
)
inherited = {
    "audience": text,
    "pov": text,
    "cast": names,
    "place": text,
    "time": text,
    "type": st.sampled_from(["tutorial", "reference"]),
    "numbered": st.booleans(),
    "model": st.just("claude-sonnet-5-5"),
    "effort": st.sampled_from(EFFORTS),
    "temperature": st.sampled_from([0, 0.25, 1e-7, 1]),
    "context": st.sampled_from(["rolling", "full"]),
    "recap": st.sampled_from(["none", "digest"]),
    "wrap": st.sampled_from(["none", "sentence"]),
}
node = {
    "summary": text,
    "words": words,
    "style": style,
    "must": texts,
    "heading": st.sampled_from(["show", "hide"]),
}
card = {
    "beats": texts,
    "story": st.dictionaries(st.sampled_from(["goal", "null", "a: b"]), text, max_size=2),
    "enter": text,
    "leave": text,
    "facts": texts,
    "plant": texts,
    "pay": texts,
    "ending": st.sampled_from(["open", "hinge", "resolve", "final"]),
    "after": st.just([]),
}
entry = st.fixed_dictionaries(
    {"name": text},
    optional={
        "kind": text,
        "aliases": names,
        "about": text,
        "voice": text,
        "include": st.sampled_from(["always", "never"]),
        "changes": st.just([{"from": "n1", "about": "It is broken."}]),
    },
)


def tree(drawn: st.DrawFn, level: tuple[str, ...], ids: list[str]) -> list[dict[str, Any]]:
    """Draw the nodes of the first *level*, all of them with ids of their own."""
    found = []
    for _ in range(drawn(st.integers(1, 3))):
        ids.append(f"n{len(ids) + 1}")
        fields: dict[str, Any] = {"title": drawn(text), "id": ids[-1]}
        below = level[1:] and drawn(st.booleans())
        intro = below and drawn(st.booleans())
        fields |= drawn(st.fixed_dictionaries({}, optional=inherited | node))
        if not below or intro:
            fields |= drawn(st.fixed_dictionaries({}, optional=card))
        fields |= {"intro": True} if intro else {}
        fields |= {level[1]: tree(drawn, level[1:], ids)} if below else {}
        found.append(fields)
    return found


@st.composite
def outlines(draw: st.DrawFn) -> str:
    levels = draw(st.sampled_from([("parts", "chapters", "scenes"), ("pages", "sections"), ("sections",)]))
    top = {
        "title": text,
        "lang": st.sampled_from(["en", "de"]),
        "author": names,
        "summary": text,
        "words": words,
    }
    kind = {
        "kind": st.sampled_from(["fiction", "docs"]),
        "style": style,
        "codex": st.lists(entry, max_size=3),
    }
    fields = draw(st.fixed_dictionaries({}, optional=top | kind | inherited | {"date": text, "rights": text}))
    return json.dumps({"title": "Book", **fields, levels[0]: tree(draw, levels, [])})


def misplaced(fields: str) -> str:
    """Take away what has no meaning at the top of an outline."""
    found = json.loads(fields)
    return json.dumps({name: value for name, value in found.items() if name not in {"numbered", "type"}})


def alike(outline: Outline) -> Outline:
    """Forget the lines that nodes stand on, and whether a target was written or shared out."""

    def alike_node(node: Node) -> Node:
        if isinstance(node, Section):
            return replace(node, line=0, words=replace(node.words, written=False))
        return replace(node, line=0)

    return replace(outline, path=NOWHERE, nodes=tuple(map(alike_node, outline.nodes)))


@given(outlines().map(misplaced))
def test_what_is_written_is_read_as_the_same(source: str) -> None:
    outline = read_text(source, NOWHERE).outline
    if outline is None:  # a title of nothing but what cannot be seen
        return

    again = read_text(write_outline(outline), NOWHERE)
    assert again.outline is not None, again.findings
    assert alike(outline) == alike(again.outline)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_a_shipped_outline_survives_being_written(path: Path) -> None:
    outline = read(path).outline
    assert outline is not None

    again = read_text(write_outline(outline), path.with_suffix(".yaml"))
    assert [] == list(again.findings)
    assert again.outline is not None
    assert alike(outline) == alike(again.outline)


WRITTEN = """\
# Planned.
#
# Yours now.
title: The Lamp Room
lang: en
kind: fiction
summary: >
  A relief keeper arrives at a lighthouse where the log book is being written a day ahead of time.
  Nobody will say why.

style:                # how it reads
  person: third, limited
  avoid: [a testament to]

codex:                # what must stay true; sent where it is named
  - name: Anna Reyes
    aliases: [Anna, the keeper]
    about: "She counts: under her breath."

chapters:
  - title: The Crossing
    scenes:
      - title: The boat
        words: 900
        pov: Anna
        beats:                # what happens, one line each, in order
          - '"Go," she said.'
          - Tom refuses.

      - title: 1984
        words: 800-1200
        beats:
          - "No"
        leave: She knows.
"""


def test_it_reads_as_a_person_would_write_it() -> None:
    outline = read_text(WRITTEN, NOWHERE).outline
    assert outline is not None

    assert WRITTEN == write_outline(outline, head=["Planned.", "", "Yours now."])
