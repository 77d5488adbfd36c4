from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.book.drafts import (
    StoredDraft,
    draft_name,
    drop_partial,
    keep,
    keep_partial,
    may_overwrite,
    read_drafts,
    read_partials,
    renamings,
    renumber,
)
from storygen.book.folder import Book
from storygen.book.record import hash_text
from storygen.draft import Draft, DraftStatus
from storygen.errors import FileError
from storygen.outline.tree import Level, Section, WordTarget

ids = st.text(st.characters(), min_size=1, max_size=300)


def section(id_: str, position: int = 1) -> Section:
    return Section(id_, id_, position, 1, Level.SECTION, WordTarget(100, 200))


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book.of(tmp_path / "outline.yaml")
    book.prepare()
    return book


def names(book: Book) -> list[str]:
    return sorted(path.name for path in book.drafts.iterdir())


def test_a_kept_draft_is_a_draft_read(book: Book) -> None:
    stored = keep(book, section("boat"), Draft("boat", "It rained.\n\nAll day."), count=3)

    assert {"boat": stored} == read_drafts(book)


def test_a_draft_is_front_matter_of_two_lines_and_prose(book: Book) -> None:
    stored = keep(book, section("boat"), Draft("boat", "It rained."), count=3)

    assert "---\nid: boat\nstatus: draft\n---\n\nIt rained.\n" == stored.path.read_text(encoding="utf-8")


def test_a_draft_is_found_by_its_id_whatever_its_name(book: Book) -> None:
    stored = keep(book, section("boat"), Draft("boat", "It rained."), count=3)
    stored.path.rename(book.drafts / "My favourite.md")

    assert "My favourite.md" == read_drafts(book)["boat"].path.name


def test_a_draft_without_front_matter_is_found_by_its_name(book: Book) -> None:
    (book.drafts / "01-boat.md").write_text("It rained.\n", encoding="utf-8")

    assert "It rained." == read_drafts(book)["boat"].text


def test_notes_and_hidden_files_are_no_drafts(book: Book) -> None:
    (book.drafts / "notes.md").write_text("Buy milk.\n", encoding="utf-8")
    (book.drafts / "._01-boat.md").write_bytes(b"\xff\xfe\x00")
    (book.drafts / ".#01-boat.md").symlink_to("nowhere")

    assert {} == read_drafts(book)


def test_a_book_without_drafts_has_none(tmp_path: Path) -> None:
    assert {} == read_drafts(Book.of(tmp_path / "outline.yaml"))


def test_windows_line_ends_and_a_byte_order_mark_are_no_edit(book: Book) -> None:
    (book.drafts / "01-boat.md").write_bytes(
        b"\xef\xbb\xbf---\r\nid: boat\r\n---\r\n\r\nOne.\r\n\r\nTwo.\r\n"
    )

    assert hash_text("One.\n\nTwo.") == hash_text(read_drafts(book)["boat"].text)


def test_two_files_of_one_id_are_both_named(book: Book) -> None:
    for name in ("01-boat.md", "01-boat (conflicted copy).md"):
        (book.drafts / name).write_text("---\nid: boat\n---\n", encoding="utf-8")

    with pytest.raises(FileError, match=r"01-boat \(conflicted copy\)\.md and .*01-boat\.md are both"):
        read_drafts(book)


def test_a_draft_that_is_not_utf8_is_named(book: Book) -> None:
    (book.drafts / "01-boat.md").write_bytes(b"Caf\xe9")

    with pytest.raises(FileError, match=r"drafts/01-boat\.md is not UTF-8"):
        read_drafts(book)


def test_a_draft_that_is_a_link_out_of_the_book_is_not_read(book: Book, tmp_path: Path) -> None:
    secret = tmp_path.parent / "secret"
    secret.write_text("secret", encoding="utf-8")
    (book.drafts / "01-boat.md").symlink_to(secret)

    with pytest.raises(FileError, match="leads out"):
        read_drafts(book)


def test_a_status_that_nobody_knows_is_told(book: Book) -> None:
    (book.drafts / "01-boat.md").write_text("---\nid: boat\nstatus: done\n---\n", encoding="utf-8")

    with pytest.raises(FileError, match=r"01-boat\.md: “done” is no status"):
        read_drafts(book)


def test_a_new_version_replaces_what_storygen_wrote(book: Book) -> None:
    first = keep(book, section("boat"), Draft("boat", "One."), count=3)
    keep(book, section("boat"), Draft("boat", "Two."), count=3, stored=first, replaces=hash_text("One."))

    assert (["01-boat.md"], "Two.") == (names(book), read_drafts(book)["boat"].text)


def test_an_edited_draft_is_never_overwritten(book: Book) -> None:
    first = keep(book, section("boat"), Draft("boat", "One."), count=3)
    first.path.write_text("---\nid: boat\n---\n\nMine.\n", encoding="utf-8")
    second = keep(
        book, section("boat"), Draft("boat", "Two."), count=3, stored=first, replaces=hash_text("One.")
    )

    assert ("Mine.", "01-boat.new.md", "Two.") == (
        read_drafts(book)["boat"].text,
        second.path.name,
        second.text,
    )


def test_an_edit_during_the_run_is_noticed(book: Book) -> None:
    (book.drafts / "01-boat.md").write_text("Mine.", encoding="utf-8")
    keep(book, section("boat"), Draft("boat", "Two."), count=3)

    assert "Mine." == read_drafts(book)["boat"].text


def test_what_stands_beside_a_draft_is_not_overwritten_either(book: Book) -> None:
    (book.drafts / "01-boat.md").write_text("Mine.", encoding="utf-8")
    for text in ("Two.", "Three."):
        keep(book, section("boat"), Draft("boat", text), count=3)

    assert ["01-boat-2.new.md", "01-boat.md", "01-boat.new.md"] == names(book)


def test_a_draft_renamed_during_the_run_keeps_its_new_name(book: Book) -> None:
    first = keep(book, section("boat"), Draft("boat", "One."), count=3)
    first.path.rename(book.drafts / "mine.md")
    keep(book, section("boat"), Draft("boat", "Two."), count=3, stored=first, replaces=hash_text("One."))

    assert ["mine.md"] == names(book)


def test_properties_of_others_survive_a_new_version(book: Book) -> None:
    path = book.drafts / "01-boat.md"
    path.write_bytes(b"---\r\ntags:\r\n  - sea\r\nid: boat\r\nstatus: draft\r\n---\r\n\r\nOne.\r\n")
    stored = read_drafts(book)["boat"]
    keep(
        book,
        section("boat"),
        Draft("boat", "Two.\n\nThree."),
        count=3,
        stored=stored,
        replaces=hash_text("One."),
    )

    assert (
        b"---\r\ntags:\r\n  - sea\r\nid: boat\r\nstatus: draft\r\n---\r\n\r\nTwo.\r\n\r\nThree.\r\n"
        == path.read_bytes()
    )


def test_a_draft_of_another_section_keeps_its_place(book: Book) -> None:
    (book.drafts / "01-boat.md").write_text("---\nid: ship\n---\n", encoding="utf-8")
    stored = keep(book, section("boat"), Draft("boat", "One."), count=3)

    assert "01-boat.new.md" == stored.path.name


@pytest.mark.parametrize(
    ("status", "text", "replaces", "expected"),
    [
        (DraftStatus.DRAFT, "One.", "One.", True),
        (DraftStatus.INCOMPLETE, "One.", "One.", True),
        (DraftStatus.DRAFT, "One!", "One.", False),
        (DraftStatus.DRAFT, "One.", None, False),
        (DraftStatus.DRAFT, "", None, True),
        (DraftStatus.FINAL, "One.", "One.", False),
        (DraftStatus.FINAL, "", None, False),
    ],
)
def test_who_may_overwrite_what(
    status: DraftStatus, text: str, replaces: str | None, *, expected: bool
) -> None:
    found = StoredDraft(Path("x.md"), "x", status, text)

    assert expected is may_overwrite(found, replaces and hash_text(replaces))


def test_a_partial_is_no_draft(book: Book) -> None:
    stored = keep_partial(book, section("boat"), Draft("boat", "It r", DraftStatus.INCOMPLETE), count=3)

    assert ({}, {"boat": stored}) == (read_drafts(book), read_partials(book))


def test_a_partial_grows_in_place(book: Book) -> None:
    draft = Draft("boat", "It r", DraftStatus.INCOMPLETE)
    first = keep_partial(book, section("boat"), draft, count=3)
    longer = replace(draft, text="It rained")
    keep_partial(book, section("boat"), longer, count=3, stored=first, replaces=hash_text(first.text))

    assert (["01-boat.partial.md"], "It rained") == (names(book), read_partials(book)["boat"].text)


def test_a_partial_goes_when_its_section_is_done(book: Book) -> None:
    stored = keep_partial(book, section("boat"), Draft("boat", "It r", DraftStatus.INCOMPLETE), count=3)

    assert (True, []) == (drop_partial(book, stored), names(book))


def test_a_partial_edited_since_stays(book: Book) -> None:
    stored = keep_partial(book, section("boat"), Draft("boat", "It r", DraftStatus.INCOMPLETE), count=3)
    stored.path.write_text("---\nid: boat\n---\nMine.\n", encoding="utf-8")

    assert (False, ["01-boat.partial.md"]) == (drop_partial(book, stored), names(book))


def test_a_partial_that_is_gone_already_is_no_fault(book: Book) -> None:
    stored = keep_partial(book, section("boat"), Draft("boat", "It r", DraftStatus.INCOMPLETE), count=3)
    stored.path.unlink()

    assert not drop_partial(book, stored)


def test_a_new_order_renames_files_and_touches_no_text(book: Book) -> None:
    for position, id_ in enumerate(["a", "b"], 1):
        keep(book, section(id_, position), Draft(id_, id_.upper()), count=2)
    before = {path.read_bytes() for path in book.drafts.iterdir()}
    renumber(book, ["b", "new", "a"])

    assert (["01-b.md", "03-a.md"], before) == (names(book), {p.read_bytes() for p in book.drafts.iterdir()})


def test_the_hundredth_section_widens_every_number() -> None:
    order = ["a", *map(str, range(99))]

    assert (("01-a.md", "001-a.md"), ("02-0.partial.md", "002-0.partial.md")) == renamings(
        ["01-a.md", "02-0.partial.md"], order
    )


def test_renaming_never_takes_the_place_of_a_file() -> None:
    assert (("01-a.md", "02-a.md"),) == renamings(["01-a.md", "03-a.md"], ["b", "a"])


@given(st.lists(ids, unique=True, max_size=5))
def test_renaming_twice_changes_nothing_more(order: list[str]) -> None:
    files = {draft_name(id_, position, count=200) for position, id_ in enumerate(order, 3)}
    moves = dict(renamings(files, order))
    again = renamings({moves.get(name, name) for name in files}, order)

    assert set() == {new for _, new in again} & {moves.get(name, name) for name in files}


@given(ids, st.integers(1, 99_999))
def test_any_id_makes_a_name_that_every_disk_takes(id_: str, position: int) -> None:
    name = draft_name(id_, position, count=99_999, suffix=".partial.md")

    assert (True, False, False) == (
        len(name.encode()) < 250,
        any(character in name for character in '/\\:*?"<>|\0\n'),
        name.startswith("."),
    )


def test_a_thousand_drafts_are_read_at_once(book: Book) -> None:
    for number in range(1_000):
        (book.drafts / f"{number:04}-s{number}.md").write_text(
            f"---\nid: s{number}\n---\nText.\n", encoding="utf-8"
        )

    assert 1_000 == len(read_drafts(book))
