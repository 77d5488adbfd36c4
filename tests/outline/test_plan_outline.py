from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from storygen.outline.plan_outline import outline_of
from storygen.outline.planned import Constraint, Piece, Plan
from storygen.outline.read import read_text
from storygen.outline.tree import Entry, Kind, Level, Outline, Section, Style
from storygen.outline.write import write_outline

PATH = Path("nowhere/outline.yaml")
titles = st.sampled_from(["The boat", "The boat!", "Back", "灯台", "灯", "1984", "A: b", "Con"])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    kind = draw(st.sampled_from(Kind))
    levels = {
        Kind.FICTION: (Level.PART, Level.CHAPTER, Level.SCENE),
        Kind.DOCS: (Level.PART, Level.PAGE, Level.SECTION),
    }[kind][draw(st.integers(0, 2)) :]

    def nodes(depth: int) -> tuple[Piece, ...]:
        return tuple(
            Piece(
                levels[depth],
                draw(titles),
                draw(st.integers(100, 2_000)),
                summary=draw(st.sampled_from(["", "It begins."])),
                beats=("Tom: refuses.",),
                cast=("Anna",),
                serves=("c1",),
                below=nodes(depth + 1) if levels[depth + 1 :] and draw(st.booleans()) else (),
            )
            for _ in range(draw(st.integers(1, 3)))
        )

    return Plan(
        "The Lamp Room",
        kind,
        9_000,
        lang="de",
        style=Style(person="third"),
        codex=(Entry("Anna", "character"),),
        constraints=(Constraint("c1", "Tom refuses."), Constraint("c2", "No war.", throughout=True)),
        below=nodes(0),
    )


def without_lines(outline: Outline) -> Outline:
    return replace(outline, nodes=tuple(replace(node, line=0) for node in outline.nodes))


@given(plans())
def test_the_outline_of_a_plan_is_what_its_file_says(plan: Plan) -> None:
    outline = outline_of(plan, PATH)
    reading = read_text(write_outline(outline), PATH)
    assert reading.outline is not None, reading.findings

    assert outline == without_lines(reading.outline)


@given(plans())
def test_the_file_of_a_plan_has_nothing_to_be_mended(plan: Plan) -> None:
    assert () == read_text(write_outline(outline_of(plan, PATH)), PATH).findings


def test_a_section_is_told_what_the_request_asks_of_it() -> None:
    plan = Plan(
        "A",
        Kind.FICTION,
        1_000,
        constraints=(
            Constraint("c1", "Tom refuses."),
            Constraint("c2", "He smiles."),
            Constraint("c3", "No.", throughout=True),
        ),
        below=(Piece(Level.SCENE, "B", 1_000, beats=("C.",), serves=("c2", "c1", "c3")),),
    )
    (section,) = (node for node in outline_of(plan, PATH).nodes if isinstance(node, Section))

    assert {"asked": "He smiles; Tom refuses"} == section.story


def test_what_holds_throughout_is_told_to_every_section() -> None:
    plan = Plan("A", Kind.FICTION, 1_000, constraints=(Constraint("c1", "No war.", throughout=True),))
    (entry,) = outline_of(plan, PATH).codex

    assert ("- No war.", "always") == (entry.about, entry.include)
