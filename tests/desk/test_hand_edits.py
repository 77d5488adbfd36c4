from __future__ import annotations

from pathlib import Path

import pytest

from storygen.book.lock import hold
from storygen.cli.screen import findings_text
from storygen.desk.build import ManuscriptEdited, build
from storygen.desk.select import Selection
from storygen.desk.states import State
from storygen.desk.write import write
from storygen.errors import BookLocked, OutlineError
from storygen.writer.events import Event, Noted
from tests.desk.test_write import ScriptedModel, opened, real, run, says


@pytest.fixture
def written(tale: Path) -> Path:
    """Return the outline of a book whose three sections a model has written."""
    run(real(tale), ScriptedModel(says("One boat."), says("Two hours."), says("Three strokes.")))
    return tale


def draft(outline: Path, name: str) -> Path:
    return outline.parent / "drafts" / name


def change(path: Path, old: str, new: str) -> None:
    """Edit the file *path* as a person would."""
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf-8")


def names(outline: Path) -> list[str]:
    return sorted(path.name for path in (outline.parent / "drafts").iterdir())


def test_an_edit_in_the_manuscript_goes_back_into_its_draft(written: Path) -> None:
    change(written.parent / "manuscript.md", "Two hours.", "Two long hours.")
    built = build(real(written))

    assert (("an-hour-owed",), True) == (
        built.carried,
        "\n\nTwo long hours.\n" in draft(written, "02-an-hour-owed.md").read_text(),
    )
    assert State.EDITED == built.standings[1].state


def test_an_edit_in_the_manuscript_is_what_the_next_section_reads(tale: Path) -> None:
    run(real(tale), ScriptedModel(says("One."), says("Two.")), selection=Selection(limit=2))
    change(tale.parent / "manuscript.md", "Two.", "Two, as I want it.")
    model = ScriptedModel(says("Three."))
    run(real(tale), model)

    assert b"Two, as I want it." in model.asked[0]


def test_a_text_written_into_the_manuscript_becomes_a_draft(tale: Path) -> None:
    run(real(tale), ScriptedModel(says("One.")), selection=Selection(limit=1))
    change(
        tale.parent / "manuscript.md",
        "<!-- storygen: right-time (not written yet) -->",
        "<!-- storygen: right-time (not written yet) -->\n\nMine.",
    )
    build(real(tale))

    assert "Mine." in draft(tale, "03-right-time.md").read_text()


def test_two_edits_of_one_section_stop_the_build_and_both_stay(written: Path) -> None:
    manuscript, own = written.parent / "manuscript.md", draft(written, "02-an-hour-owed.md")
    change(manuscript, "Two hours.", "Two long hours.")
    change(own, "Two hours.", "Two short hours.")
    with pytest.raises(ManuscriptEdited) as stopped:
        build(real(written))

    assert [("Two long hours.", "Two short hours.")] == [
        (clash.found, clash.compiled) for clash in stopped.value.clashes
    ]
    assert ("Two long hours." in manuscript.read_text(), "Two short" in own.read_text()) == (True, True)


def test_an_edit_is_carried_back_without_the_private_folder_too(written: Path) -> None:
    (written.parent / ".storygen" / "manuscript.md").unlink()
    change(written.parent / "manuscript.md", "Two hours.", "Two long hours.")

    assert ("an-hour-owed",) == build(real(written)).carried


def test_without_knowing_what_was_compiled_nothing_goes_back(written: Path) -> None:
    (written.parent / ".storygen" / "manuscript.md").unlink()
    change(draft(written, "01-the-last-boat.md"), "One boat.", "Some boat.")
    change(written.parent / "manuscript.md", "Two hours.", "Two long hours.")
    with pytest.raises(ManuscriptEdited):
        build(real(written))


def test_windows_line_ends_are_no_edit(written: Path) -> None:
    manuscript = written.parent / "manuscript.md"
    manuscript.write_bytes(manuscript.read_bytes().replace(b"\n", b"\r\n"))

    assert () == build(real(written)).carried


def test_a_rehearsed_section_that_was_edited_in_the_manuscript_stays(tale: Path) -> None:
    first = write(opened(tale)).standings[0].text
    change(tale.parent / "manuscript.md", first, "Mine.")
    written = run(real(tale), ScriptedModel(says("Two."), says("Three.")))

    assert ["Mine.", "Two.", "Three."] == [standing.text for standing in written.standings]


def test_a_build_waits_for_nobody(written: Path) -> None:
    project = real(written)
    with hold(project.book), pytest.raises(BookLocked):
        build(project)


def test_reordered_sections_keep_their_text(written: Path) -> None:
    change(
        written, "  - title: The last boat", "  - title: Between\n    status: todo\n  - title: The last boat"
    )
    model = ScriptedModel()
    run(real(written), model)
    now = ["02-the-last-boat.md", "03-an-hour-owed.md", "04-right-time.md"]

    assert ([], now) == (model.asked, names(written))


def test_a_section_that_is_gone_and_comes_back_keeps_its_text(written: Path) -> None:
    whole = written.read_text()
    written.write_text(whole[: whole.index("  - title: An hour")] + whole[whole.index("  - title: Right") :])
    build(real(written))
    without = (written.parent / "manuscript.md").read_text()
    written.write_text(whole)
    model = ScriptedModel()
    run(real(written), model)

    assert ("Two hours." in without, []) == (False, model.asked)
    assert "Two hours." in (written.parent / "manuscript.md").read_text()


def test_a_title_changed_with_an_id_keeps_its_text(written: Path) -> None:
    change(written, "title: An hour owed", "title: An hour lent\n    id: an-hour-owed")
    model = ScriptedModel()
    run(real(written), model)

    assert ([], True) == (model.asked, "# An hour lent" in (written.parent / "manuscript.md").read_text())


def test_a_title_changed_without_an_id_stops_and_proposes_the_line(written: Path) -> None:
    change(written, "title: An hour owed", "title: An hour lent")
    model = ScriptedModel()
    with pytest.raises(OutlineError) as stopped:
        run(real(written), model)
    (finding,) = stopped.value.findings

    assert ([], 2, 6) == (model.asked, stopped.value.exit_code, finding.line)
    assert "    id: an-hour-owed\n" in findings_text(stopped.value.findings)


def test_the_proposed_line_brings_the_text_back(written: Path) -> None:
    change(written, "title: An hour owed", "title: An hour lent")
    with pytest.raises(OutlineError):
        run(real(written), ScriptedModel())
    change(written, "title: An hour lent", "title: An hour lent\n    id: an-hour-owed")
    model = ScriptedModel()
    run(real(written), model)

    assert [] == model.asked


def test_other_beats_are_another_section(written: Path) -> None:
    change(written, "title: An hour owed", "title: An hour lent")
    change(written, "Tobias explains whom he waited for.", "Nobody is on board.")
    model = ScriptedModel(says("Two, anew."))
    run(real(written), model)

    assert 1 == len(model.asked)


def test_a_draft_moved_away_is_no_reason_to_stop(written: Path) -> None:
    change(written, "title: An hour owed", "title: An hour lent")
    draft(written, "02-an-hour-owed.md").rename(written.parent / "old.md")
    model = ScriptedModel(says("Two, anew."))
    run(real(written), model)

    assert 1 == len(model.asked)


def test_a_draft_that_appears_while_its_section_is_written_stays(tale: Path) -> None:
    mine = draft(tale, "01-the-last-boat.md")
    heard: list[Event] = []

    def tell(event: Event) -> None:
        heard.append(event)
        if type(event).__name__ == "Grew" and not mine.exists():
            mine.write_text("---\nid: the-last-boat\nstatus: draft\n---\n\nMine.\n")

    model = ScriptedModel(says("One."), says("Two."))
    run(real(tale), model, selection=Selection(limit=2), tell=tell)

    assert ("Mine." in mine.read_text(), "One." in draft(tale, "01-the-last-boat.new.md").read_text()) == (
        True,
        True,
    )
    assert (True, False) == (b"Mine." in model.asked[1], b"One." in model.asked[1])
    assert [True] == [
        ".new.md" in event.message
        for event in heard
        if isinstance(event, Noted) and "was changed" in event.message
    ]


def test_a_manuscript_without_comments_is_shown_and_stays(written: Path) -> None:
    build(real(written), clean=True)
    change(written.parent / "manuscript.md", "Two hours.", "Two long hours.")
    with pytest.raises(ManuscriptEdited) as stopped:
        build(real(written))

    assert ["it was compiled without the comments that tell one section from the next"] == [
        clash.why for clash in stopped.value.clashes
    ]


def test_an_emptied_manuscript_is_compiled_again(written: Path) -> None:
    (written.parent / "manuscript.md").write_text("")
    build(real(written))

    assert "Two hours." in (written.parent / "manuscript.md").read_text()


def test_a_final_draft_is_never_written_to(written: Path) -> None:
    change(draft(written, "02-an-hour-owed.md"), "status: draft", "status: final")
    change(written.parent / "manuscript.md", "Two hours.", "Two long hours.")
    with pytest.raises(ManuscriptEdited):
        build(real(written))

    assert "Two hours." in draft(written, "02-an-hour-owed.md").read_text()


def test_own_front_matter_survives_an_edit_in_the_manuscript(written: Path) -> None:
    change(draft(written, "02-an-hour-owed.md"), "status: draft", "status: draft\ntags: [sea]")
    change(written.parent / "manuscript.md", "Two hours.", "Two long hours.")
    build(real(written))

    assert "tags: [sea]\n---\n\nTwo long hours.\n" in draft(written, "02-an-hour-owed.md").read_text()


def test_after_an_edit_was_carried_back_everything_is_as_it_should_be(written: Path) -> None:
    change(written.parent / "manuscript.md", "Two hours.", "Two long hours.")
    first = build(real(written))
    second = build(real(written))

    assert (first.text, ()) == (second.text, second.carried)


def test_an_edit_in_the_manuscript_while_the_book_is_written_is_carried_back(tale: Path) -> None:
    run(real(tale), ScriptedModel(says("One.")), selection=Selection(limit=1))

    def tell(event: Event) -> None:
        if type(event).__name__ == "Grew":
            change(tale.parent / "manuscript.md", "One.", "One and only.")

    written = run(real(tale), ScriptedModel(says("Two.")), selection=Selection(limit=1), tell=tell)

    assert ["One and only.", "Two.", ""] == [standing.text for standing in written.standings]
    assert "One and only." in (tale.parent / "manuscript.md").read_text()
