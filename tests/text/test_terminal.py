from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.text.terminal import safe, safe_line

UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(st.characters(codec=None)))
def test_nothing_unseen_is_left(text: str) -> None:
    left = {char for char in safe(text) if unicodedata.category(char) in UNSAFE} - {"\n", "\t"}

    assert not left


@given(st.text(), st.text())
def test_how_a_text_was_cut_makes_no_difference(one: str, two: str) -> None:
    assert safe(one + two) == safe(one) + safe(two)


@given(st.text())
def test_a_line_stays_one_line_of_the_same_width(text: str) -> None:
    assert len(text) == len(safe_line(text))
    assert len(safe_line(text).splitlines()) <= 1


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "\x9b2J", "a\rb", "a\bb", "\u202eevil", "\u200b", "\u2066x", "\x00"]
)
def test_what_commands_a_terminal_is_replaced(text: str) -> None:
    assert "\ufffd" in safe(text)


def test_newline_and_tab_stay() -> None:
    assert "a\n\tb" == safe("a\n\tb")
