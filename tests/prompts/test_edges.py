from __future__ import annotations

import pytest

from storygen.outline.tree import Kind
from storygen.text.tokens import count_tokens
from storygen.text.words import count_words
from tests.prompts.books import book, context, long_book, prose, section


def test_a_tail_has_three_hundred_words_from_a_sentence_start() -> None:
    outline = long_book(2)
    found = context(outline, 2)
    assert (True, True, True) == (
        300 <= count_words(found.tail) < 320,
        found.tail.startswith("She counted 1 gulls"),
        prose(1).endswith(found.tail),
    )


def test_a_short_text_is_its_own_tail() -> None:
    assert (
        "It rained.\n\n* * *\n\nIt stopped."
        == context(long_book(2), 2, {"s1": "It rained.\n\n* * *\n\nIt stopped.\n"}).tail
    )


def test_a_tail_keeps_its_budget() -> None:
    assert count_tokens(context(long_book(2), 2, {"s1": "語" * 5000}, tail=100).tail) <= 100


def test_a_page_does_not_go_on_from_another() -> None:
    outline = book(section(1, page="a"), section(2, page="b"), kind=Kind.DOCS)
    assert ("", "Title 1") == (context(outline, 2).tail, context(outline, 2).recap[0])


@pytest.mark.parametrize(
    ("fields", "fence"),
    [
        ({"beats": ("She runs.", "She falls."), "summary": "A flight."}, "She runs."),
        ({"summary": "A flight."}, "A flight."),
        ({}, "Title 2"),
    ],
)
def test_the_fence_is_what_the_next_section_begins_with(fields: dict[str, object], fence: str) -> None:
    assert fence == context(book(section(1), section(2, **fields)), 1).fence


def test_the_last_section_has_no_fence() -> None:
    assert "" == context(book(section(1), section(2)), 2).fence


def test_openings_and_endings_of_the_nearest_sections_are_listed() -> None:
    found = context(long_book(9), 9)
    assert (5, "Morning 8 came late She", "Then it rained.") == (
        len(found.openings),
        found.openings[-1].replace(".", ""),
        found.endings[-1],
    )


def test_openings_in_characters_are_long_enough_to_tell() -> None:
    found = context(book(section(1), section(2), lang="ja"), 2, {"s1": "由美は工具箱を持って船に乗った。"})

    assert ("由美は工具箱を持って",) == found.openings


def test_a_text_that_ends_in_code_has_no_last_sentence() -> None:
    text = "Run it:\n\n```sh\nferry\n\nclock\n```\n"
    assert () == context(book(section(1), section(2)), 2, {"s1": text}).endings
