from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from storygen.outline.plan_faults import Fault, division_faults, plan_faults
from storygen.outline.planned import Constraint, Piece, Plan
from storygen.outline.tree import Ending, Entry, Kind, Level, Style

PEOPLE = tuple(
    Entry(name, "character", aliases=(f"the {name}",))
    for name in ("Anna", "Tom", "Eli", "Ruth", "Ada", "Ben")
)
PLACES = tuple(Entry(name, "place") for name in ("pier", "lamp room", "shop", "church", "boat", "cave"))


def scene(title: str = "The boat", **fields: Any) -> Piece:
    """Return a scene that nothing is wrong with."""
    sound: dict[str, Any] = {
        "words": 1_000,
        "pov": "Anna",
        "cast": ("Anna", "Tom"),
        "enter": "She is expected.",
        "leave": "She is alone.",
        "beats": ("Tom refuses payment.", "The lamp is lit."),
        "ending": Ending.HINGE,
        "serves": ("c1",),
    }
    return Piece(Level.SCENE, title, **(sound | fields))


END = scene("The end", ending=Ending.FINAL)
WHOLE = Plan(
    "The Lamp Room",
    Kind.FICTION,
    2_000,
    lang="en",
    summary="A keeper arrives.",
    style=Style(person="third", tense="past", quotes="“ ”"),
    codex=(*PEOPLE, *PLACES),
    constraints=(Constraint("c1", "Tom refuses payment."), Constraint("c2", "No war.", throughout=True)),
    below=(scene(), END),
)


def told(plan: Plan, *, words: int = 2_000) -> list[str]:
    return [
        f"{fault.rule.removeprefix('plan/')}: {fault.message}" for fault in plan_faults(plan, words=words)
    ]


def with_scene(**fields: Any) -> Plan:
    return replace(WHOLE, below=(scene(**fields), END))


def test_a_sound_plan_has_no_faults() -> None:
    assert [] == told(WHOLE)


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (replace(WHOLE, title=""), "missing: `title` is missing"),
        (replace(WHOLE, lang=""), "missing: `lang` is missing"),
        (replace(WHOLE, style=Style("third", "past")), "missing: `style.quotes` is missing"),
        (replace(WHOLE, words=0), "words: `words` is missing: how long the whole book is to be"),
        (
            replace(WHOLE, constraints=(Constraint("c1", "a"), Constraint("c1", "b"))),
            "constraint: two constraints have the id `c1`",
        ),
        (with_scene(words=900), "words: its 2 scenes come to 1,900 words, and the book has 2,000"),
        (with_scene(words=0), "words: “The boat” has no `words`"),
        (with_scene(title=""), "title: a scene has no title"),
        (with_scene(beats=()), "beats: “The boat” has no `beats`"),
        (with_scene(beats=("Tom goes.", " … ")), "beats: “The boat” has an empty beat"),
        (with_scene(beats=("TBD",)), "beats: “The boat” has an empty beat"),
        (with_scene(enter=""), "missing: “The boat” has no `enter`"),
        (with_scene(leave=""), "missing: “The boat” has no `leave`"),
        (with_scene(cast=("Bob",)), "cast: “The boat” has Bob, who is not in the codex"),
        (with_scene(pov="Bob"), "cast: “The boat” has Bob, who is not in the codex"),
        (
            with_scene(cast=("Anna", "the Tom", "Eli", "Ruth", "Ada")),
            "cast: “The boat” has 5 of the 6 people of the book in it; 70% at most",
        ),
        (with_scene(place="a; b; c; d; e; f"), "places: “The boat” goes to more than 5 places"),
        (
            with_scene(
                beats=("From the pier to the lamp room, the shop, the church, the boat and the cave.",)
            ),
            "places: “The boat” goes to more than 5 places",
        ),
        (with_scene(serves=("c1", "c9")), "constraint: “The boat” serves `c9`, which is no constraint"),
        (with_scene(ending=Ending.FINAL), "ending: “The boat” is `final`, and the book goes on after it"),
        (
            replace(WHOLE, below=(scene(), replace(END, ending=Ending.OPEN))),
            "ending: “The end” is the end of the book: its ending is `final`",
        ),
    ],
)
def test_what_is_wrong_is_told(plan: Plan, fault: str) -> None:
    assert [fault] == told(plan)


def test_a_book_of_another_length_is_told() -> None:
    assert ["words: `words` is 2,000, and the book is to have 3,000"] == told(WHOLE, words=3_000)


def test_a_request_alone_cannot_make_a_book_without_end() -> None:
    endless = replace(WHOLE, words=2_000_000, below=(replace(CHAPTERS.below[0], words=2_000_000),))

    assert ["words: `words` is 2,000,000, and at most 1,000,000 are planned unasked"] == told(
        endless, words=0
    )


@pytest.mark.parametrize("words", [1_961, 2_000, 2_040])
def test_two_in_a_hundred_are_no_fault(words: int) -> None:
    assert [] == told(WHOLE, words=words)


def test_a_constraint_that_nothing_serves_is_told() -> None:
    plan = replace(WHOLE, below=(scene(serves=()), replace(END, serves=("c2",))))

    assert ["constraint: nothing here serves `c1`: Tom refuses payment."] == told(plan)


def test_one_title_twice_is_told_for_both() -> None:
    plan = replace(WHOLE, below=(scene("The End!"), END))

    assert ["“The End!” is the title of another one too", "“The end” is the title of another one too"] == [
        fault.message for fault in plan_faults(plan, words=2_000)
    ]


def test_a_small_cast_may_be_in_one_room() -> None:
    assert [] == told(replace(with_scene(cast=("Anna", "Tom", "Eli")), codex=PEOPLE[:3]))


def test_a_section_that_is_too_long_for_one_sitting_is_told() -> None:
    plan = replace(WHOLE, words=3_200, below=(scene(words=2_200), END))

    assert ["words: “The boat” has 2,200 words; a section has 2,000 at most: make two of it"] == told(
        plan, words=3_200
    )


def test_sections_that_all_end_alike_are_told() -> None:
    scenes = [scene(f"Scene {number}", words=400) for number in range(4)]
    plan = replace(WHOLE, below=(*scenes, replace(END, words=400)))
    alike = replace(plan, below=(*scenes[:3], replace(END, words=800, ending=Ending.HINGE)))

    assert ([], True) == (told(plan), "ending: all 4 sections end `hinge`; let them differ" in told(alike))


def test_documentation_needs_neither_states_nor_an_end() -> None:
    page = Piece(Level.PAGE, "Install", 1_000, beats=("Check Python",), serves=("c1",))
    plan = replace(WHOLE, kind=Kind.DOCS, words=1_000, style=Style(person="second"), below=(page,))

    assert [] == told(plan, words=1_000)


CHAPTERS = replace(
    WHOLE,
    words=9_000,
    below=(
        Piece(Level.CHAPTER, "Out", 5_000, summary="She goes.", serves=("c1",)),
        Piece(Level.CHAPTER, "Back", 4_000, summary="She returns."),
    ),
)


def test_a_chapter_needs_a_summary_and_no_beats() -> None:
    bare = replace(CHAPTERS, below=(replace(CHAPTERS.below[0], summary=""), CHAPTERS.below[1]))

    assert ([], ["missing: “Out” has no `summary`"]) == (told(CHAPTERS, words=9_000), told(bare, words=9_000))


def test_a_division_is_judged_by_its_own_chapter() -> None:
    short = CHAPTERS.divided((0,), [scene(words=2_000, serves=())])

    assert [
        Fault("plan/words", "its 1 scenes come to 2,000 words, and “Out” has 5,000", (0,)),
        Fault("plan/constraint", "nothing here serves `c1`: Tom refuses payment.", (0,)),
    ] == division_faults(short, (0,))


def test_nothing_to_divide_into_is_told() -> None:
    assert ["there is nothing in it: list what it is divided into"] == [
        fault.message for fault in division_faults(CHAPTERS, (0,))
    ]


def test_the_last_division_ends_the_book() -> None:
    scenes = [
        scene(f"S{number}", words=2_000, ending=ending) for number, ending in enumerate((Ending.OPEN, None))
    ]

    assert ["“S1” is the end of the book: its ending is `final`"] == [
        fault.message for fault in division_faults(CHAPTERS.divided((1,), scenes), (1,))
    ]
