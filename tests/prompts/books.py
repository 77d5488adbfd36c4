"""Outlines for the tests of this room, built by hand and at random."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from storygen.draft import Digest
from storygen.outline.tree import (
    Change,
    Ending,
    Entry,
    Heading,
    Include,
    Kind,
    Level,
    Node,
    Outline,
    Section,
    Style,
    WordTarget,
)
from storygen.prompts.context import Context, Limits, gather
from storygen.text.tokens import count_tokens

STYLE = Style(person="third, limited", tense="past", tone="dry", quotes="single", avoid=("a testament to",))

ANNA = Entry(
    "Anna Reyes",
    kind="character",
    aliases=("Anna", "the keeper"),
    about="Relief keeper, 34, left-handed.",
    voice="Short sentences.",
    changes=(Change("s3", "Her left wrist is broken."), Change("s5", "The wrist has healed badly.")),
)
LOG = Entry("The log book", kind="thing", about="Green cloth.", include=Include.ALWAYS)
TOM = Entry("Tom", about="The boatman. He knew Grace well.")
GRACE = Entry("Grace", about="She kept the light before, and read Ibsen.")
IBSEN = Entry("Ibsen", about="An author.")
SECRET = Entry("The drowned man", include=Include.NEVER, about="He is Tom's brother.")

CODEX = (ANNA, LOG, TOM, GRACE, IBSEN, SECRET)


def section(position: int, **fields: Any) -> Section:
    """Build the section `s<position>`, which comes after the one before."""
    given: dict[str, Any] = {
        "id": f"s{position}",
        "title": f"Title {position}",
        "depth": 1,
        "level": Level.SECTION,
        "words": WordTarget(900, 1100),
        "after": (f"s{position - 1}",) if position > 1 else (),
        "style": STYLE,
    }
    return Section(position=position, **(given | fields))


def book(*nodes: Node, **fields: Any) -> Outline:
    """Build a book of *nodes*."""
    given: dict[str, Any] = {
        "title": "The Lamp Room",
        "path": Path("outline.yaml"),
        "style": STYLE,
        "codex": CODEX,
    }
    return Outline(nodes=nodes, **(given | fields))


def long_book(sections: int, **fields: Any) -> Outline:
    """Build a book of parts with ten sections each."""
    nodes: list[Node] = []
    for position in range(1, sections + 1):
        part = f"part{(position - 1) // 10}"
        if position % 10 == 1:
            nodes.append(
                Heading(part, f"Part {part}", depth=1, level=Level.PART, summary=f"What {part} is about.")
            )
        told = f"In section {position} Anna climbs the tower, counts the steps and writes down what she saw."
        beats = (f"Anna opens door {position}.", "She lights the lamp.", "Tom calls from below.")
        leave = f"Door {position} stands open."
        nodes.append(
            section(position, depth=2, parents=(part,), summary=told, beats=beats, leave=leave, pov="Anna")
        )
    return book(*nodes, **fields)


def prose(position: int) -> str:
    """Write about four hundred words, different for every section."""
    gulls = f"She counted {position} gulls, and then the boats. "
    return f"Morning {position} came late. {gulls * 44}Then it rained."


def texts(outline: Outline) -> dict[str, str]:
    """Write every section of *outline*."""
    return {each.id: prose(each.position) for each in outline.sections}


def context(
    outline: Outline,
    position: int,
    written: dict[str, str] | None = None,
    *,
    digests: Mapping[str, Digest] = MappingProxyType({}),
    **limits: int,
) -> Context:
    """Gather the context of a section, with every other section written unless *written* says otherwise."""
    return gather(
        outline,
        outline.sections[position - 1],
        texts(outline) if written is None else written,
        limits=Limits(**limits),
        count=count_tokens,
        digests=digests,
    )


words_ = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
lines_ = st.lists(words_, max_size=3).map(tuple)


@st.composite
def outlines(draw: st.DrawFn) -> Outline:
    """Draw a book of one to four sections, of any kind, with anything in it."""
    nodes = [
        section(
            position,
            title=draw(words_),
            summary=draw(words_),
            beats=draw(lines_),
            pov=draw(words_),
            cast=draw(lines_),
            must=draw(lines_),
            facts=draw(lines_),
            plant=draw(lines_),
            pay=draw(lines_),
            story=draw(st.dictionaries(words_, words_, max_size=2)),
            ending=draw(st.none() | st.sampled_from(Ending)),
            type=draw(st.sampled_from(("", "tutorial", "how-to", "reference", "explanation"))),
            style=Style(tone=draw(words_), avoid=draw(lines_)),
        )
        for position in range(1, draw(st.integers(1, 4)) + 1)
    ]
    entries = st.builds(
        Entry, name=words_, kind=words_, aliases=lines_, about=words_, include=st.sampled_from(Include)
    )
    codex = draw(st.lists(entries, max_size=3).map(tuple))
    kind, lang = draw(st.sampled_from(Kind)), draw(st.sampled_from(("en", "es", "ja")))
    return book(*nodes, title=draw(words_), kind=kind, lang=lang, codex=codex, summary=draw(words_))
