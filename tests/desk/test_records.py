from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from storygen.book.attempts import Fate, Intent
from storygen.book.journal import open_journal
from storygen.desk.log import log
from storygen.desk.provenance import generated_words, provenance
from storygen.desk.select import Selection
from storygen.desk.status import status
from storygen.desk.write import write
from storygen.draft import Leg, total_usage
from storygen.errors import Rejected, UsageError
from storygen.messages import StopReason
from tests.desk.test_write import ScriptedModel, opened, real, run, says

BOAT = "The old boat lay at the pier and nobody was there."


@pytest.fixture
def written(tale: Path) -> Path:
    """Return the outline of a book whose three sections a model has written."""
    run(real(tale), ScriptedModel(says(BOAT), says("Two hours passed."), says("Three strokes rang.")))
    return tale


def edit(outline: Path, name: str, old: str, new: str) -> None:
    path = outline.parent / "drafts" / name
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf-8")


def test_the_log_holds_every_attempt_with_its_fate(tale: Path) -> None:
    busy = Rejected("overloaded", status=529, kind="overloaded_error", retry=True, retry_after=0.001)
    run(real(tale), ScriptedModel([busy], says(BOAT)), selection=Selection(limit=1))

    assert [(Fate.REJECTED, None, 0), (Fate.COMPLETE, "req_1", 1)] == [
        (attempt.fate, attempt.request_id, bool(attempt.cost)) for attempt in log(real(tale)).attempts
    ]


def test_what_waits_for_its_answer_is_not_what_nobody_knows_the_cost_of(written: Path) -> None:
    with open_journal(opened(written).book.journal, clock=lambda: 1.0) as journal:
        lost, away = (Intent(id_, Leg("", StopReason.CUT), id_, id_, "m") for id_ in ("a", "b"))
        journal.unknown(journal.open_intent(lost), "no answer came")
        journal.open_intent(away)
        found = log(opened(written))

    assert (1, 1) == (found.unbilled, found.unanswered)


def test_status_adds_up_to_the_log(written: Path) -> None:
    found, whole = status(real(written)), log(real(written))

    assert (found.usage, found.cost) == (whole.usage, whole.cost)
    assert found.usage == total_usage(line.usage for line in found.lines)


def test_status_adds_up_to_the_log_when_sections_are_gone(written: Path) -> None:
    text = written.read_text()
    written.write_text(text[: text.index("  - title: Right time")])
    found, whole = status(real(written)), log(real(written))

    assert (found.usage, found.cost, 1) == (whole.usage, whole.cost, len(found.gone))


def test_a_section_that_is_gone_still_has_its_log(written: Path) -> None:
    text = written.read_text()
    written.write_text(text[: text.index("  - title: Right time")])

    assert 1 == len(log(real(written), ids=["right-time"]).attempts)


def test_a_log_of_nobody_is_a_mistake(written: Path) -> None:
    with pytest.raises(UsageError, match="has no section `right-tim`"):
        log(real(written), ids=["right-tim"])


@pytest.mark.parametrize(
    ("text", "source", "generated"),
    [
        ("a b c d", "a b c d", 4),
        ("a b", "a b", 2),
        ("a b X d e f", "a b c d e f", 3),
        ("x the y and z", "the q and r", 0),
        ("", "a b c", 0),
    ],
)
def test_words_count_as_generated_where_three_of_them_stand_together(
    text: str, source: str, generated: int
) -> None:
    assert generated == generated_words(text.split(), source.split())


def shares(found: Iterable[object]) -> list[object]:
    return [getattr(origin, "share", None) for origin in found]


def test_unedited_drafts_are_all_generated(written: Path) -> None:
    found = provenance(real(written))

    assert ([1.0, 1.0, 1.0], 17, 0) == (shares(found.origins), found.generated, found.by_hand)


def test_an_edit_counts_as_written_by_hand(written: Path) -> None:
    edit(written, "01-the-last-boat.md", "nobody was there", "a grey dog slept on it")
    found = provenance(real(written))

    assert (8, 14, 6) == (found.origins[0].generated, found.origins[0].words, found.by_hand)


def test_the_sentence_has_counts_models_and_dates_and_nothing_else(written: Path) -> None:
    edit(written, "01-the-last-boat.md", "nobody was there", "a grey dog slept on it")
    found = provenance(real(written))

    assert (
        "AI-generated text: 14 of 20 words (70%) stand as claude-sonnet-5-5 generated them on "
        f"{found.origins[0].day}; 6 (30%) were written or changed by hand."
    ) == found.sentence


def test_without_the_journal_an_unedited_draft_is_known_and_an_edited_one_is_not(written: Path) -> None:
    shutil.rmtree(written.parent / ".storygen")
    edit(written, "01-the-last-boat.md", "nobody", "no man")
    found = provenance(real(written))

    assert ([None, 1.0, 1.0], 12) == (shares(found.origins), found.unknown)
    assert found.sentence.endswith("of 12 it is not known any more who wrote them.")


def test_placeholder_prose_is_nobodys_generated_text(tale: Path) -> None:
    write(opened(tale))
    found = provenance(opened(tale))

    assert (0, 0, (), found.words) == (found.generated, found.by_hand, found.models, found.rehearsed)


def test_a_draft_by_hand_is_by_hand(tale: Path) -> None:
    own = tale.parent / "drafts" / "mine.md"
    own.parent.mkdir()
    own.write_text("---\nid: right-time\nstatus: draft\n---\n\nAll of this is mine.\n")
    found = provenance(real(tale))

    assert "AI-generated text: 0 of 5 words; 5 (100%) were written or changed by hand." == found.sentence


def test_a_book_without_text_says_so(tale: Path) -> None:
    assert "AI-generated text: there is no text yet." == provenance(real(tale)).sentence
