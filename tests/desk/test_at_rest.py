"""A book in which nothing is to be done, told without a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from storygen.book.attempts import Intent
from storygen.book.journal import open_journal
from storygen.book.record import read_record, write_record
from storygen.desk.at_rest import at_rest
from storygen.desk.build import build
from storygen.desk.project import Project, open_project
from storygen.desk.select import Selection
from storygen.desk.write import write
from storygen.draft import Leg
from storygen.messages import StopReason

OUTLINE = """\
title: The light
sections:
  - title: The boat
    words: 60
    beats: [Anna rows out., The lamp is dark.]
  - title: The storm
    words: 60
    beats: [The wind turns., The rope breaks.]
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Return the outline of a book that is rehearsed to its end."""
    path = tmp_path / "outline.yaml"
    path.write_text(OUTLINE, encoding="utf-8")
    write(opened(path), rehearse=True)
    return path


def opened(path: Path) -> Project:
    return open_project(path, environ={})


def rests(path: Path, selection: Selection = Selection(), *, rehearse: bool = True) -> bool:
    return at_rest(opened(path), selection, rehearse=rehearse) is not None


def drafts(path: Path) -> list[Path]:
    return sorted((path.parent / "drafts").iterdir())


def test_it_reports_what_a_run_reports(written: Path) -> None:
    found = at_rest(opened(written), Selection(), rehearse=True)
    assert found == write(opened(written), rehearse=True)


def test_it_reports_stale_texts_as_a_run_does(written: Path) -> None:
    written.write_text(OUTLINE.replace("The wind turns.", "The wind drops."), encoding="utf-8")
    write(opened(written), rehearse=True)  # puts the new card on record
    found = at_rest(opened(written), Selection(), rehearse=True)
    assert found == write(opened(written), rehearse=True)
    assert found is not None
    assert found.stale == ("the-storm",)


def test_a_book_without_a_journal_does_not_rest(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    path.write_text(OUTLINE, encoding="utf-8")
    assert not rests(path)


def test_a_missing_draft_is_something_to_do(written: Path) -> None:
    drafts(written)[0].unlink()
    assert not rests(written)


def test_an_edited_draft_is_something_to_compile(written: Path) -> None:
    draft = drafts(written)[0]
    draft.write_text(draft.read_text(encoding="utf-8") + "\nMy own words.\n", encoding="utf-8")
    assert not rests(written)


def test_an_edited_draft_that_is_compiled_rests(written: Path) -> None:
    draft = drafts(written)[0]
    draft.write_text(draft.read_text(encoding="utf-8") + "\nMy own words.\n", encoding="utf-8")
    assert at_rest(opened(written), Selection(), rehearse=True) is None
    expected = write(opened(written), rehearse=True)
    assert at_rest(opened(written), Selection(), rehearse=True) == expected


def test_an_edited_manuscript_is_something_to_carry_back(written: Path) -> None:
    manuscript = written.parent / "manuscript.md"
    manuscript.write_text(manuscript.read_text(encoding="utf-8") + "More.\n", encoding="utf-8")
    assert not rests(written)


def test_a_draft_with_another_number_is_something_to_rename(written: Path) -> None:
    draft = drafts(written)[1]
    draft.rename(draft.with_name(draft.name.replace("2", "7", 1)))
    assert not rests(written)


def test_a_changed_beat_is_something_to_put_on_record(written: Path) -> None:
    written.write_text(OUTLINE.replace("The wind turns.", "The wind drops."), encoding="utf-8")
    assert not rests(written)


def test_a_changed_beat_that_is_compiled_is_still_to_be_put_on_record(written: Path) -> None:
    written.write_text(OUTLINE.replace("The wind turns.", "The wind drops."), encoding="utf-8")
    build(opened(written))
    assert not rests(written)


def test_a_draft_that_a_killed_run_did_not_record_is_something_to_do(written: Path) -> None:
    book = opened(written).book
    record = read_record(book)
    assert record is not None
    sections = {id_: replace(row, text="another") for id_, row in record.sections.items()}
    write_record(book, replace(record, sections=sections))
    build(opened(written))
    assert not rests(written)


def test_a_request_that_a_killed_run_left_open_is_something_to_put_on_record(written: Path) -> None:
    with open_journal(opened(written).book.journal, clock=lambda: 0.0) as journal:
        leg = Leg("", StopReason.CUT)
        names = {"fingerprint": "f", "digest": "d", "model": "m"}
        journal.open_intent(Intent("the-boat", leg, **names, rehearsed=True, reserved=0))
    assert not rests(written)


def test_a_run_that_was_killed_when_all_was_written_is_something_to_put_on_record(written: Path) -> None:
    with open_journal(written.parent / ".storygen" / "journal.db", clock=lambda: 0.0) as journal:
        journal.begin_run()
    assert not rests(written)
    write(opened(written), rehearse=True)
    assert rests(written)


def test_a_journal_whose_log_is_broken_is_something_to_report(written: Path) -> None:
    opened(written).book.journal.with_name("journal.db-wal").write_bytes(bytes(100))
    assert not rests(written)


def test_a_section_that_is_summed_up_is_for_a_run(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    path.write_text(f"recap: digest\n{OUTLINE}", encoding="utf-8")
    write(opened(path), rehearse=True)
    assert not rests(path)


def test_a_selection_is_for_a_run(written: Path) -> None:
    assert not rests(written, Selection(ids=("the-boat",)))


def test_a_rehearsed_text_is_outdone_by_a_real_model(written: Path) -> None:
    project = open_project(written, environ={"ANTHROPIC_API_KEY": "sk-ant-test"})
    assert at_rest(project, Selection(), rehearse=False) is None


def test_stale_texts_that_are_wanted_anew_are_something_to_do(written: Path) -> None:
    written.write_text(OUTLINE.replace("The wind turns.", "The wind drops."), encoding="utf-8")
    write(opened(written), rehearse=True)
    assert not rests(written, Selection(stale=True))


def test_no_file_of_the_book_changes(written: Path) -> None:
    before = contents(written.parent)
    rests(written)
    assert contents(written.parent) == before


def contents(book: Path) -> dict[Path, bytes]:
    """Return what lies in *book*, without what SQLite lays beside a journal that is read."""
    files = (path for path in book.rglob("*") if path.is_file() and not path.name.startswith("journal.db-"))
    return {path: path.read_bytes() for path in files}
