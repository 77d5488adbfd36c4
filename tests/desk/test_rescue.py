from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from storygen.desk.rescue import rescued
from storygen.errors import Unsaved
from storygen.messages import Opened, Text
from storygen.writer.events import Event, Grew
from tests.desk.test_write import Answer, ScriptedModel, real, run, says

CAME = "One boat came in. Nobody was on it, and the clock"
BROKEN = Unsaved("the disk is full", texts=(("the-boat", "One boat."), ("../the storm", "It rained.")))


def journal_gone(outline: Path, event: Event) -> None:
    """Take the journal away as soon as text comes in, as a sync program may."""
    if isinstance(event, Grew):
        (outline.parent / ".storygen" / "journal.db").rename(outline.parent / "elsewhere.db")


@pytest.mark.parametrize("answer", [[Opened(200), Text(CAME)], says(CAME)], ids=["cut", "whole"])
def test_text_that_the_journal_cannot_take_is_put_into_the_book(tale: Path, answer: Answer) -> None:
    with pytest.raises(Unsaved) as stopped:
        run(real(tale), ScriptedModel(answer), tell=lambda event: journal_gone(tale, event))
    (path,) = tale.parent.glob("rescued-the-last-boat-*.md")

    assert (CAME, (), 5) == (path.read_text(), stopped.value.texts, stopped.value.exit_code)
    assert str(path) in stopped.value.notes[-1]


def test_text_that_not_even_the_book_can_take_comes_with_the_error(tale: Path) -> None:
    def book_gone(event: Event) -> None:
        if isinstance(event, Grew):
            shutil.rmtree(tale.parent)
            tale.parent.write_text("no folder any more")

    with pytest.raises(Unsaved) as stopped:
        run(real(tale), ScriptedModel(says(CAME)), tell=book_gone)

    assert (("the-last-boat", CAME),) == stopped.value.texts


def test_rescued_text_takes_no_other_files_name(tmp_path: Path) -> None:
    rescued(BROKEN, tmp_path)
    rescued(BROKEN, tmp_path)

    assert 4 == len(list(tmp_path.glob("rescued-the-*.md")))


def test_half_a_character_is_rescued_too(tmp_path: Path) -> None:
    left = rescued(Unsaved("full", texts=(("the-boat", "a\ud800"),)), tmp_path)

    assert () == left.texts


def test_a_folder_that_is_a_file_keeps_nothing_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert BROKEN.texts == rescued(BROKEN, tmp_path / "file").texts
