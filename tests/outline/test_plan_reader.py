from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.outline.plan_faults import plan_faults
from storygen.outline.plan_reader import read_division, read_plan
from storygen.outline.planned import Constraint
from storygen.outline.tree import Ending, Kind, Level
from storygen.prompts.templates import Templates

WHOLE = """\
title: The Lamp Room
words: 5000
codex: [{name: Anna, kind: character}]
constraints: [{id: c1, text: Tom refuses.}, {id: c2, text: No war., throughout: true}]
chapters:
  - title: Chapter 1: The boat
    words: 2,500 words
    serves: c1, c2
  - {title: Back, words: 2400-2600}
"""


def examples(kind: Kind) -> list[str]:
    """Return the replies that the shipped templates show to a model."""
    source = Templates.read().source(f"storygen/{kind}/plan/system.md.j2")
    return re.findall(r"```yaml\n(.*?)```", source, re.DOTALL)


@pytest.mark.parametrize("kind", Kind)
def test_the_whole_that_a_template_shows_is_read_without_a_word(kind: Kind) -> None:
    plan, findings = read_plan(examples(kind)[0], kind=kind)
    assert plan is not None

    assert ((), True, True) == (findings, bool(plan.codex), plan.constraints[1].throughout)


@pytest.mark.parametrize(("kind", "level"), [(Kind.FICTION, Level.SCENE), (Kind.DOCS, Level.SECTION)])
def test_the_division_that_a_template_shows_is_read_without_a_word(kind: Kind, level: Level) -> None:
    division, findings = read_division(examples(kind)[1], kind=kind, level=level)
    assert division is not None

    assert ((), 1, 1) == (findings, len(division.below), len(division.codex))


def test_every_field_of_a_whole_is_read() -> None:
    plan, findings = read_plan(WHOLE, kind=Kind.FICTION)
    assert plan is not None

    assert () == findings
    assert (
        Constraint("c1", "Tom refuses."),
        Constraint("c2", "No war.", throughout=True),
    ) == plan.constraints
    assert [("Chapter 1: The boat", 2_500, ("c1", "c2")), ("Back", 2_500, ())] == [
        (node.title, node.words, node.serves) for node in plan.below
    ]


def read_scene(fields: str) -> object:
    division, findings = read_division(
        f"scenes:\n  - title: A\n{fields}", kind=Kind.FICTION, level=Level.SCENE
    )
    return division.below[0] if division and not findings else [each.message for each in findings]


@pytest.mark.parametrize("beat", ["Anna: finds the lamp.", "“Go,” she said: now.", '"Go," she said.'])
def test_a_beat_that_yaml_would_take_for_something_else_is_read_as_it_was_meant(beat: str) -> None:
    division, findings = read_division(
        f"scenes:\n  - title: A\n    beats:\n      - {beat}\n", kind=Kind.FICTION, level=Level.SCENE
    )

    assert ((), (beat,)) == (findings, division.below[0].beats if division else ())


@pytest.mark.parametrize("level", ["scenes", "sections", "chapters", "pages"])
def test_a_level_is_what_was_asked_for_whatever_the_reply_calls_it(level: str) -> None:
    division, _ = read_division(f"{level}: [{{title: A}}]", kind=Kind.FICTION, level=Level.SCENE)

    assert [Level.SCENE] == [node.level for node in division.below] if division else None


def test_a_list_alone_is_a_division() -> None:
    division, findings = read_division("- title: A\n- title: B\n", kind=Kind.DOCS, level=Level.SECTION)

    assert ((), ["A", "B"]) == (findings, [node.title for node in division.below] if division else [])


def test_what_a_plan_has_no_use_for_is_passed_over() -> None:
    scene = read_scene("    goal: to arrive\n    sources: [/etc/passwd]\n    ending: hinge\n")

    assert Ending.HINGE == getattr(scene, "ending", scene)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("    wrds: 900\n", "`wrds` is not a field of a scene"),
        ("    ending: cliffhanger\n", "`cliffhanger` is no ending"),
        ("    words: many\n", "`words: many` makes no sense"),
        ("    beats: {a: {b: c}}\n", "a colon followed by a space needs quotes"),
        ("    beats: [Meets agent]\n    title: B\n", "`title` is given twice"),
    ],
)
def test_what_is_lost_is_told(fields: str, said: str) -> None:
    assert [said] == read_scene(fields)


@pytest.mark.parametrize(
    "reply", ["", "I cannot help with that.", "```yaml\n```", "- \n-", "title: [", "\x00", "{" * 99]
)
def test_a_reply_without_a_plan_is_told(reply: str) -> None:
    plan, findings = read_plan(reply, kind=Kind.FICTION)

    assert (True, True) == (plan is None or not plan.below, bool(findings) or (plan is not None))


@given(st.text(max_size=300))
def test_no_reply_breaks_the_reader(reply: str) -> None:
    plan, findings = read_plan(reply, kind=Kind.DOCS)

    assert plan is None or isinstance(plan_faults(plan, words=100), list)
    assert plan is not None or findings


@given(st.integers(0, len(WHOLE)))
def test_a_plan_that_was_cut_off_is_read_as_far_as_it_goes(length: int) -> None:
    plan, _ = read_plan(WHOLE[:length], kind=Kind.FICTION)

    assert plan is None or WHOLE.startswith(f"title: {plan.title}") or not plan.title


def test_no_field_of_a_plan_names_a_file() -> None:
    plan, findings = read_plan(
        "title: A\nstyle: {guide: /etc/passwd, samples: [a.md]}\ncodex: [codex/*.md]\n"
        "scenes: [{title: B, file: x.md}]",
        kind=Kind.FICTION,
    )

    assert ["a codex entry has fields of its own"] == [each.message for each in findings]
    assert plan is not None
    assert ("", (), ()) == (plan.style.guide, plan.style.samples, plan.codex)
