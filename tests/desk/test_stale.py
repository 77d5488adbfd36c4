from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from storygen.book.freshness import Freshness
from storygen.book.journal import open_journal
from storygen.crash_points import CrashPoint
from storygen.desk.accept import accept
from storygen.desk.estimate import estimate
from storygen.desk.select import Selection
from storygen.desk.status import Status, status
from storygen.desk.templates import eject
from storygen.desk.write import write
from storygen.errors import UsageError
from storygen.messages import StopReason
from storygen.prompts.shelf import Shelf
from storygen.prompts.shelving import read_shelf
from storygen.prompts.templates import Templates
from storygen.writer.events import Event, Noted
from tests.desk.test_write import ScriptedModel, opened, real, run, says

STALE = Selection(stale=True)

BOOK = """\
title: The Ferry Clock
words: 300
codex:
  - {name: Ines, about: A clockmaker of forty.}
  - {name: Tobias, about: A deckhand.}
sections:
  - {title: The last boat, id: boat, beats: [Ines boards the ferry.]}
  - {title: An hour owed, id: hour, beats: [Tobias explains.]}
  - {title: Right time, id: right, beats: [The clock strikes.]}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return the outline of a book that is rehearsed from beginning to end."""
    path = tmp_path / "outline.yaml"
    path.write_text(BOOK, encoding="utf-8")
    write(opened(path))
    return path


def edit(path: Path, old: str, new: str) -> None:
    """Put *new* in the place of *old* in the file *path*."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def stale(found: Status) -> dict[str, tuple[str, ...]]:
    """Return the reasons of all stale sections, by id."""
    return {line.id: line.why for line in found.lines if line.freshness is Freshness.STALE}


def draft(path: Path, id_: str) -> Path:
    """Return the file of the draft of *id_*, in the book of the outline at *path*."""
    return next((path.parent / "drafts").glob(f"*-{id_}.md"))


def test_what_was_just_written_is_fresh(book: Path) -> None:
    assert {(Freshness.FRESH, ())} == {(line.freshness, line.why) for line in status(opened(book)).lines}


def test_a_fact_of_the_codex_makes_the_sections_stale_whose_cards_name_it(book: Path) -> None:
    edit(book, "of forty", "of fifty")

    assert {"boat": ("codex “Ines” changed",)} == stale(status(opened(book)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: An hour owed", "title: Two hours owed"),
        ("  - {title: An hour", "  - {title: Between, beats: [Nobody.]}\n  - {title: An hour"),
        ("words: 300", "words: 900"),
    ],
)
def test_the_book_around_a_section_makes_it_soft_at_most(book: Path, old: str, new: str) -> None:
    edit(book, old, new)

    assert {} == stale(status(opened(book)))


def test_a_newer_shipped_template_makes_nothing_stale(book: Path) -> None:
    shelf = read_shelf(None)
    newer = {name: replace(file, text=f"New. {file.text}") for name, file in shelf.shipped.items()}
    upgraded = replace(opened(book), templates=Templates(Shelf(shelf.own, newer)))
    found = {(line.freshness, line.why) for line in status(upgraded).lines}

    assert {(Freshness.SOFT, ("a template that comes with storygen changed",))} == found


def test_a_copy_of_a_template_makes_nothing_stale_until_it_is_changed(book: Path) -> None:
    own = eject(book.parent, "fiction/section/user.md.j2")
    copied = {line.freshness for line in status(opened(book)).lines}
    own.write_text(own.read_text(encoding="utf-8").replace("Title: ", "Called: "), encoding="utf-8")
    edited = {line.freshness for line in status(opened(book)).lines}

    assert ({Freshness.FRESH}, {Freshness.STALE}) == (copied, edited)


def test_an_own_template_makes_everything_stale(book: Path) -> None:
    own = book.parent / "templates" / "fiction" / "section" / "user.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text('{% extends "storygen/fiction/section/user.md.j2" %}', encoding="utf-8")

    assert {"boat", "hour", "right"} == stale(status(opened(book))).keys()


def test_an_edit_makes_the_next_section_soft(book: Path) -> None:
    draft(book, "boat").write_text("---\nid: boat\n---\n\nMine.\n", encoding="utf-8")
    found = {line.id: (line.freshness, line.why) for line in status(opened(book)).lines}

    assert (Freshness.SOFT, ("the text of boat before it changed",)) == found["hour"]


def test_writing_fills_gaps_and_leaves_stale_text_alone(book: Path) -> None:
    before = draft(book, "boat").read_bytes()
    edit(book, "Ines boards", "Ines misses")
    written = write(opened(book))

    assert ((), before) == (written.drafts, draft(book, "boat").read_bytes())


def test_stale_text_is_replaced_when_asked_and_fresh_after_that(book: Path) -> None:
    edit(book, "Ines boards", "Ines misses")
    written = write(opened(book), selection=STALE)

    assert ["boat"] == [each.id for each in written.drafts]
    assert {} == stale(status(opened(book)))


def test_stale_text_that_a_person_edited_is_never_replaced(book: Path) -> None:
    path = draft(book, "boat")
    path.write_text(path.read_text(encoding="utf-8") + "\nMine.\n", encoding="utf-8")
    edit(book, "Ines boards", "Ines misses")
    written = write(opened(book), selection=STALE)

    assert ((), True) == (written.drafts, "Mine." in path.read_text(encoding="utf-8"))
    assert ["its card changed"] == list(stale(status(opened(book)))["boat"])


def test_stale_text_that_is_final_is_never_replaced(book: Path) -> None:
    edit(draft(book, "boat"), "status: draft", "status: final")
    edit(book, "Ines boards", "Ines misses")

    assert () == write(opened(book), selection=STALE).drafts


def test_a_dry_run_counts_stale_sections_when_asked(book: Path) -> None:
    edit(book, "Ines boards", "Ines misses")
    edit(book.parent / "storygen.lock", '"rehearsed": true', '"rehearsed": false')
    project = real(book)

    assert {"boat"} == {each.section.id for each in estimate(project, selection=STALE)} - {
        each.section.id for each in estimate(project)
    }


def test_accepted_text_is_fresh_and_stays_as_it_is(book: Path) -> None:
    before = draft(book, "boat").read_bytes()
    edit(book, "Ines boards", "Ines misses")
    accepted = accept(opened(book), ["boat"])

    assert [("boat", Freshness.STALE)] == [(each.section.id, each.freshness) for each in accepted]
    assert ({}, before) == (stale(status(opened(book))), draft(book, "boat").read_bytes())


def test_a_later_run_keeps_what_was_accepted(book: Path) -> None:
    edit(book, "Ines boards", "Ines misses")
    accept(opened(book), ["boat"])

    assert () == write(opened(book), selection=STALE).drafts


def test_what_is_not_written_cannot_be_accepted(book: Path) -> None:
    edit(book, "  - {title: Right", "  - {title: Between, id: between}\n  - {title: Right")
    with pytest.raises(UsageError, match="`between` is not written yet"):
        accept(opened(book), ["boat", "between"])


def test_without_the_private_folder_freshness_is_still_known(book: Path) -> None:
    shutil.rmtree(book.parent / ".storygen")
    edit(book, "of forty", "of fifty")

    assert {"boat": ("codex “Ines” changed",)} == stale(status(opened(book)))


def test_without_the_lock_the_journal_still_knows(book: Path) -> None:
    before = (book.parent / "storygen.lock").read_bytes()
    (book.parent / "storygen.lock").unlink()
    write(opened(book))

    assert before == (book.parent / "storygen.lock").read_bytes()


def test_inputs_are_those_of_the_moment_of_asking(book: Path) -> None:
    (book.parent / "storygen.lock").unlink()
    shutil.rmtree(book.parent / "drafts")
    shutil.rmtree(book.parent / ".storygen")
    project = opened(book)
    edit(book, "Ines boards", "Ines misses")
    write(project)

    assert {"boat": ("its card changed",)} == stale(status(opened(book)))


def test_a_part_that_is_gone_on_from_remembers_its_own_card(book: Path) -> None:
    edit(book, "sections:", "sections:\n  - {title: Before, id: before, beats: [Nobody comes.]}")
    run(real(book), ScriptedModel(says("Some of", StopReason.UNKNOWN)), selection=Selection(limit=1))
    edit(book, "Nobody comes", "Somebody comes")
    heard: list[Event] = []
    rest = ScriptedModel(says("Some of it is there."))
    run(real(book), rest, selection=Selection(limit=1), tell=heard.append)
    said = [event.message for event in heard if isinstance(event, Noted)]

    assert "before goes on from what is there, although its card changed" in said
    assert {"before": ("its card changed",)} == stale(status(real(book)))


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("outline.yaml", "Nobody comes", "Somebody comes", "its card changed"),
        ("outline.yaml", "forty", "fifty", "codex “Ines” changed"),
        ("outline.yaml", "words: 300", "words: 300\nstyle: {tense: present}", "its style changed"),
        ("storygen.toml", "sonnet", "opus", "the model's settings changed"),
        ("notes.md", "nine", "ten", "source notes.md changed"),
        ("templates/fiction/section/user.md.j2", "Plain", "Short", "fiction/section/user.md.j2 changed"),
    ],
)
def test_each_input_that_has_changed_is_named_before_a_part_is_gone_on_from(
    book: Path, name: str, old: str, new: str, reason: str
) -> None:
    own = book.parent / "templates" / "fiction" / "section" / "user.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text(
        '{% extends "storygen/fiction/section/user.md.j2" %}\n'
        "{% block closing %}{{ super() }}Plain words.\n{% endblock %}",
        encoding="utf-8",
    )
    (book.parent / "storygen.toml").write_text('model = "claude-sonnet-5-5"\n', encoding="utf-8")
    (book.parent / "notes.md").write_text("The boat leaves at nine.\n", encoding="utf-8")
    first = "{title: Before, id: before, beats: [Nobody comes with Ines.], sources: [notes.md]}"
    edit(book, "sections:", f"sections:\n  - {first}")
    run(real(book), ScriptedModel(says("Some of", StopReason.UNKNOWN)), selection=Selection(limit=1))
    edit(book.parent / name, old, new)
    heard: list[Event] = []
    rest = ScriptedModel(says("Some of it is there."))
    run(real(book), rest, selection=Selection(limit=1), tell=heard.append)

    assert [True] == [
        reason in event.message for event in heard if isinstance(event, Noted) and "goes on" in event.message
    ]


def test_a_run_that_was_killed_before_it_kept_a_draft_still_knows_what_was_asked(book: Path) -> None:
    with open_journal(book.parent / ".storygen" / "journal.db", clock=lambda: 1.0) as journal:
        before = journal.inputs("boat", rehearsed=True, version=1)
    edit(book.parent / "storygen.lock", before["card"], "00000000")
    edit(book.parent / "storygen.lock", '"model": "claude', '"model": "another')
    write(opened(book))

    assert {} == stale(status(opened(book)))


def test_an_untouched_manuscript_is_not_compiled_again_and_a_changed_one_is(book: Path) -> None:
    manuscript = book.parent / "manuscript.md"
    first = manuscript.stat().st_ino
    write(opened(book))
    same = manuscript.stat().st_ino
    edit(book, "title: The Ferry Clock", "title: The Clock")
    write(opened(book))

    assert (first, True) == (same, "The Clock" in manuscript.read_text(encoding="utf-8"))


def test_files_count_the_same_before_a_run_and_after_it(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    for name in ("guide.md", "sample.md", "other.md"):
        (tmp_path / name).write_text(f"{name} says so.\n", encoding="utf-8")
    style = "{guide: guide.md, samples: [sample.md]}"
    section = "{title: B, sources: [other.md], style: {samples: [sample.md, other.md]}}"
    path.write_text(f"title: T\nstyle: {style}\nsections: [{{title: A}}, {section}]\n", encoding="utf-8")
    write(opened(path))

    assert [(), ()] == [line.why for line in status(opened(path)).lines]


def test_a_missing_source_is_a_reason_and_no_error(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    (tmp_path / "facts.md").write_text("It has two doors.\n", encoding="utf-8")
    path.write_text("title: T\nkind: docs\nsections: [{title: A, sources: ['f*.md']}]\n", encoding="utf-8")
    write(opened(path))
    (tmp_path / "facts.md").unlink()

    assert {"a": ("source facts.md is gone",)} == stale(status(opened(path)))


class Killed(Exception):
    """The end of a run that nothing is left to keep after."""


def killed(book: Path, text: str, selection: Selection) -> None:
    """Write *text* into the journal of *book*, and die before it is in its file."""

    def reached(point: CrashPoint) -> None:
        if point is CrashPoint.BEFORE_DRAFT:
            raise Killed

    with pytest.raises(Killed):
        run(replace(real(book), reached=reached), ScriptedModel(says(text)), selection=selection)


def test_a_new_text_that_a_killed_run_had_no_time_to_put_in_place_is_not_asked_for_again(book: Path) -> None:
    first = [says("One boat."), says("Two hours."), says("Three strokes.")]
    run(real(book), ScriptedModel(*first))
    edit(book, "Ines boards the ferry.", "Ines misses the ferry.")
    killed(book, "No boat.", Selection(("boat",), stale=True))
    run(real(book), model := ScriptedModel(), selection=Selection(("boat",), stale=True))

    assert ([], True) == (model.asked, "No boat." in draft(book, "boat").read_text(encoding="utf-8"))


def test_a_real_text_that_a_killed_run_had_no_time_to_put_in_place_is_not_asked_for_again(
    book: Path,
) -> None:
    one = Selection(("boat",))
    killed(book, "One boat.", one)
    run(real(book), model := ScriptedModel(), selection=one)

    assert ([], True) == (model.asked, "One boat." in draft(book, "boat").read_text(encoding="utf-8"))


def test_only_what_is_chosen_gets_the_text_that_the_journal_holds(book: Path) -> None:
    run(real(book), ScriptedModel(says("One boat."), says("Two hours."), says("Three strokes.")))
    edit(book, "Ines boards the ferry.", "Ines misses the ferry.")
    killed(book, "No boat.", Selection(("boat",), stale=True))
    run(real(book), ScriptedModel(), selection=Selection(("right",), stale=True))

    assert "One boat." in draft(book, "boat").read_text(encoding="utf-8")
