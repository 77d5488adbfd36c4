from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest

from storygen.desk.anew import Renewals, Wish
from storygen.desk.consent import Unagreed, questions
from storygen.desk.freshness import looks
from storygen.desk.project import Project
from storygen.desk.rewrite import acontinue, arewrite
from storygen.desk.select import Selection
from storygen.desk.states import State, read_book, standings
from storygen.desk.versions import compared, restore, use, versions
from storygen.errors import Cut, Rejected, StorygenError, TemplateError, UsageError
from storygen.messages import Opened, StopReason, Text
from tests.desk.test_write import Answer, ScriptedModel, opened, real, run, says

BOAT = "the-last-boat"


@pytest.fixture
def book(tale: Path) -> Path:
    """Return the outline of a book whose three sections are written."""
    run(real(tale), ScriptedModel(says("The boat was old."), says("Two hours."), says("Three strokes.")))
    return tale


def draft(outline: Path, number: int = 1) -> Path:
    """Return the file of a section."""
    return next((outline.parent / "drafts").glob(f"{number:02}-*[!w].md"))


def text(outline: Path, number: int = 1) -> str:
    """Return the prose of a section as its file has it."""
    return draft(outline, number).read_text().split("---\n", 2)[2].strip()


def edit(outline: Path, old: str, new: str) -> None:
    """Change the first draft by hand."""
    draft(outline).write_text(draft(outline).read_text().replace(old, new))


def rewrite(outline: Path, model: ScriptedModel, ids: Sequence[str] = (BOAT,), **wish: Any) -> Renewals:
    """Rewrite sections with *model*, without waiting for anything."""

    async def main() -> Renewals:
        return await arewrite(real(outline), ids, Wish(**wish), wire=model.wire, chance=Random(1))

    return anyio.run(main)


def go_on(outline: Path, model: ScriptedModel, id_: str = BOAT, **wish: Any) -> Renewals:
    """Go on with a section with *model*."""

    async def main() -> Renewals:
        return await acontinue(real(outline), id_, Wish(**wish), wire=model.wire, chance=Random(1))

    return anyio.run(main)


def agreed(outline: Path) -> dict[str, str]:
    """Agree to everything that rewriting the first section would ask."""
    return {question.id: question.text for question in questions(real(outline), [BOAT])}


def all_texts(outline: Path, id_: str = BOAT) -> list[str]:
    """Return the text of every version, oldest first."""
    return [version.text for version in versions(real(outline), id_).all]


def state(project: Project) -> State:
    """Return what the first section is."""
    return standings(project.outline, read_book(project.book))[0].state


def asked(model: ScriptedModel, number: int = 0) -> str:
    """Return what the user message of a request says."""
    body = json.loads(model.asked[number])
    return str(next(m["content"] for m in body["messages"] if m["role"] == "user"))


def test_a_rewritten_section_has_the_new_text_and_keeps_the_old(book: Path) -> None:
    rewrite(book, ScriptedModel(says("The boat was new.")))

    assert ("The boat was new.", ["The boat was old.", "The boat was new."]) == (text(book), all_texts(book))


def test_what_came_of_it_is_told_in_numbers(book: Path) -> None:
    (renewed,) = rewrite(book, ScriptedModel(says("The boat was new."))).sections

    assert (1, (2,)) == (renewed.replaced, renewed.made)


def test_the_manuscript_follows(book: Path) -> None:
    rewrite(book, ScriptedModel(says("The boat was new.")))

    assert "The boat was new." in (book.parent / "manuscript.md").read_text()


def test_the_next_section_of_the_same_run_reads_the_new_text(book: Path) -> None:
    model = ScriptedModel(says("The boat was new."), says("Two days."))
    rewrite(book, model, [BOAT, "an-hour-owed"])

    assert "The boat was new." in asked(model, 1)


def test_only_what_is_named_is_asked_for(book: Path) -> None:
    model = ScriptedModel(says("Two days."))
    rewrite(book, model, ["an-hour-owed"])

    assert (1, "The boat was old.") == (len(model.asked), text(book))


def test_a_note_goes_last_with_the_text_to_revise(book: Path) -> None:
    model = ScriptedModel(says("The boat was new."))
    rewrite(book, model, note="colder; cut the joke")
    said = asked(model)

    assert (True, True) == (
        "<current>\nThe boat was old.\n</current>" in said,
        said.endswith("before all else: colder; cut the joke\n</note>"),
    )


def test_without_a_note_the_old_text_is_not_shown(book: Path) -> None:
    model = ScriptedModel(says("The boat was new."))
    rewrite(book, model)

    assert "The boat was old." not in asked(model)


def test_a_template_that_leaves_out_the_note_is_told_before_anything_is_sent(book: Path) -> None:
    own = book.parent / "templates/fiction/section/user.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text("Write {{ section.title }}.")
    model = ScriptedModel()

    with pytest.raises(TemplateError, match="leaves out the note"):
        rewrite(book, model, note="colder")


def test_an_edited_section_is_not_replaced_without_consent(book: Path) -> None:
    edit(book, "old", "very old")
    model = ScriptedModel()

    with pytest.raises(Unagreed):
        rewrite(book, model)
    assert ([], "The boat was very old.") == (model.asked, text(book))


def test_the_question_says_how_much_is_at_stake_and_where_it_is_kept(book: Path) -> None:
    edit(book, "old", "very, very old")
    (question,) = questions(real(book), [BOAT])

    assert ("the-last-boat has 2 words of your own edits since it was written.", 2) == (
        question.why,
        question.version,
    )


def test_nothing_is_asked_about_text_that_nobody_edited(book: Path) -> None:
    assert () == questions(real(book), [BOAT])


def test_placeholder_prose_replaces_paid_text_only_with_consent(book: Path) -> None:
    (question,) = questions(real(book), [BOAT], rehearse=True)

    assert "placeholder prose" in question.why


def test_with_consent_an_edited_section_is_replaced_and_kept(book: Path) -> None:
    edit(book, "old", "very old")
    rewrite(book, ScriptedModel(says("The boat was new.")), agreed=agreed(book))

    assert ["The boat was old.", "The boat was very old.", "The boat was new."] == all_texts(book)


def test_consent_is_for_the_text_that_was_seen(book: Path) -> None:
    edit(book, "old", "very old")
    yes = agreed(book)
    edit(book, "very old", "rotten")

    with pytest.raises(Unagreed):
        rewrite(book, ScriptedModel(), agreed=yes)


def test_a_draft_that_is_edited_during_the_run_is_left_alone(book: Path) -> None:
    class Meddler(ScriptedModel):
        async def send(self, body: bytes) -> Any:
            edit(book, "old", "mine")
            async for delta in super().send(body):
                yield delta

    (renewed,) = rewrite(book, Meddler(says("The boat was new."))).sections

    assert ("The boat was mine.", True, True) == (
        text(book),
        renewed.kept_own,
        "The boat was new." in draft(book).with_name("01-the-last-boat.new.md").read_text(),
    )


def test_a_final_section_is_refused(book: Path) -> None:
    edit(book, "status: draft", "status: final")

    with pytest.raises(UsageError, match="is final"):
        rewrite(book, ScriptedModel())


def test_a_section_that_is_not_written_is_refused(tale: Path) -> None:
    with pytest.raises(UsageError, match="is not written yet"):
        rewrite(tale, ScriptedModel())


def test_nothing_is_begun_where_one_of_several_is_refused(book: Path) -> None:
    draft(book, 2).write_text(draft(book, 2).read_text().replace("status: draft", "status: final"))

    with pytest.raises(UsageError):
        rewrite(book, ScriptedModel(), [BOAT, "an-hour-owed"])
    assert not (book.parent / ".storygen/versions").exists()


def test_variants_are_versions_and_the_first_is_used(book: Path) -> None:
    renewals = rewrite(book, ScriptedModel(says("One."), says("Two."), says("Three.")), variants=3)

    assert ("One.", (2, 3, 4)) == (text(book), renewals.sections[0].made)


def test_every_variant_is_asked_to_be_another(book: Path) -> None:
    model = ScriptedModel(says("One."), says("Two."))
    rewrite(book, model, variants=2)

    assert ["This is take 2:", "This is take 3:"] == [
        next(line[:15] for line in asked(model, n).split("\n") if line.startswith("This is take"))
        for n in (0, 1)
    ]


def test_another_variant_can_be_used(book: Path) -> None:
    rewrite(book, ScriptedModel(says("One."), says("Two.")), variants=2)
    use(real(book), BOAT, 3)

    assert ("Two.", State.DRAFT) == (text(book), state(real(book)))


def test_only_variants_of_the_last_rewrite_can_be_used(book: Path) -> None:
    rewrite(book, ScriptedModel(says("One."), says("Two.")), variants=2)

    with pytest.raises(UsageError, match=r"\(2, 3\)"):
        use(real(book), BOAT, 1)


def test_a_draft_that_was_deleted_comes_back_as_the_variant_that_was_used(book: Path) -> None:
    rewrite(book, ScriptedModel(says("One."), says("Two.")), variants=2)
    draft(book).unlink()
    run(real(book), ScriptedModel())

    assert "One." == text(book)


CUT: Answer = [Opened(200), Text("The boat was new. It lay at the pi"), Cut("the line broke", retry=False)]


def test_a_rewrite_that_broke_off_leaves_the_old_text_where_it_was(book: Path) -> None:
    renewals = rewrite(book, ScriptedModel(CUT))

    assert (False, "The boat was old.") == (renewals.whole, text(book))


def test_a_rewrite_that_broke_off_goes_on_with_what_was_paid_for(book: Path) -> None:
    rewrite(book, ScriptedModel(CUT))
    rewrite(book, ScriptedModel(says("The boat was new. It lay at the pier.")))

    assert "The boat was new. It lay at the pier." == text(book)


def test_variants_that_are_there_are_not_asked_for_again(book: Path) -> None:
    rewrite(book, ScriptedModel(says("One."), CUT), variants=2)
    second = ScriptedModel(says("The boat was new. It lay at the pier."))
    rewrite(book, second, variants=2)

    assert (1, ["The boat was old.", "One.", "The boat was new. It lay at the pier."]) == (
        len(second.asked),
        all_texts(book),
    )


def test_another_note_begins_anew(book: Path) -> None:
    rewrite(book, ScriptedModel(CUT), note="colder")
    model = ScriptedModel(says("The boat was warm."))
    rewrite(book, model, note="warmer")

    assert ("The boat was warm.", 1) == (text(book), len(json.loads(model.asked[0])["messages"]))


def test_what_broke_off_is_kept_when_another_note_begins_anew(book: Path) -> None:
    rewrite(book, ScriptedModel(CUT), note="colder")
    rewrite(book, ScriptedModel(says("The boat was warm.")), note="warmer")

    assert any(each.startswith("The boat was new.") for each in all_texts(book))


def test_an_edit_after_a_rewrite_broke_off_begins_anew(book: Path) -> None:
    rewrite(book, ScriptedModel(CUT), note="colder")
    edit(book, "old", "very old")
    model = ScriptedModel(says("The boat was cold."))
    rewrite(book, model, note="colder", agreed=agreed(book))

    assert "<current>\nThe boat was very old." in asked(model)


def test_a_finished_rewrite_can_be_asked_for_again(book: Path) -> None:
    rewrite(book, ScriptedModel(says("One.")))
    rewrite(book, ScriptedModel(says("Two.")))

    assert ["The boat was old.", "One.", "Two."] == all_texts(book)


def test_a_run_that_was_killed_before_the_text_was_laid_sends_nothing(book: Path) -> None:
    rewrite(book, ScriptedModel(says("The boat was new.")))
    order = book.parent / ".storygen/versions/the-last-boat/order.json"
    row = json.loads(order.read_text())
    order.write_text(json.dumps(row | {"made": []}))
    edit(book, "new", "old")
    model = ScriptedModel()
    rewrite(book, model, agreed=agreed(book))

    assert ([], "The boat was new.") == (model.asked, text(book))


def test_an_unfinished_section_is_begun_anew(tale: Path) -> None:
    run(real(tale), ScriptedModel(CUT))
    rewrite(tale, ScriptedModel(says("Another boat.")))

    assert ("Another boat.", False) == (
        text(tale),
        (tale.parent / "drafts/01-the-last-boat.partial.md").exists(),
    )


def test_a_refusal_ends_the_run_and_the_old_text_stays(book: Path) -> None:
    model = ScriptedModel(says("", StopReason.REFUSAL))
    renewals = rewrite(book, model, [BOAT, "an-hour-owed"])

    assert (("an-hour-owed",), "The boat was old.") == (renewals.held_back, text(book))


def test_an_error_that_ends_the_run_loses_nothing(book: Path) -> None:
    refused = Rejected("no such key", status=401, kind="authentication_error", retry=False, fatal=True)
    with pytest.raises(StorygenError):
        rewrite(book, ScriptedModel([refused]))

    assert "The boat was old." == text(book)


def test_restoring_and_restoring_back_changes_nothing(book: Path) -> None:
    edit(book, "old", "very old")
    rewrite(book, ScriptedModel(says("The boat was new.")), agreed=agreed(book))
    before = (draft(book).read_bytes(), (book.parent / "storygen.lock").read_bytes(), all_texts(book))
    restore(real(book), BOAT, 1)
    restore(real(book), BOAT, 3)

    assert before == (draft(book).read_bytes(), (book.parent / "storygen.lock").read_bytes(), all_texts(book))


@pytest.mark.parametrize(("number", "expected"), [(1, State.DRAFT), (2, State.EDITED), (3, State.DRAFT)])
def test_a_text_comes_back_as_what_it_was(number: int, expected: State, book: Path) -> None:
    edit(book, "old", "very old")
    rewrite(book, ScriptedModel(says("The boat was new.")), agreed=agreed(book))
    restore(real(book), BOAT, number)

    assert expected is state(real(book))


def test_restoring_keeps_an_edit_that_it_replaces(book: Path) -> None:
    edit(book, "old", "very old")
    restore(real(book), BOAT, 1)

    assert ("The boat was old.", ["The boat was old.", "The boat was very old."]) == (
        text(book),
        all_texts(book),
    )


def test_a_restored_text_is_as_fresh_as_it_was(book: Path) -> None:
    book.write_text(book.read_text().replace("a toolbox", "a trumpet"))
    rewrite(book, ScriptedModel(says("The boat was new.")))
    restore(real(book), BOAT, 1)
    project = real(book)
    shelved = read_book(project.book)
    found = looks(project, standings(project.outline, shelved), shelved.record)

    assert "stale" == found[BOAT].freshness


def test_a_number_that_is_not_there_is_told_with_those_that_are(book: Path) -> None:
    with pytest.raises(UsageError, match="no version 9") as failure:
        restore(real(book), BOAT, 9)
    assert "there are: 1" == failure.value.help


def test_without_the_private_folder_the_text_is_still_a_version(book: Path) -> None:
    edit(book, "old", "very old")
    shutil.rmtree(book.parent / ".storygen")
    rewrite(book, ScriptedModel(says("The boat was new.")), agreed=agreed(book))

    assert ["The boat was very old.", "The boat was new."] == all_texts(book)


def test_deleting_the_private_folder_leaves_text_and_freshness(book: Path) -> None:
    rewrite(book, ScriptedModel(says("The boat was new.")))
    shutil.rmtree(book.parent / ".storygen")
    model = ScriptedModel()
    run(real(book), model)

    assert ([], "The boat was new.", State.DRAFT) == (model.asked, text(book), state(real(book)))


def test_a_rehearsed_text_that_a_real_one_replaces_is_kept(tale: Path) -> None:
    run(opened(tale), ScriptedModel(says("Placeholder."), says("Two."), says("Three.")))
    run(real(tale), ScriptedModel(says("The boat was old."), says("Two."), says("Three.")))

    assert ["Placeholder.", "The boat was old."] == all_texts(tale)


def test_stale_text_that_write_replaces_is_kept_even_without_a_journal(book: Path) -> None:
    book.write_text(book.read_text().replace("a toolbox", "a trumpet"))
    shutil.rmtree(book.parent / ".storygen")
    run(real(book), ScriptedModel(says("The boat was new.")), selection=Selection(stale=True))

    assert ["The boat was old.", "The boat was new."] == all_texts(book)


def test_what_is_compared_by_default_is_the_generated_text_and_the_text_now(book: Path) -> None:
    rewrite(book, ScriptedModel(says("The boat was new.")))
    edit(book, "new", "mine")
    old, new = compared(real(book), BOAT)

    assert ("The boat was new.", "The boat was mine.") == (old.text, new.text)


def test_an_unedited_text_is_compared_with_the_one_before(book: Path) -> None:
    rewrite(book, ScriptedModel(says("The boat was new.")))

    assert (1, 2) == tuple(version.number for version in compared(real(book), BOAT))


def test_one_text_alone_cannot_be_compared(book: Path) -> None:
    with pytest.raises(UsageError, match="only one text"):
        compared(real(book), BOAT)


def test_looking_at_versions_writes_nothing(book: Path) -> None:
    edit(book, "old", "very old")
    versions(real(book), BOAT)

    assert not (book.parent / ".storygen/versions").exists()


def test_a_continuation_begins_with_the_text_as_it_is(book: Path) -> None:
    edit(book, "was old", "was old, as I said")
    go_on(book, ScriptedModel(says("was old, as I said.\n\nIt sank.")))

    assert "The boat was old, as I said.\n\nIt sank." == text(book)


@pytest.mark.parametrize("model", ["claude-3-7-sonnet", "claude-sonnet-5-5"])
def test_an_end_in_the_middle_of_a_sentence_is_gone_on_from_there(model: str, book: Path) -> None:
    edit(book, "The boat was old.", "The boat was old. It had")
    book.write_text(f"model: {model}\n{book.read_text()}")
    reply = " a name." if model == "claude-3-7-sonnet" else "The boat was old. It had a name."
    go_on(book, ScriptedModel(says(reply)))

    assert "The boat was old. It had a name." == text(book)


def test_a_continued_edit_is_still_an_edit(book: Path) -> None:
    edit(book, "old", "very old")
    go_on(book, ScriptedModel(says("The boat was very old.\n\nIt sank.")))
    run(real(book), ScriptedModel())

    assert State.EDITED is state(real(book))


def test_a_continued_draft_is_a_draft(book: Path) -> None:
    go_on(book, ScriptedModel(says("The boat was old.\n\nIt sank.")))
    run(real(book), ScriptedModel())

    assert State.DRAFT is state(real(book))


def test_what_was_there_before_a_continuation_is_kept(book: Path) -> None:
    go_on(book, ScriptedModel(says("The boat was old.\n\nIt sank.")))

    assert ["The boat was old.", "The boat was old.\n\nIt sank."] == all_texts(book)


def test_a_continuation_asks_for_the_words_it_was_told(book: Path) -> None:
    model = ScriptedModel(says("The boat was old.\n\nIt sank."))
    go_on(book, model, words=250)

    assert "about 250 remain" in json.loads(model.asked[0])["messages"][-1]["content"]


def test_a_continuation_that_broke_off_goes_on(book: Path) -> None:
    go_on(
        book,
        ScriptedModel([Opened(200), Text("The boat was old.\n\nIt sank at on"), Cut("broke", retry=False)]),
    )
    go_on(book, ScriptedModel(says("It sank at once.")))

    assert "The boat was old.\n\nIt sank at once." == text(book)


def test_a_continuation_leaves_freshness_as_it_was(book: Path) -> None:
    before = read_book(real(book).book).record.sections[BOAT].inputs
    book.write_text(book.read_text().replace("a toolbox", "a trumpet"))
    go_on(book, ScriptedModel(says("The boat was old.\n\nIt sank.")))

    assert before == read_book(real(book).book).record.sections[BOAT].inputs


def test_an_unfinished_section_is_left_to_write(tale: Path) -> None:
    run(real(tale), ScriptedModel(CUT))

    with pytest.raises(UsageError, match="is not finished"):
        go_on(tale, ScriptedModel())


def test_a_killed_rewrite_goes_on_from_what_had_come(book: Path, tmp_path: Path) -> None:
    """A copy of the folder, taken while the reply streams in, is what a killed process leaves behind."""
    start = " ".join(f"Somebody on the pier counted to {number}." for number in range(150))
    model = ScriptedModel([Opened(200), Text(start), Text("It")])
    copy = tmp_path / "copy"

    async def dying(body: bytes) -> Any:
        async for delta in ScriptedModel.send(model, body):
            if delta == Text("It"):
                shutil.copytree(book.parent, copy)
                raise Cut("killed", retry=False)
            yield delta

    model.send = dying  # type: ignore[method-assign]
    rewrite(book, model, note="colder")
    before = text(copy / book.name)
    last = " ".join(start.split()[-12:])
    rewrite(copy / book.name, ScriptedModel(says(f"{last} It sank.")), note="colder")

    assert ("The boat was old.", f"{start} It sank.") == (before, text(copy / book.name))
