from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.manuscript.wrap import by_sentence
from storygen.text.markdown import blocks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. Nobody came.\n\nSo what? Go.", "It rained.\nNobody came.\n\nSo what?\nGo."),
        ("- It rained. Nobody came.", "- It rained.\n  Nobody came."),
        ("1. Stop. Go.\n\n   It rained. So?", "1. Stop.\n   Go.\n\n   It rained.\n   So?"),
        ("- a\n\n  10. Stop. Go. - No.", "- a\n\n  10. Stop.\n      Go. - No."),
        ("-\tIt rained. Nobody came.", "-\tIt rained. Nobody came."),
        ("- > It rained. Nobody came.", "- > It rained. Nobody came."),
        ("> It rained. Nobody came.", "> It rained. Nobody came."),
        ("```\nOne. Two.\n```", "```\nOne. Two.\n```"),
        ("One line.  \nAnother. One.", "One line.  \nAnother. One."),
        ("It is so. 1. This is no list.", "It is so. 1.\nThis is no list."),
        ("雨が降った。誰も来ない。", "雨が降った。誰も来ない。"),
        ("| a. b | c |\n|---|---|\n| A. B | d |", "| a. b | c |\n|---|---|\n| A. B | d |"),
    ],
)
def test_every_sentence_of_a_paragraph_has_a_line(text: str, expected: str) -> None:
    assert expected == by_sentence(text, lang="en")


def test_a_text_that_is_to_be_kept_has_no_line_end_in_it() -> None:
    text = "Say it. Run it. Then stop. Go on."
    assert "Say it.\nRun it. Then stop.\nGo on." == by_sentence(text, lang="en", keep=["Run it. Then stop."])


prose = st.lists(
    st.sampled_from(
        ["It rained.", "“No?”", "Go!", "#", "-", "1.", "* * *", "\n", "\n\n", "`a. B`", ">", "|", "="]
    ),
    max_size=12,
).map(" ".join)


@given(prose)
def test_no_word_changes_and_no_block(text: str) -> None:
    wrapped = by_sentence(text, lang="en")

    assert text.split() == wrapped.split()
    assert [(b.kind, b.text.split()) for b in blocks(text)] == [
        (b.kind, b.text.split()) for b in blocks(wrapped)
    ]


@given(prose)
def test_wrapping_again_changes_nothing(text: str) -> None:
    wrapped = by_sentence(text, lang="en")

    assert wrapped == by_sentence(wrapped, lang="en")
