from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.text.words import count_words, split_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("don’t don't", ["don’t", "don't"]),
        ("one--two, three—four", ["one", "two", "three", "four"]),
        ("**bold** and _it_ and snake_case", ["bold", "and", "it", "and", "snake_case"]),
        ("14.5 1,000 e.g. 21:30", ["14.5", "1,000", "e.g", "21:30"]),
        ("灯台です、Tokyo", ["灯", "台", "で", "す", "Tokyo"]),
        ("안녕하세요 세계", ["안녕하세요", "세계"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("# Title {.unnumbered}", ["Title"]),
        ("1. first\n2) second", ["first", "second"]),
        ("- one\n* two\n> three", ["one", "two", "three"]),
        ("| a | b |\n|---|:-:|", ["a", "b"]),
        ("```python\nx = 1\n```", ["x", "1"]),
        ('see [the log](https://example.org "Title")', ["see", "the", "log"]),
        (
            "see [the log][log] and rope[^1]\n\n[log]: https://example.org\n[^1]: Hemp.",
            ["see", "the", "log", "and", "rope"],
        ),
        ("a <!-- not\nthis --> b", ["a", "b"]),
        ("a <!-- never closed", ["a", "never", "closed"]),
        ("<b>bold</b>&nbsp;text", ["bold", "text"]),
    ],
)
def test_a_word_is_what_a_reader_would_count(text: str, expected: list[str]) -> None:
    assert expected == split_words(text)


@given(st.text())
def test_counting_is_splitting(text: str) -> None:
    assert len(split_words(text)) == count_words(text)


@given(st.text(alphabet="aé’- .あ\n", max_size=40))
def test_how_a_letter_is_composed_does_not_count(text: str) -> None:
    assert count_words(unicodedata.normalize("NFC", text)) == count_words(unicodedata.normalize("NFD", text))
