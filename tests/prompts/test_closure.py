from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storygen.prompts.closure import closure, further_back
from tests.prompts.books import book, section


def test_a_closure_follows_its_links() -> None:
    outline = book(section(1), section(2), section(3), section(4, after=("s3", "nowhere")))
    assert ["s1", "s2", "s3"] == [each.id for each in closure(outline, outline.sections[3])]


def test_a_closure_survives_a_circle() -> None:
    outline = book(section(1, after=("s2",)), section(2, after=("s1",)))
    assert ["s1"] == [each.id for each in closure(outline, outline.sections[1])]


def test_what_a_section_goes_on_from_is_not_further_back() -> None:
    outline = book(section(1), section(2), section(3))
    assert {"s1"} == further_back(outline, outline.sections[2])


def test_what_is_both_near_and_far_is_further_back() -> None:
    outline = book(section(1), section(2), section(3, after=("s1", "s2")))
    assert {"s1"} == further_back(outline, outline.sections[2])


def test_two_that_meet_are_both_near() -> None:
    outline = book(
        section(1), section(2, after=("s1",)), section(3, after=("s1",)), section(4, after=("s2", "s3"))
    )
    assert {"s1"} == further_back(outline, outline.sections[3])


@given(st.lists(st.lists(st.integers(1, 7), max_size=3), min_size=7, max_size=7))
def test_what_is_further_back_is_in_the_closure_and_nothing_near_is_alone(links: list[list[int]]) -> None:
    outline = book(*(section(n, after=tuple(f"s{k}" for k in after)) for n, after in enumerate(links, 1)))
    for each in outline.sections:
        earlier = [before for before in closure(outline, each) if before.position < each.position]
        whole, far = {before.id for before in earlier}, further_back(outline, each)
        assert (True, True) == (far <= whole, whole - far <= set(each.after))
