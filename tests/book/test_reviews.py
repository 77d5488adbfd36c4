from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storygen.book.folder import Book
from storygen.book.reviews import StoredReview, applied_to, read_review, round_of, write_review
from storygen.draft import Objection
from storygen.errors import FileError

objections = st.builds(
    lambda rule, why, quote, suggestion: Objection(rule, why, quote=quote, suggestion=suggestion),
    *[st.text(st.characters(exclude_categories=["Cs"]), max_size=20)] * 4,
)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book.of(tmp_path / "outline.yaml")
    book.prepare()
    return book


@given(found=st.lists(objections, max_size=3), made=st.lists(st.text("0f", max_size=4), max_size=2))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_is_read_again(book: Book, found: list[Objection], made: list[str]) -> None:
    review = StoredReview(tuple(found), "1f", 2, "claude", rehearsed=True, made=tuple(made), accepted=("A.",))
    write_review(book, "the-boat", review)

    assert review == read_review(book, "the-boat")


def test_a_section_that_nobody_reviewed_has_no_review(book: Book) -> None:
    assert None is read_review(book, "the-boat")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": [1]}'])
def test_a_damaged_review_is_a_sentence(book: Book, text: str) -> None:
    path = book.private / "versions" / "the-boat" / "review.json"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")

    with pytest.raises(FileError, match=r"review\.json is damaged"):
        read_review(book, "the-boat")


def test_only_what_came_of_applying_is_another_round() -> None:
    first = applied_to(StoredReview((), "1f"), "It poured.", ("It poured.",))

    assert (1, 2) == (round_of(first, "It snowed."), round_of(first, "It poured."))


def test_suggestions_are_remembered_as_a_models_words() -> None:
    once = applied_to(StoredReview((), "1f"), "A. C.", ("A.",))

    assert ("A.", "B.") == applied_to(once, "A. B.", ("B.",)).accepted
