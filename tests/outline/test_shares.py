from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storygen.outline.shares import Asked, Contradiction, share


@given(words=st.integers(100, 1_000_000), leaves=st.integers(1, 60))
def test_no_word_is_lost_in_sharing(words: int, leaves: int) -> None:
    given_, _ = share([Asked((words, words), None), *[Asked(None, 0, leaf=True)] * leaves])

    assert words == sum(target.aim for target in given_.values())


@given(words=st.integers(5_000, 1_000_000), own=st.lists(st.integers(1, 1_000), max_size=4))
def test_what_others_ask_for_is_taken_off_first(words: int, own: list[int]) -> None:
    leaves = [Asked((each, each), 0, leaf=True) for each in own]
    given_, _ = share([Asked((words, words), None), *leaves, Asked(None, 0, leaf=True)])

    assert words - sum(own) == given_[len(own) + 1].aim


def test_a_heading_without_words_counts_as_what_is_below_it() -> None:
    asked = [
        Asked((3000, 3000), None),
        Asked(None, 0),
        Asked((500, 500), 1, leaf=True),
        Asked(None, 0, leaf=True),
    ]

    assert 2500 == share(asked)[0][3].aim


def test_sums_that_do_not_add_up_are_told() -> None:
    asked = [Asked((1000, 1000), None), Asked((1500, 1500), 0, leaf=True), Asked(None, 0, leaf=True)]

    assert [Contradiction(0, 1000, 1000, 1500, 1)] == share(asked)[1]


def test_a_sum_within_a_tenth_is_no_contradiction() -> None:
    asked = [Asked((1000, 1000), None), Asked((1090, 1090), 0, leaf=True)]

    assert [] == share(asked)[1]
