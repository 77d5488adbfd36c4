from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storygen.outline.planned import Piece, Plan, budgeted, fitted
from storygen.outline.tree import Kind, Level

PLAN = Plan(
    "The Lamp Room",
    Kind.FICTION,
    9_000,
    below=(
        Piece(Level.CHAPTER, "Out", 5_000, below=(Piece(Level.SCENE, "The boat", 1_000),)),
        Piece(Level.CHAPTER, "Back", 4_000),
        Piece(Level.CHAPTER, "Home", 1_200),
    ),
)


@given(st.lists(st.integers(1, 50_000), min_size=1, max_size=40), st.integers(1, 1_000_000))
def test_budgets_come_to_the_whole(words: list[int], total: int) -> None:
    total = max(total, len(words))

    assert total == sum(fitted(words, total))


@given(st.lists(st.integers(200, 5_000), min_size=1, max_size=40), st.floats(0.5, 2))
def test_all_budgets_but_the_largest_keep_their_share(words: list[int], factor: float) -> None:
    total = max(100 * len(words), round(sum(words) * factor))
    scaled = fitted(words, total)

    off = sorted(abs(now - was * total / sum(words)) for was, now in zip(words, scaled, strict=True))
    assert all(each <= 10 for each in off[:-1])


@given(st.lists(st.integers(1, 50_000), min_size=1))
def test_budgets_that_come_to_the_whole_stay_as_they_are(words: list[int]) -> None:
    assert tuple(words) == fitted(words, sum(words))


def test_a_budget_holds_at_every_level() -> None:
    first, *_ = budgeted(PLAN.below, 20_000)

    assert (first.words, 20_000) == (
        first.below[0].words,
        sum(each.words for each in budgeted(PLAN.below, 20_000)),
    )


def test_what_has_no_budget_gets_a_usual_one() -> None:
    nodes = [Piece(Level.SCENE, "A", 0), Piece(Level.SCENE, "B", 1_100)]

    assert [1_100, 1_100] == [node.words for node in budgeted(nodes, 2_200)]


def test_a_plan_is_walked_in_reading_order() -> None:
    assert [((0,), "Out"), ((0, 0), "The boat"), ((1,), "Back"), ((2,), "Home")] == [
        (way, node.title) for way, node in PLAN.walk()
    ]


def test_long_chapters_are_open_until_they_are_divided() -> None:
    assert [(1,)] == [way for way, _ in PLAN.walk() if PLAN.is_open(way)]


def test_a_node_is_divided_in_its_place() -> None:
    scenes = [Piece(Level.SCENE, "The pier", 2_000), Piece(Level.SCENE, "The lamp", 2_000)]
    divided = PLAN.divided((1,), scenes)

    assert ("Out", "The lamp", "Home") == (
        divided.at((0,)).title,
        divided.at((1, 1)).title,
        divided.at((2,)).title,
    )


def test_the_last_node_of_every_level_ends_the_book() -> None:
    assert [(2,)] == [way for way, _ in PLAN.walk() if PLAN.is_last(way)]
