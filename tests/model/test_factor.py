from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storygen.model.factor import learned, roomy

FACTORS = st.floats(0.5, 4)


def test_samples_that_agree_are_believed_before_long() -> None:
    assert 0.01 > abs(learned(1.4, [(1_000, 1_250)] * 20) - 1.25)


def test_the_newest_counts_most() -> None:
    assert learned(1.4, [(100, 200), (100, 100)]) < learned(1.4, [(100, 100), (100, 200)])


@given(FACTORS, st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))))
def test_a_factor_stays_between_what_it_has_seen(factor: float, samples: list[tuple[int, int]]) -> None:
    assert 0.25 <= learned(factor, samples) <= 6


@given(FACTORS, FACTORS)
def test_room_never_shrinks_below_the_table_and_covers_most_of_what_was_learned(
    factor: float, found: float
) -> None:
    room = roomy(factor, found)

    assert factor <= room
    assert found <= room + factor / 4 + 1e-9


@given(st.floats(0.5, 1.2499))
def test_small_differences_change_no_request(part: float) -> None:
    assert 1.4 == roomy(1.4, 1.4 * part)
