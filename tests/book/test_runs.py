"""What is on record of runs: from where on one may learn, and whether it is over."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from storygen.book.attempts import Intent
from storygen.book.journal import Journal, open_journal
from storygen.draft import Draft, Leg
from storygen.messages import Completion, StopReason


def opened(folder: Path) -> Journal:
    return open_journal(folder / "journal.db", clock=count(1.0).__next__)


def ask(journal: Journal, section: str = "boat", text: str = "It rained.") -> int:
    """Ask for *section*, keep what comes as its draft, and return the attempt."""
    attempt = journal.open_intent(Intent(section, Leg("", StopReason.CUT), "f", "d", "m"))
    journal.complete(attempt, Completion(text, StopReason.END_TURN))
    journal.keep(Draft(section, text), model="m", rehearsed=False)
    return attempt


def test_nothing_is_learned_from_an_empty_journal(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        assert 0 == journal.horizon


def test_a_run_learns_from_all_that_came_before_it_and_from_nothing_of_its_own(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        before = ask(journal)
        journal.begin_run()
        ask(journal, "storm")

        assert before == journal.horizon


def test_a_run_that_goes_on_from_another_one_learns_what_that_did(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        before = ask(journal)
        journal.begin_run()
        ask(journal, "storm")
    with opened(tmp_path) as journal:
        journal.begin_run()
        ask(journal, "calm")

        assert before == journal.horizon


def test_a_run_learns_from_one_that_is_over(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.begin_run()
        last = ask(journal)
        journal.end_run()
        journal.begin_run()

        assert last == journal.horizon


def test_a_draft_that_was_replaced_since_is_still_the_newest_of_its_time(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        before = ask(journal, text="It rained.")
        ask(journal, text="It snowed.")
        ask(journal, "storm")
        then, now = journal.all_generated(until=before), journal.all_generated()

    assert {"boat": "It rained."} == {id_: kept.draft.text for id_, kept in then.items()}
    assert {"boat": "It snowed.", "storm": "It rained."} == {
        id_: kept.draft.text for id_, kept in now.items()
    }


def test_a_run_that_is_not_over_is_still_to_be_put_on_record(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.begin_run()
        before = journal.any_open
        journal.end_run()

        assert (True, False) == (before, journal.any_open)
