from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.text.quotes import is_quoted

TEXT = "“Nobody crosses,” said Anna—quietly—and *lit* the lamp.\nIt was nine\no’clock."


@pytest.mark.parametrize(
    ("quote", "held"),
    [
        ('"nobody crosses," said Anna', True),
        ("Anna-quietly-and lit the lamp", True),
        ("it was nine o'clock.", True),
        ("lit the lamp!", True),
        ("Nobody crossed", False),
        ("said Anna lit the lamp", False),
        ("…", False),
        ("", False),
    ],
)
def test_words_are_quoted_whatever_their_marks(quote: str, held: bool) -> None:  # noqa: FBT001 - a case
    assert held is is_quoted(quote, TEXT)


@given(st.text(), st.text(min_size=1), st.text())
def test_every_part_of_a_text_that_says_something_is_quoted_from_it(
    before: str, part: str, after: str
) -> None:
    said = any(character.isalnum() for character in part)
    assert not said or is_quoted(part, f"{before} {part} {after}")
