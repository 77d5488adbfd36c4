from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.book.folder import Book
from storygen.book.record import (
    Record,
    Written,
    format_record,
    hash_text,
    parse_record,
    read_record,
    write_record,
)
from storygen.errors import FileError, UsageError

words = st.text()
writtens = st.builds(Written, st.dictionaries(words, words), words, words, st.booleans())
records = st.builds(Record, words, st.dictionaries(words, writtens))


@given(records)
def test_a_record_survives_its_spelling(record: Record) -> None:
    assert record == parse_record(format_record(record))


@given(records)
def test_the_same_record_is_always_spelt_the_same(record: Record) -> None:
    reordered = Record(record.outline, dict(reversed(record.sections.items())))

    assert format_record(record) == format_record(reordered)


@given(records)
def test_every_section_has_one_line(record: Record) -> None:
    bare = format_record(Record("", {})).count("\n")

    assert bare + (len(record.sections) + 1 if record.sections else 0) == format_record(record).count("\n")


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_rubbish_is_a_sentence(text: str) -> None:
    with pytest.raises(FileError, match=r"storygen\.lock"):
        parse_record(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is damaged"),
        ("[]", "is damaged"),
        ("[" * 100_000, "is damaged"),
        ('{"storygen": 1, "outline": 3, "sections": {}}', "“3” is no text"),
        ('{"storygen": 1, "outline": "o", "sections": []}', "is damaged"),
        ('{"storygen": 1, "outline": "o", "sections": {"a": {}}}', "is damaged: 'inputs'"),
        ('{"storygen": 2, "outline": "o", "sections": {}}', "newer storygen"),
        ('{"storygen": "x"}', "“x” is no version"),
        ('{\n<<<<<<< HEAD\n"storygen": 1', "unfinished merge"),
    ],
)
def test_each_kind_of_damage_has_its_sentence(text: str, sentence: str) -> None:
    with pytest.raises(FileError, match=sentence):
        parse_record(text)


def test_no_file_is_no_record(tmp_path: Path) -> None:
    assert None is read_record(Book.of(tmp_path / "outline.yaml"))


def test_a_record_written_is_a_record_read(tmp_path: Path) -> None:
    book = Book.of(tmp_path / "outline.yaml")
    record = Record("outline.yaml", {"the-boat": Written({"card": "1f"}, "2e", "claude", rehearsed=True)})
    write_record(book, record)

    assert record == read_record(book)


def test_a_second_outline_on_the_same_book_is_refused(tmp_path: Path) -> None:
    write_record(Book.of(tmp_path / "outline.yaml"), Record("outline.yaml"))

    with pytest.raises(UsageError, match=r"is the book of outline\.yaml, not of other\.yaml"):
        read_record(Book.of(tmp_path / "other.yaml", book=tmp_path))


def test_a_book_that_moved_with_its_outline_is_still_its_book(tmp_path: Path) -> None:
    (tmp_path / "here" / "lamp").mkdir(parents=True)
    old = Book.of(tmp_path / "here" / "lamp.yaml")
    write_record(old, Record(old.outline_name))
    (tmp_path / "here").rename(tmp_path / "there")

    assert Record("../lamp.yaml") == read_record(Book.of(tmp_path / "there" / "lamp.yaml"))


@pytest.mark.parametrize("other", ["It rained.\n", "\nIt rained.", "It rained.\r\n"])
def test_what_editors_and_git_do_is_no_edit(other: str) -> None:
    assert hash_text("It rained.") == hash_text(other)


def test_one_character_is_an_edit() -> None:
    assert hash_text("It rained.") != hash_text("It rained!")
