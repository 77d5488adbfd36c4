from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.text.tokens import _ranks, count_tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("hello world", 2),
        ("The quick brown fox jumps over the lazy dog.", 10),
        ("antidisestablishmentarianism", 6),
        ("お誕生日おめでとう", 9),
        ("def f(x):\n    return x + 1\n", 11),
        ("<|endoftext|>", 7),
    ],
)
def test_tokens_are_those_of_cl100k(text: str, expected: int) -> None:
    assert expected == count_tokens(text)


@given(st.text())
def test_any_text_can_be_counted(text: str) -> None:
    assert (count_tokens(text) == 0) == (text == "")


def test_half_a_character_can_be_counted() -> None:
    assert count_tokens("\ud83d") > 0


@pytest.mark.parametrize("run", ["a", " ", "\n", "-", "灯", "ab"])
def test_a_megabyte_without_a_pause_is_counted(run: str) -> None:
    assert 1_000 < count_tokens(run * (1_000_000 // len(run))) <= 2_000_000


def test_long_runs_cost_next_to_nothing_in_precision() -> None:
    assert 12_500 == count_tokens("a" * 100_000)


def test_the_packed_ranks_are_the_ones_that_tiktoken_pins() -> None:
    published = b"".join(base64.b64encode(piece) + b" %d\n" % rank for piece, rank in _ranks().items())

    assert "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7" == sha256(published).hexdigest()
