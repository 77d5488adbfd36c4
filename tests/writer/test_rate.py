from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.draft import Joint, Leg, Stretch
from storygen.messages import StopReason
from storygen.writer.rate import RECENT, Delivery, Replies, asked_words, deliveries, heard, rate
from tests.prompts.books import section

ASKED = Stretch(words=1_000, asked=1_000)


def reply(
    words: int, stretch: Stretch = ASKED, reason: StopReason = StopReason.END_TURN, **more: Joint
) -> Leg:
    return Leg("word " * words, reason, stretch=stretch, **more)


def came(*words: int) -> list[Delivery]:
    return [Delivery(1_000, each) for each in words]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], 1.0),
        ([490], 0.7),
        ([900], 1.0),
        ([400, 400], 0.4),
        ([500, 720], 0.6),
        ([400, 1000], 1.0),
        ([1000, 400], 1.0),
        ([1700], 1.7),
        ([1700, 1700], 1.7),
        ([930, 1060, 950, 1090], 1.0),
        ([600] * 6, 0.6),
        ([1000] * 9 + [200], 1.0),
        ([10, 10, 10], 1 / 3),
        ([9000], 3.0),
    ],
)
def test_a_rate_is_learned_and_one_accident_teaches_little(words: list[int], expected: float) -> None:
    assert expected == pytest.approx(rate(came(*words)))


def test_a_rate_follows_a_writer_that_changes() -> None:
    assert 0.5 == pytest.approx(rate(came(*[1000] * 5, *[500] * 15)), abs=0.03)


@given(st.lists(st.builds(Delivery, st.integers(200, 9_000), st.integers(0, 20_000)), max_size=30))
def test_a_rate_is_even_or_beyond_what_is_quiet_and_never_out_of_bounds(found: list[Delivery]) -> None:
    known = rate(found)
    assert known == 1 or (abs(known - 1) > 0.1 and 0.333 <= known <= 3.0001)


def test_legs_that_went_on_from_each_other_are_one_delivery() -> None:
    legs = [reply(300, reason=StopReason.MAX_TOKENS), reply(200, joint=Joint.ANCHOR)]
    assert [Delivery(1_000, 500)] == list(deliveries(legs))


def test_stretches_and_passages_are_deliveries_of_their_own() -> None:
    second = Stretch(2, 2, words=900, asked=1_200)
    legs = [
        reply(800),
        reply(700, second),
        reply(300, Stretch(2, 2, words=400, asked=500), joint=Joint.PASSAGES),
    ]
    assert [Delivery(1_000, 800), Delivery(1_200, 700), Delivery(500, 300)] == list(deliveries(legs))
    assert 2_200 == asked_words(legs)


@pytest.mark.parametrize("reason", [StopReason.CUT, StopReason.REFUSAL, StopReason.MAX_TOKENS])
def test_what_did_not_come_to_an_end_teaches_nothing(reason: StopReason) -> None:
    assert [] == list(deliveries([reply(100, reason=reason)]))


def test_what_was_asked_for_in_few_words_teaches_nothing() -> None:
    assert [] == list(deliveries([reply(10, Stretch(words=150, asked=150)), reply(10, Stretch())]))


def listened(there: dict[str, int], earlier: dict[str, int], before: int = 3, model: str = "m") -> list[int]:
    """Return the words of what is heard before a section that comes after s1, s2 and so on."""
    told = [{id_: Replies("m", (reply(words),)) for id_, words in each.items()} for each in (there, earlier)]
    sections = [section(position) for position in range(1, before + 1)]
    found = heard(sections, model=model, there=told[0], earlier=told[1])
    return [each.words for each in found]


def test_what_comes_before_is_heard_as_it_is_now() -> None:
    assert [10, 21] == listened({"s1": 10, "s2": 21}, {"s1": 10, "s2": 20, "s9": 90})


def test_other_sections_of_earlier_runs_are_heard_only_where_there_is_little_else() -> None:
    assert [90, 10] == listened({"s9": 91, "s1": 10}, {"s9": 90, "s1": 11})


def test_other_sections_of_a_run_that_is_not_over_are_never_heard() -> None:
    assert [10] == listened({"s1": 10, "s9": 90}, {"s1": 10})


def test_another_model_is_not_heard() -> None:
    assert [] == listened({"s1": 10, "s2": 20}, {"s3": 30}, model="n")


def test_only_the_nearest_sections_are_heard() -> None:
    found = listened({f"s{number}": number for number in range(1, 31)}, {}, before=30)
    assert (RECENT, 30) == (len(found), found[-1])
