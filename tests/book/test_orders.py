from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storygen.book.folder import Book
from storygen.book.orders import Order, Verb, read_order, write_order
from storygen.errors import FileError

notes = st.text(st.characters(exclude_categories=["Cs"]))
orders = st.builds(
    Order,
    verb=st.sampled_from(Verb),
    note=notes,
    variants=st.integers(1, 9),
    model=notes,
    base=st.integers(0, 9),
    made=st.tuples() | st.tuples(notes),
)


@given(orders)
@settings(max_examples=30)
def test_an_order_survives_its_file(order: Order) -> None:
    with TemporaryDirectory() as folder:
        book = Book(Path("outline.yaml"), Path(folder))
        write_order(book, "boat", order)

        assert order == read_order(book, "boat")


def test_of_most_sections_nothing_was_asked(tmp_path: Path) -> None:
    assert read_order(Book(Path("outline.yaml"), tmp_path), "boat") is None


@given(orders)
def test_the_same_wish_is_known_whenever_it_began(order: Order) -> None:
    assert order.asks_the_same(replace(order, base=7, known=3, after=12, made=("1f",)))


def test_another_note_is_another_wish() -> None:
    assert not Order(Verb.REWRITE, "colder").asks_the_same(Order(Verb.REWRITE, "warmer"))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"verb": "burn", "made": []}', '{"verb": "rewrite", "made": [], "x": 1}']
)
def test_a_damaged_order_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / ".storygen/versions/boat/order.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)

    with pytest.raises(FileError, match=r"boat/order\.json is damaged"):
        read_order(Book(Path("outline.yaml"), tmp_path), "boat")
