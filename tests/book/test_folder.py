from __future__ import annotations

import stat
from pathlib import Path

import pytest

from storygen.book.folder import Book
from storygen.errors import FileError


@pytest.mark.parametrize(
    ("outline", "root"),
    [
        ("ferry/outline.yaml", "ferry"),
        ("ferry/outline.yml", "ferry"),
        ("ferry/outline.md", "ferry"),
        ("ferry/lamp-room.yaml", "ferry/lamp-room"),
        ("lamp-room.md", "lamp-room"),
        ("my.lamp.room.yaml", "my.lamp.room"),
    ],
)
def test_a_book_lies_where_its_outline_says(outline: str, root: str) -> None:
    assert Path(root) == Book.of(Path(outline)).root


def test_a_named_folder_wins() -> None:
    assert Path("elsewhere") == Book.of(Path("ferry/outline.yaml"), book=Path("elsewhere")).root


def test_the_outline_is_named_as_seen_from_the_book(tmp_path: Path) -> None:
    assert "../lamp-room.yaml" == Book.of(tmp_path / "lamp-room.yaml").outline_name


def test_the_private_folder_is_private_and_ignored_by_git(tmp_path: Path) -> None:
    book = Book.of(tmp_path / "lamp.yaml")
    book.prepare()

    assert (0o700, "*\n") == (
        stat.S_IMODE(book.private.stat().st_mode),
        (book.private / ".gitignore").read_text(encoding="utf-8"),
    )


def test_preparing_twice_leaves_nothing_behind(tmp_path: Path) -> None:
    book = Book.of(tmp_path / "outline.yaml")
    book.prepare()
    book.prepare()

    assert [".gitignore", ".storygen", "drafts"] == sorted(path.name for path in tmp_path.rglob("*"))


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("no folder", encoding="utf-8")

    with pytest.raises(FileError, match=r"drafts cannot be made: there is a file of that name"):
        Book.of(tmp_path / "outline.yaml").prepare()


def test_a_file_above_the_book_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    with pytest.raises(FileError, match="a folder on the way there is a file"):
        Book.of(tmp_path / "o.yaml", book=tmp_path / "file" / "book").prepare()


@pytest.mark.parametrize("name", ["drafts", ".storygen"])
def test_no_folder_of_a_book_is_a_link_that_leads_out(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / name).symlink_to(tmp_path / "outside")

    with pytest.raises(FileError, match="is a link"):
        Book.of(tmp_path / "book" / "outline.yaml").prepare()
