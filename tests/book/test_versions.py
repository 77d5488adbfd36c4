from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storygen.book.folder import Book
from storygen.book.frontmatter import plain_prose
from storygen.book.record import Written
from storygen.book.versions import Version, add, read_versions, store_versions
from storygen.errors import FileError

prose = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(str.strip)
words = st.text(max_size=5)
rows = st.none() | st.builds(
    Written, st.dictionaries(st.text(), st.text()), st.text(), st.text(), st.booleans()
)
texts = st.builds(
    Version,
    number=st.just(0),
    text=prose,
    at=st.floats(0, 2e9),
    model=words,
    rehearsed=st.booleans(),
    written=rows,
)


def added(versions: Sequence[Version], known: tuple[Version, ...] = ()) -> tuple[Version, ...]:
    """Add *versions* one after another."""
    for version in versions:
        known = add(known, version)
    return known


@given(st.lists(texts))
def test_no_text_is_lost(versions: list[Version]) -> None:
    assert {plain_prose(each.text) for each in versions} == {each.text for each in added(versions)}


@given(st.lists(texts))
def test_versions_count_from_one_without_a_gap(versions: list[Version]) -> None:
    known = added(versions)

    assert list(range(1, len(known) + 1)) == [each.number for each in known]


@given(st.lists(texts), st.lists(texts))
def test_what_has_a_number_keeps_it(before: list[Version], after: list[Version]) -> None:
    known = added(before)

    assert known == added(after, known)[: len(known)]


@given(st.lists(texts), st.data())
def test_a_number_that_was_moved_away_is_not_given_again(
    versions: list[Version], data: st.DataObject
) -> None:
    known = added(versions)
    left = known[data.draw(st.integers(0, max(0, len(known) - 1))) :]
    more = added(versions, left)

    assert len(more) == len({each.number for each in more})


@given(st.lists(texts, max_size=4))
@settings(max_examples=30)
def test_a_version_survives_its_file(versions: list[Version]) -> None:
    with TemporaryDirectory() as folder:
        book, known = Book(Path("outline.yaml"), Path(folder)), added(versions)
        store_versions(book, "boat", known)

        assert known == read_versions(book, "boat")


def test_a_stored_version_is_never_written_again(tmp_path: Path) -> None:
    book = Book(Path("outline.yaml"), tmp_path)
    store_versions(book, "boat", [Version(1, "It rained.", 1.0)])
    store_versions(book, "boat", [Version(1, "It snowed.", 2.0)])

    assert ["It rained."] == [each.text for each in read_versions(book, "boat")]


def test_a_section_without_a_text_has_no_versions(tmp_path: Path) -> None:
    assert () == read_versions(Book(Path("outline.yaml"), tmp_path), "boat")


def test_other_files_beside_versions_are_left_alone(tmp_path: Path) -> None:
    book = Book(Path("outline.yaml"), tmp_path)
    store_versions(book, "boat", [Version(1, "It rained.", 1.0)])
    (tmp_path / ".storygen/versions/boat/order.json").write_text("{}")

    assert 1 == len(read_versions(book, "boat"))


@pytest.mark.parametrize(
    "head", ["", "at: soon", "at: 1\nmodel: 3", 'at: 1\nmodel: ""\nrehearsed: true\nwritten: 7']
)
def test_a_damaged_version_is_named(head: str, tmp_path: Path) -> None:
    path = tmp_path / ".storygen/versions/boat/0001.md"
    path.parent.mkdir(parents=True)
    path.write_text(f"---\n{head}\n---\n\nIt rained.\n")

    with pytest.raises(FileError, match=r"boat/0001\.md is damaged"):
        read_versions(Book(Path("outline.yaml"), tmp_path), "boat")


def test_a_link_out_of_the_book_is_not_followed(tmp_path: Path) -> None:
    book = Book(Path("outline.yaml"), tmp_path / "book")
    (tmp_path / "book/.storygen/versions").mkdir(parents=True)
    (tmp_path / "away").mkdir()
    (tmp_path / "book/.storygen/versions/boat").symlink_to(tmp_path / "away")

    with pytest.raises(FileError, match="leads out of"):
        store_versions(book, "boat", [Version(1, "It rained.", 1.0)])
