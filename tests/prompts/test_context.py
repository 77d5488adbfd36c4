from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storygen.outline.tree import Heading, Kind, Level
from storygen.prompts.context import Limits, closure, gather
from storygen.text.tokens import count_tokens
from storygen.text.words import count_words
from tests.prompts.books import book, context, long_book, prose, section, texts


def test_a_tail_has_three_hundred_words_from_a_sentence_start() -> None:
    outline = long_book(2)
    found = context(outline, 2)
    assert (True, True, True) == (
        300 <= count_words(found.tail) < 320,
        found.tail.startswith("She counted 1 gulls"),
        prose(1).endswith(found.tail),
    )


def test_a_short_text_is_its_own_tail() -> None:
    assert (
        "It rained.\n\n* * *\n\nIt stopped."
        == context(long_book(2), 2, {"s1": "It rained.\n\n* * *\n\nIt stopped.\n"}).tail
    )


def test_a_tail_keeps_its_budget() -> None:
    assert count_tokens(context(long_book(2), 2, {"s1": "語" * 5000}, tail=100).tail) <= 100


def test_the_first_section_knows_of_nothing_before() -> None:
    found = context(long_book(3), 1)
    assert ("", (), (), (), ()) == (found.tail, found.recap, found.openings, found.endings, found.facts)


def test_only_what_must_come_before_counts() -> None:
    outline = book(section(1), section(2, after=()), section(3, after=("s1",)))
    assert context(outline, 3, {"s1": prose(1)}) == context(outline, 3)


@given(
    st.sets(st.sampled_from(["s1", "s2", "s3", "s4", "s5", "s6"])), st.lists(st.integers(1, 6), max_size=2)
)
@settings(max_examples=30, deadline=None)
def test_texts_outside_the_closure_never_change_a_prompt(written: set[str], after: list[int]) -> None:
    last = section(6, after=tuple(f"s{position}" for position in after))
    outline = book(*(section(position, after=()) for position in range(1, 6)), last)
    given = {id_: prose(int(id_[1:])) for id_ in written}
    inside = {each.id for each in closure(outline, last)}
    assert context(outline, 6, given) == context(
        outline, 6, {id_: text for id_, text in given.items() if id_ in inside}
    )


def test_a_closure_follows_its_links() -> None:
    outline = book(section(1), section(2), section(3), section(4, after=("s3", "nowhere")))
    assert ["s1", "s2", "s3"] == [each.id for each in closure(outline, outline.sections[3])]


def test_a_closure_survives_a_circle() -> None:
    outline = book(section(1, after=("s2",)), section(2, after=("s1",)))
    assert ["s1"] == [each.id for each in closure(outline, outline.sections[1])]


def test_a_page_does_not_go_on_from_another() -> None:
    outline = book(section(1, page="a"), section(2, page="b"), kind=Kind.DOCS)
    assert ("", "Title 1") == (context(outline, 2).tail, context(outline, 2).recap[0])


def test_a_recap_tells_the_nearest_and_collapses_the_rest() -> None:
    recap = context(long_book(30), 26).recap
    assert [
        "Part part0: What part0 is about.",
        "Part part1: What part1 is about.",
        "Part part2: What part2 is about.",
    ] == [
        *recap[:2],
        "Part part2: What part2 is about.",
    ]


def test_a_recap_says_how_a_section_left_things() -> None:
    assert context(long_book(4), 4).recap[-1].endswith("At its end: Door 3 stands open.")


def test_a_recap_keeps_the_newest() -> None:
    recap = context(long_book(30), 26, recap=40).recap
    assert (1, True) == (len(recap), recap[0].startswith("Title 25"))


def test_an_unwritten_section_is_not_recapped() -> None:
    assert ("Title 1",) == tuple(
        line[:7] for line in context(long_book(3), 3, {"s1": prose(1), "s2": " \n"}).recap
    )


@pytest.mark.parametrize(
    ("fields", "fence"),
    [
        ({"beats": ("She runs.", "She falls."), "summary": "A flight."}, "She runs."),
        ({"summary": "A flight."}, "A flight."),
        ({}, "Title 2"),
    ],
)
def test_the_fence_is_what_the_next_section_begins_with(fields: dict[str, object], fence: str) -> None:
    assert fence == context(book(section(1), section(2, **fields)), 1).fence


def test_the_last_section_has_no_fence() -> None:
    assert "" == context(book(section(1), section(2)), 2).fence


def test_openings_and_endings_of_the_nearest_sections_are_listed() -> None:
    found = context(long_book(9), 9)
    assert (5, "Morning 8 came late She", "Then it rained.") == (
        len(found.openings),
        found.openings[-1].replace(".", ""),
        found.endings[-1],
    )


def test_facts_about_the_people_at_hand_are_kept_first() -> None:
    told = section(1, facts=("Anna has a brother.", *(f"The tower has {n} steps." for n in range(40))))
    found = context(book(told, section(2, pov="Anna")), 2, facts=30)
    assert "Anna has a brother." == found.facts[0]


def test_threads_are_open_until_something_pays_them() -> None:
    outline = book(
        section(1, plant=("the key", "the stove")), section(2, pay=("The  key",)), section(3, pay=("?",))
    )
    assert ("the stove",) == context(outline, 3).threads


def test_a_plan_is_the_same_for_every_section() -> None:
    outline = long_book(12)
    assert 1 == len({context(outline, position).plan for position in (1, 7, 12)})


def test_gather_does_not_look_at_the_text_of_the_section_itself() -> None:
    outline = book(section(1), section(2, after=("s1", "s2")))
    changed = texts(outline) | {"s2": "Something else."}
    assert context(outline, 2) == context(outline, 2, changed)


def test_hidden_headings_are_no_trouble() -> None:
    heading = Heading("a", "A", depth=1, level=Level.PART)
    outline = book(heading, replace(section(1), parents=("a", "gone")), section(2))
    assert gather(outline, outline.sections[1], {}, limits=Limits(), count=count_tokens).plan[0] == "- A"
