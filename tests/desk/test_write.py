from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest

from storygen.catalogue import Catalogue, catalogue
from storygen.desk.project import Project, open_project
from storygen.desk.select import Selection
from storygen.desk.states import State
from storygen.desk.status import status
from storygen.desk.wire import Wire
from storygen.desk.write import awrite, write
from storygen.desk.written import Written
from storygen.draft import DraftStatus, Flag
from storygen.errors import Cut, KeyMissing, Rejected, Unreachable
from storygen.messages import Counted, Delta, Ended, Opened, StopReason, Text, Usage
from storygen.model.wire import encoder
from storygen.writer.events import Event

Answer = list[Delta | Exception]


class ScriptedModel:
    """Answers from a list and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers: Iterator[Answer] = iter(answers)
        self.asked: list[bytes] = []

    async def send(self, body: bytes) -> AsyncGenerator[Delta, None]:
        self.asked.append(body)
        for delta in next(self.answers):
            if isinstance(delta, Exception):
                raise delta
            yield delta

    @asynccontextmanager
    async def wire(self, _project: Project, known: Catalogue) -> AsyncIterator[Wire]:
        yield Wire(encoder(known), self.send)


def says(text: str, reason: StopReason = StopReason.END_TURN) -> Answer:
    """Return a whole reply."""
    return [
        Opened(200, "req_1"),
        Text(text),
        Counted(Usage(100, output_tokens=50)),
        Ended(reason, reason.value),
    ]


def opened(outline: Path, **environ: str) -> Project:
    """Open *outline* as somebody with *environ* would."""
    return open_project(outline, environ=environ)


def run(project: Project, model: ScriptedModel, **options: Any) -> Written:
    """Write *project* with *model*, without waiting for anything."""

    async def main() -> Written:
        return await awrite(project, wire=model.wire, chance=Random(1), **options)

    return anyio.run(main)


def real(outline: Path) -> Project:
    """Open *outline* with a key, so that nothing is rehearsed."""
    return opened(outline, ANTHROPIC_API_KEY="sk-ant-test")


def test_every_section_becomes_a_draft_and_all_a_manuscript(tale: Path) -> None:
    model = ScriptedModel(says("One boat."), says("Two hours."), says("Three strokes."))
    written = run(real(tale), model)

    text = (tale.parent / "manuscript.md").read_text()
    assert (["One boat.", "Two hours.", "Three strokes."], True) == (
        [d.text for d in written.drafts],
        written.whole,
    )
    assert text.index("One boat.") < text.index("Two hours.") < text.index("Three strokes.")


def test_what_is_written_is_never_asked_for_again(tale: Path) -> None:
    run(real(tale), ScriptedModel(says("One."), says("Two."), says("Three.")))
    second = ScriptedModel()
    run(real(tale), second)

    assert [] == second.asked


def test_what_came_whole_before_a_kill_is_put_together_again_and_nothing_is_sent(tale: Path) -> None:
    whole = "One boat lay at the pier, and nobody had lit its lamps tonight. Ines boarded with her toolbox."
    cut = says(whole[:50], StopReason.MAX_TOKENS)
    run(real(tale), ScriptedModel(cut, says(whole[20:])), selection=Selection(limit=1))
    draft = tale.parent / "drafts" / "01-the-last-boat.md"
    text = draft.read_text()
    draft.unlink()
    (tale.parent / "storygen.lock").unlink()
    with closing(sqlite3.connect(tale.parent / ".storygen" / "journal.db", isolation_level=None)) as db:
        db.execute("DELETE FROM leg")
        db.execute("DELETE FROM draft")
    second = ScriptedModel()
    run(real(tale), second, selection=Selection(limit=1))

    assert ([], text) == (second.asked, draft.read_text())
    assert whole in text


def test_a_deleted_manuscript_is_compiled_again_and_nothing_is_sent(tale: Path) -> None:
    run(real(tale), ScriptedModel(says("One."), says("Two."), says("Three.")))
    manuscript = tale.parent / "manuscript.md"
    before = manuscript.read_bytes()
    manuscript.unlink()
    second = ScriptedModel()
    run(real(tale), second)

    assert (before, []) == (manuscript.read_bytes(), second.asked)


def test_a_deleted_draft_comes_back_from_the_journal(tale: Path) -> None:
    run(real(tale), ScriptedModel(says("One."), says("Two."), says("Three.")))
    draft = tale.parent / "drafts" / "02-an-hour-owed.md"
    before = draft.read_bytes()
    draft.unlink()
    second = ScriptedModel()
    run(real(tale), second)

    assert (before, []) == (draft.read_bytes(), second.asked)


def test_an_edited_draft_stands_and_is_what_the_next_section_reads(tale: Path) -> None:
    run(real(tale), ScriptedModel(says("One."), says("Two.")), selection=Selection(limit=2))
    draft = tale.parent / "drafts" / "02-an-hour-owed.md"
    draft.write_text(draft.read_text().replace("Two.", "Two, as I want it."))
    model = ScriptedModel(says("Three."))
    run(real(tale), model)

    assert b"Two, as I want it." in model.asked[0]
    assert "Two, as I want it." in draft.read_text()


def test_a_cut_reply_is_continued_and_stitched(tale: Path) -> None:
    text = "The boat lay at the pier. Ines boarded it with her toolbox. Nobody was there."
    first, rest = text[:50], text[26:]
    model = ScriptedModel(says(first, StopReason.MAX_TOKENS), says("The boat lay at the pier. " + rest))
    written = run(real(tale), model, selection=Selection(limit=1))

    assert [(text, 2)] == [(draft.text, len(draft.legs)) for draft in written.drafts]


def test_a_broken_stream_is_continued_from_what_came(tale: Path) -> None:
    broken: Answer = [Opened(200), Text("The boat lay at the pier. Ines bo"), Cut("the line broke")]
    model = ScriptedModel(broken, says("The boat lay at the pier. Ines boarded it."))
    written = run(real(tale), model, selection=Selection(limit=1))

    assert ["The boat lay at the pier. Ines boarded it."] == [draft.text for draft in written.drafts]


def test_a_refusal_is_sent_once_and_holds_back_the_book(tale: Path) -> None:
    model = ScriptedModel(says("", StopReason.REFUSAL))
    written = run(real(tale), model)

    assert (1, ("an-hour-owed", "right-time"), False) == (len(model.asked), written.held_back, written.whole)
    assert (Flag.REFUSED,) == written.drafts[0].flags


def test_an_error_in_the_middle_keeps_what_came_and_the_next_run_goes_on(tale: Path) -> None:
    key_gone = Rejected(
        "the key was refused", status=401, kind="authentication_error", retry=False, fatal=True
    )
    with pytest.raises(Rejected):
        run(real(tale), ScriptedModel(says("One. The rest", StopReason.MAX_TOKENS), [key_gone]))
    partial = tale.parent / "drafts" / "01-the-last-boat.partial.md"
    assert "One. The rest" in partial.read_text()

    written = run(real(tale), ScriptedModel(says("One. The rest came."), says("Two."), says("Three.")))
    assert ("One. The rest came.", False) == (written.drafts[0].text, partial.exists())


def test_an_edited_partial_is_what_is_continued(tale: Path) -> None:
    key_gone = Rejected("no", status=401, kind="authentication_error", retry=False, fatal=True)
    with pytest.raises(Rejected):
        run(real(tale), ScriptedModel(says("One boat came in. It", StopReason.MAX_TOKENS), [key_gone]))
    partial = tale.parent / "drafts" / "01-the-last-boat.partial.md"
    partial.write_text(partial.read_text().replace("One boat", "One grey boat"))
    written = run(
        real(tale), ScriptedModel(says("One grey boat came in. It stayed.")), selection=Selection(limit=1)
    )

    assert "One grey boat came in. It stayed." == written.drafts[0].text


def test_trouble_that_passes_is_tried_again_and_announced(tale: Path) -> None:
    busy = Rejected("overloaded", status=529, kind="overloaded_error", retry=True, retry_after=0.001)
    heard: list[Event] = []
    model = ScriptedModel([busy], says("One."))
    written = run(real(tale), model, selection=Selection(limit=1), tell=heard.append)

    assert (2, "One.") == (len(model.asked), written.drafts[0].text)
    assert 1 == sum(type(event).__name__ == "Waiting" for event in heard)


def test_trouble_that_stays_is_given_up(tale: Path) -> None:
    nobody: Answer = [Unreachable("no such host", retry=False)]
    model = ScriptedModel(nobody)
    with pytest.raises(Unreachable):
        run(real(tale), model)

    assert 1 == len(model.asked)


def test_nothing_configured_is_rehearsed(tale: Path) -> None:
    written = write(opened(tale))

    assert (True, {State.REHEARSED}) == (
        written.rehearsed,
        {standing.state for standing in written.standings},
    )
    assert "storygen: rehearsal" in (tale.parent / "manuscript.md").read_text()


def test_a_rehearsed_book_is_written_anew_by_a_real_model(tale: Path) -> None:
    write(opened(tale))
    model = ScriptedModel(says("One."), says("Two."), says("Three."))
    written = run(real(tale), model)

    assert (3, ["One.", "Two.", "Three."]) == (len(model.asked), [s.text for s in written.standings])


def test_a_rehearsed_draft_that_a_person_edited_stays(tale: Path) -> None:
    write(opened(tale))
    draft = next((tale.parent / "drafts").glob("01-*"))
    draft.write_text(draft.read_text() + "\nMine.\n")
    model = ScriptedModel(says("Two."), says("Three."))
    run(real(tale), model)

    assert (2, True) == (len(model.asked), "Mine." in draft.read_text())


def test_rehearsed_text_is_never_a_real_sections_context(tale: Path) -> None:
    rehearsed = write(opened(tale)).standings[0].text
    model = ScriptedModel(says("One."), says("Two."), says("Three."))
    run(real(tale), model)

    assert all(rehearsed[:60].encode() not in body for body in model.asked)


def test_a_paid_book_without_a_key_is_an_error_and_no_rehearsal(tale: Path) -> None:
    run(real(tale), ScriptedModel(says("One.")), selection=Selection(limit=1))
    with pytest.raises(KeyMissing):
        write(opened(tale))


def test_a_rehearsal_is_the_same_every_time(tale: Path, tmp_path: Path) -> None:
    again = tmp_path / "again" / "outline.yaml"
    again.parent.mkdir()
    again.write_text(tale.read_text())

    assert [s.text for s in write(opened(tale)).standings] == [s.text for s in write(opened(again)).standings]


def test_stopping_between_sections_keeps_what_is_done(tale: Path) -> None:
    model = ScriptedModel(says("One."))
    written = run(real(tale), model, stop=_after(model, 1))

    assert (["One."], ("an-hour-owed", "right-time")) == ([d.text for d in written.drafts], written.held_back)


def test_status_adds_up_to_what_was_used(tale: Path) -> None:
    project = real(tale)
    run(project, ScriptedModel(says("One."), says("Two."), says("Three.")))
    found = status(project)

    assert (Usage(300, output_tokens=150), 3) == (found.usage, found.count(State.DRAFT))
    assert 3 * catalogue().find("sonnet").cost(Usage(100, output_tokens=50)) == found.cost  # type: ignore[operator]


def test_an_incomplete_section_is_no_draft(tale: Path) -> None:
    written = run(
        real(tale), ScriptedModel(says("Some of it", StopReason.UNKNOWN)), selection=Selection(limit=1)
    )

    assert DraftStatus.INCOMPLETE == written.drafts[0].status
    assert ["01-the-last-boat.partial.md"] == [path.name for path in (tale.parent / "drafts").iterdir()]


def test_a_manuscript_that_a_person_changed_is_left_alone(tale: Path) -> None:
    run(real(tale), ScriptedModel(says("One.")), selection=Selection(limit=1))
    manuscript = tale.parent / "manuscript.md"
    manuscript.write_text(manuscript.read_text() + "\nMine.\n")
    run(real(tale), ScriptedModel(says("Two.")), selection=Selection(limit=1))

    assert manuscript.read_text().endswith("\nMine.\n")


def _after(model: ScriptedModel, calls: int) -> Callable[[], bool]:
    return lambda: len(model.asked) >= calls


def test_new_text_has_a_line_for_each_sentence_where_the_outline_wants_that(tale: Path) -> None:
    tale.write_text("wrap: sentence\n" + tale.read_text())
    run(real(tale), ScriptedModel(says("One boat. It came."), says("Two."), says("Three.")))
    draft = (tale.parent / "drafts" / "01-the-last-boat.md").read_text()

    assert "\n\nOne boat.\nIt came.\n" in draft


def test_wrapped_text_counts_as_the_models_own(tale: Path) -> None:
    tale.write_text("wrap: sentence\n" + tale.read_text())
    run(real(tale), ScriptedModel(says("One boat. It came."), says("Two."), says("Three.")))

    assert {State.DRAFT} == {line.state for line in status(real(tale)).lines}
