from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.draft import Stretch
from storygen.outline.tree import Outline, WordTarget
from storygen.writer.rate import Delivery
from storygen.writer.stretches import (
    CALL,
    Course,
    aim_of,
    extension,
    first_stretch,
    is_too_long,
    is_too_short,
    lacking,
    least_of,
    next_stretch,
)
from tests.prompts.books import book, section


def course(words: int = 1_000, *, beats: int = 3, rate: float = 1.0, **more: bool) -> Course:
    """Return the course of a section of so many words, where so much came of what was asked before."""
    target = WordTarget(words - words // 10, words + words // 10)
    own = section(1, words=target, beats=tuple(f"Beat {number}." for number in range(beats)))
    heard = (Delivery(1_000, round(1_000 * rate)),) * (0 if rate == 1 else 2)
    return Course(own, words, heard, **more)


def stretches(of: Course, *, brings: float = 1.0) -> list[Stretch]:
    """Return every stretch of a section whose replies bring so much of what they are to bring."""
    found: list[Stretch] = []
    written = 0
    while stretch := next_stretch(of, found[-1] if found else None, written):
        found.append(stretch)
        written += round(stretch.words * brings)
    return found


@pytest.mark.parametrize(
    ("words", "expected"), [(120, [120]), (1_000, [1_000]), (1_500, [1_500]), (1_600, [800, 800])]
)
def test_a_call_is_asked_for_what_it_delivers(words: int, expected: list[int]) -> None:
    assert expected == [each.asked for each in stretches(course(words))]


def test_a_target_is_asked_for_to_the_word_as_long_as_nothing_else_is_known() -> None:
    assert 1_037 == first_stretch(course(1_037)).asked


@pytest.mark.parametrize(("rate", "asked"), [(0.4, 2_500), (0.6, 1_650), (1.3, 750), (1.7, 600)])
def test_what_is_asked_makes_up_for_what_comes(rate: float, asked: int) -> None:
    assert (1_000, asked) == (first_stretch(course(rate=rate)).words, first_stretch(course(rate=rate)).asked)


@given(st.integers(1, 30_000), st.integers(0, 40), st.floats(0.3, 2.5))
def test_every_beat_is_told_once_in_order_whatever_comes(words: int, beats: int, brings: float) -> None:
    found = stretches(course(words, beats=beats), brings=brings)
    assert (0, beats) == (found[0].first, found[-1].behind)
    assert all(one.behind - one.open == two.first and one.open == two.begun for one, two in pairwise(found))
    assert not found[-1].open
    assert all(each.words <= CALL * 1.25 for each in found)


@given(st.integers(1_000, 30_000), st.floats(0.35, 1.6))
def test_stretches_make_up_for_each_other(words: int, brings: float) -> None:
    found = stretches(course(words), brings=brings)
    before = sum(round(each.words * brings) for each in found[:-1])
    assert words <= before + found[-1].words or found[-1].words == 150


def test_a_stretch_that_came_a_little_short_makes_no_more_of_them() -> None:
    assert 2 == len(stretches(course(3_000), brings=0.8))


def test_later_stretches_ask_by_what_came_of_the_first_ones() -> None:
    came = [Delivery(1_350, 600), Delivery(1_600, 700)]
    last = Stretch(2, 4, words=1_600, asked=1_600, first=1, behind=2)
    stretch = next_stretch(course(4_000), last, 1_300, came)
    assert (1_350, 3_050) == (stretch and stretch.words, stretch and stretch.asked)


def test_a_short_stretch_makes_more_of_them() -> None:
    assert (2, 3) == (len(stretches(course(3_000))), len(stretches(course(3_000), brings=0.5)))


def test_more_of_a_text_that_somebody_else_began_is_asked_for_with_all_beats() -> None:
    first = first_stretch(course(2_500), 700)
    assert (900, 2, 3) == (first.words, first.of, first.behind)


@pytest.mark.parametrize(("written", "expected"), [(629, 371), (631, 0), (1_000, 0), (2_000, 0), (0, 1_000)])
def test_only_what_is_far_too_short_lacks_words(written: int, expected: int) -> None:
    assert expected == lacking(course(), written)


def test_words_that_are_not_worth_a_call_are_not_lacking() -> None:
    assert 0 == lacking(course(150), 10)


def test_nothing_is_lacking_where_nobody_steers() -> None:
    assert 0 == lacking(course(steered=False), 100)


@pytest.mark.parametrize(
    ("written", "flags"), [(620, (True, False)), (1_000, (False, False)), (1_440, (False, True))]
)
def test_a_text_far_from_its_target_is_too_short_or_too_long(written: int, flags: tuple[bool, bool]) -> None:
    of = course().section
    assert flags == (is_too_short(of, written), is_too_long(of, written))


@pytest.mark.parametrize(("rate", "expected"), [(0.4, 1_500), (1.0, 950)])
def test_an_extension_half_believes_a_single_reply(rate: float, expected: int) -> None:
    of = course(rate=rate)
    asked = extension(of, first_stretch(of), 600, came=[Delivery(1_000, 400)]).asked
    assert expected == asked


def linked(count: int, *, low: int = 900, high: int = 1_100) -> Outline:
    return book(*(section(position, words=WordTarget(low, high)) for position in range(1, count + 1)))


def aim(outline: Outline, position: int, *words: int) -> int:
    """Return what a section aims at after sections of so many *words*."""
    before = outline.sections[: position - 1]
    texts = {each.id: "word " * count for each, count in zip(before, words, strict=True)}
    return aim_of(outline, outline.sections[position - 1], before, texts)


def test_what_earlier_sections_are_short_of_is_shared_by_the_next_ones() -> None:
    assert 1_050 == aim(linked(9), 3, 900, 950)


def test_the_last_section_makes_up_for_all_that_it_can() -> None:
    assert 1_090 == aim(linked(3), 3, 960, 950)


def test_a_section_stays_within_its_own_target() -> None:
    assert (1_100, 900) == (aim(linked(4), 3, 400, 400), aim(linked(4), 3, 1_700, 1_700))


def test_a_slight_miss_is_left_alone() -> None:
    assert 1_000 == aim(linked(9), 3, 990, 985)


def least(outline: Outline, position: int, *words: int) -> int:
    """Return how many words a section has to have after sections of so many *words*."""
    before = outline.sections[: position - 1]
    texts = {each.id: "word " * count for each, count in zip(before, words, strict=True)}
    return least_of(outline, outline.sections[position - 1], before, texts)


def test_others_make_up_for_a_section_that_they_follow() -> None:
    assert 0 == least(linked(4), 3, 500, 500)


def test_sections_that_nobody_asks_for_make_up_for_nothing() -> None:
    outline = linked(3)
    own = replace(outline, nodes=(*outline.sections[:2], replace(outline.sections[2], file="own.md")))
    assert 900 == least(own, 2, 900)


@pytest.mark.parametrize(("words", "expected"), [((900, 900), 900), ((500, 500), 900), ((1_000, 1_050), 650)])
def test_the_last_section_has_to_have_what_its_book_is_short_of_and_no_more_than_its_target(
    words: tuple[int, int], expected: int
) -> None:
    assert expected == least(linked(3), 3, *words)


@pytest.mark.parametrize(("written", "expected"), [(700, 300), (849, 151), (860, 0), (950, 0)])
def test_a_section_that_its_book_is_too_short_with_lacks_words(written: int, expected: int) -> None:
    assert expected == lacking(replace(course(), least=900), written)


def test_sections_that_are_not_there_or_not_asked_for_weigh_nothing() -> None:
    outline = linked(5)
    own = [replace(outline.sections[0], file="own.md"), *outline.sections[1:3]]
    texts = {"s1": "word", "s2": "word " * 1_000}
    assert 1_000 == aim_of(outline, outline.sections[3], own, texts)
