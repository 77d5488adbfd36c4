from __future__ import annotations

import os
from pathlib import Path

import pytest

from storygen.errors import FileError
from storygen.files.inside import inside, read_folder, read_inside


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "..",
        "../x",
        "a/../../x",
        "a\\..\\x",
        "C:\\x",
        "C:x",
        "\\x",
        "//host/x",
        "",
        " ",
        "a\0b",
    ],
)
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError):
        inside(tmp_path, name)


def test_a_name_may_lead_into_a_folder(tmp_path: Path) -> None:
    assert tmp_path.resolve() / "a" / "b.md" == inside(tmp_path, "a/./b.md")


def test_a_link_that_leads_outside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "book" / "link").symlink_to(tmp_path / "secret")

    with pytest.raises(FileError, match="leads out of"):
        read_inside(tmp_path / "book", "link", limit=100)


def test_a_folder_that_is_a_link_outwards_is_refused(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "book" / "link").symlink_to(tmp_path)

    with pytest.raises(FileError, match="leads out of"):
        inside(tmp_path / "book", "link/secret")


def test_a_folder_whose_name_begins_like_the_root_is_outside(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "bookish").mkdir()
    (tmp_path / "book" / "link").symlink_to(tmp_path / "bookish")

    with pytest.raises(FileError, match="leads out of"):
        inside(tmp_path / "book", "link")


def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text")
    (tmp_path / "b.md").symlink_to("a.md")

    assert "text" == read_inside(tmp_path, "b.md", limit=100)


def test_a_loop_of_links_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    with pytest.raises(FileError):
        read_inside(tmp_path, "a", limit=100)


def test_a_pipe_is_no_file_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(FileError, match="not a regular file"):
        read_inside(tmp_path, "pipe", limit=100)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(FileError):
        read_inside(tmp_path, "folder", limit=100)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"a\.md does not exist"):
        read_inside(tmp_path, "a.md", limit=100)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x" * 101)

    with pytest.raises(FileError, match="larger than 100 bytes"):
        read_inside(tmp_path, "a.md", limit=100)


def test_what_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"caf\xe9")

    with pytest.raises(FileError, match=r"byte 4"):
        read_inside(tmp_path, "a.md", limit=100)


def test_a_byte_order_mark_is_no_text_and_line_ends_stay(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbfa\r\nb")

    assert "a\r\nb" == read_inside(tmp_path, "a.md", limit=100)


def test_a_whole_folder_is_read_as_its_files_are_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "a.md").write_text("a")
    (tmp_path / "drafts" / "b.md").symlink_to("a.md")

    assert ["a", "a"] == list(read_folder(tmp_path, "drafts", ["a.md", "b.md"], limit=100))


def test_a_link_out_of_the_book_is_not_read_with_its_folder_either(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("key")
    (tmp_path / "book" / "drafts").mkdir(parents=True)
    (tmp_path / "book" / "drafts" / "a.md").symlink_to(tmp_path / "secret")

    with pytest.raises(FileError, match="leads out of"):
        list(read_folder(tmp_path / "book", "drafts", ["a.md"], limit=100))


def test_a_folder_that_is_a_link_out_of_the_book_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.md").write_text("key")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "drafts").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FileError, match="leads out of"):
        list(read_folder(tmp_path / "book", "drafts", ["a.md"], limit=100))
