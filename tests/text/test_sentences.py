from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.text.sentences import sentences, tail
from storygen.text.words import count_words

PROSE = st.text(alphabet="ab .!?…\n\t#`~|>-1“”。あ", max_size=200)


@given(PROSE, st.sampled_from(["en", "en-GB", "de", "zh", "xx", ""]))
def test_sentences_together_are_the_text(text: str, lang: str) -> None:
    assert text == "".join(sentences(text, lang))


@given(PROSE)
def test_no_sentence_is_only_white_space_unless_the_text_is(text: str) -> None:
    assert not text.strip() or all(sentence.strip() for sentence in sentences(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Hale rang. He rang twice.", ["Mr. Hale rang. ", "He rang twice."]),
        ("No end here\n\nNor here", ["No end here\n\n", "Nor here"]),
        ("# Title\nText.", ["# Title\n", "Text."]),
        ("- one\n- two", ["- one\n", "- two"]),
        ("```\na. B. c\n\nd.\n```\nText.", ["```\na. B. c\n\nd.\n```\n", "Text."]),
        ("灯がともる。誰もいない。", ["灯がともる。", "誰もいない。"]),
    ],
)
def test_a_sentence_ends_where_a_reader_would_stop(text: str, expected: list[str]) -> None:
    assert expected == sentences(text, "ja" if text[0] == "灯" else "en")


@given(PROSE, st.integers(1, 30))
def test_a_tail_is_the_end_and_has_the_words_asked_for(text: str, words: int) -> None:
    found = tail(text, words=words)

    assert text.rstrip().endswith(found)
    assert count_words(found) >= min(words, count_words(text)) or "```" in text or "~~~" in text


def test_a_tail_begins_at_a_sentence() -> None:
    assert "Five six seven." == tail("One two. Three four. Five six seven.\n", words=2)


def test_a_sentence_without_end_does_not_make_an_endless_tail() -> None:
    assert 10 == count_words(tail("and so on " * 1000, words=10))
