from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storygen.review.runs import Memory, Notes

WORDS = [f"w{number}" for number in range(400)]
RUN = WORDS[100:112]


def test_twelve_words_that_return_are_a_run_and_eleven_are_none() -> None:
    memory = Memory(shortest=12)
    memory.read(WORDS[:200])

    assert [12, 0] == [
        sum(run.length for run in memory.read(["x", *words, "y"]).runs) for words in (RUN, WORDS[120:131])
    ]


def test_a_run_is_found_in_the_text_that_had_it_first() -> None:
    memory = Memory(shortest=12)
    memory.read(WORDS[300:340])
    memory.read(WORDS[:200])
    found = memory.read(["x", *RUN])

    assert [(1, 12, 1, 100)] == [(run.at, run.length, run.where, run.before) for run in found.runs]


def test_a_text_that_says_something_twice_shares_it_with_itself() -> None:
    found = Memory(shortest=12).read([*RUN, "and", "then", *RUN])

    assert [(14, 12, 0, 0)] == [(run.at, run.length, run.where, run.before) for run in found.runs]


def test_a_run_does_not_reach_over_the_end_of_a_text() -> None:
    memory = Memory(shortest=12)
    memory.read(WORDS[:10])
    memory.read(WORDS[10:30])

    assert () == memory.read(WORDS[4:16]).runs


def test_the_share_of_what_returned_is_told() -> None:
    memory = Memory(shortest=12)
    memory.read(WORDS[:107])

    assert 0.5 == memory.read(WORDS[50:107] + WORDS[200:250]).share


@given(
    st.lists(st.sampled_from(WORDS), min_size=12, max_size=40),
    st.integers(min_value=0, max_value=60),
    st.integers(min_value=0, max_value=60),
)
def test_every_run_is_found_wherever_it_stands(words: list[str], before: int, behind: int) -> None:
    memory = Memory(shortest=12)
    memory.read([*(f"a{n}" for n in range(before)), *words, *(f"b{n}" for n in range(behind))])
    found = memory.read([*(f"c{n}" for n in range(behind)), *words, *(f"d{n}" for n in range(before))])

    assert (behind, len(words)) == (
        min(run.at for run in found.runs),
        max(run.at + run.length for run in found.runs) - behind,
    )


def test_notes_know_their_place_and_only_whole_runs() -> None:
    notes = Notes(shortest=12)
    notes.add("the card", " ".join(WORDS[:30]))

    assert [(2, 15, "the card")] == list(notes.found(["x", "y", *WORDS[5:20], "z", *WORDS[20:31]]))
