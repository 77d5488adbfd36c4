from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storygen.messages import Role
from storygen.outline.plan_faults import division_faults, plan_faults
from storygen.outline.plan_reader import read_division, read_plan
from storygen.outline.planned import Plan, level_below
from storygen.outline.tree import Kind
from storygen.prompts.plain import Variables
from storygen.prompts.planning import Brief, part_variables, whole_variables
from storygen.prompts.templates import Templates
from storygen.rehearsal.answer import said
from storygen.rehearsal.conversation import Conversation

REQUESTS = Path(__file__).parents[2] / "examples" / "requests"
TEMPLATES = Templates.read()
PARAGRAPH = (
    "Anna Reyes comes to the island of Skerry. Tom must never say why the last keeper left. "
    "The lamp goes out."
)
OTHERS = {
    "de": "Anna Reyes kommt auf die Insel. Der Bootsmann Tom darf nie sagen, warum der letzte Wärter ging. "
    "Dann geht die Lampe aus.",
    "es": "Anna Reyes llega a la isla. El barquero Tom nunca debe decir por qué se fue el último farero. "
    "La lámpara se apaga.",
    "ja": "港の時計という題の小説がほしい。由美は古い時計を直す。船長の健は決して何も言わない。雨が降る。",
    "zh": "请写一部小说，名叫《渡口的钟》。伊内斯在末班渡轮上修理一座钟。托比亚斯必须等一个人。雨下了整夜。",
}

MARKS = {"de": "„ “", "es": "—", "ja": "「 」", "zh": "“ ”"}


def reply(kind: Kind, variables: Variables) -> str:
    """Return what the built-in model says to a request for a plan."""
    messages = TEMPLATES.render(kind, "plan", variables)
    system, *turns = (message.text for message in messages if message.role in {Role.SYSTEM, Role.USER})
    return said(Conversation(system, tuple(turns)))


def planned(brief: Brief) -> tuple[Plan, list[str]]:
    """Return the plan of a book down to its sections, and all that is wrong with it."""
    whole, findings = read_plan(reply(brief.kind, whole_variables(brief)), kind=brief.kind)
    assert whole is not None
    faults = [
        *(each.message for each in findings),
        *(f.message for f in plan_faults(whole, words=brief.words)),
    ]
    plan = whole
    while way := next((way for way, _ in plan.walk() if plan.is_open(way)), None):
        level = level_below(plan.kind, plan.at(way))
        assert level is not None
        text = reply(brief.kind, part_variables(brief, whole, plan, way))
        division, findings = read_division(text, kind=brief.kind, level=level)
        assert division is not None
        plan = plan.divided(way, division.below)
        faults += [*(each.message for each in findings), *(f.message for f in division_faults(plan, way))]
    return plan, faults


@pytest.mark.parametrize(
    ("name", "kind", "words", "levels"),
    [
        ("novella", Kind.FICTION, 24_000, 2),
        ("handbook", Kind.DOCS, 12_000, 2),
        ("brief", Kind.FICTION, 100_000, 3),
    ],
)
def test_an_example_is_planned_without_a_fault(name: str, kind: Kind, words: int, levels: int) -> None:
    plan, faults = planned(Brief((REQUESTS / f"{name}.md").read_text(encoding="utf-8"), kind))

    assert ([], words, levels) == (faults, plan.words, max(len(way) for way, _ in plan.walk()))


@pytest.mark.parametrize("words", [300, 3_000, 9_000, 50_000])
@pytest.mark.parametrize("kind", Kind)
def test_a_paragraph_is_enough_for_a_book_of_any_length(kind: Kind, words: int) -> None:
    plan, faults = planned(Brief(PARAGRAPH, kind, words))

    assert ([], words) == (faults, sum(node.words for _, node in plan.walk() if not node.below))


@pytest.mark.parametrize("lang", OTHERS)
def test_a_plan_is_in_the_language_of_its_request(lang: str) -> None:
    plan, faults = planned(Brief(OTHERS[lang], Kind.FICTION, 4_000))

    assert ([], lang) == (faults, plan.lang)
    assert MARKS[lang] == plan.style.quotes


def test_a_request_in_characters_is_planned_in_characters() -> None:
    plan, _ = planned(Brief(f"约两万字。{OTHERS['zh']}", Kind.FICTION))
    told = "".join(text for _, node in plan.walk() for text in (node.title, *node.beats))

    assert ("渡口的钟", 20_000, "") == (plan.title, plan.words, "".join(re.findall("[A-Za-z]+", told)))


def test_names_and_places_come_from_the_request() -> None:
    plan, _ = planned(Brief(PARAGRAPH, Kind.FICTION, 4_000))

    assert [("Anna Reyes", "character"), ("Tom", "character"), ("Skerry", "place")] == [
        (entry.name, entry.kind) for entry in plan.codex
    ]


def test_every_sentence_of_the_request_is_a_beat() -> None:
    plan, _ = planned(Brief(PARAGRAPH, Kind.FICTION, 4_000))
    beats = {beat for _, node in plan.walk() for beat in node.beats}

    assert set(PARAGRAPH.replace(". ", ".\n").splitlines()) <= beats


def test_what_the_request_insists_on_is_a_constraint() -> None:
    plan, _ = planned(Brief(PARAGRAPH, Kind.FICTION, 4_000))

    assert [("Tom must never say why the last keeper left.", True)] == [
        (each.text, each.throughout) for each in plan.constraints
    ]


def test_the_same_request_gets_the_same_plan() -> None:
    brief = Brief(PARAGRAPH, Kind.FICTION, 9_000)

    assert planned(brief) == planned(brief)


@settings(max_examples=40)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip),
    st.sampled_from(Kind),
)
def test_any_text_is_a_request(text: str, kind: Kind) -> None:
    plan, _ = planned(Brief(text, kind, 2_000))

    assert 2_000 == sum(node.words for _, node in plan.walk() if not node.below)
