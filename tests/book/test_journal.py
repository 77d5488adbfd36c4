from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from storygen.book.attempts import Fate, Intent, Spent, by_section, spent
from storygen.book.database import choose_mode, open_reader, open_writer
from storygen.book.journal import Journal, open_journal
from storygen.book.schema import migrate
from storygen.book.view import view_journal
from storygen.draft import Draft, DraftStatus, Flag, Joint, Leg, Stretch
from storygen.errors import JournalError, Rejected
from storygen.messages import Completion, Opened, StopReason, Usage

NEXT = Leg("", StopReason.CUT)
HALF = Stretch(number=1, of=2, words=900, asked=1_200, behind=3, open=True)
USAGE = Usage(10, 1, 2, 30, 4)
DONE = Completion(
    "It rained.",
    StopReason.END_TURN,
    USAGE,
    stop_word="end_turn",
    stop_detail="detail",
    request_id="req_1",
    message_id="msg_1",
    model="claude-sonnet-5-5",
    blocks=("thinking", "text"),
    clean=True,
)


def intend(journal: Journal, section: str = "boat", **changes: Any) -> int:
    known = {"fingerprint": "f1", "digest": "d1", "model": "sonnet", "rehearsed": False, "reserved": 500}
    return journal.open_intent(Intent(section, changes.pop("leg", NEXT), **(known | changes)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with open_journal(path, clock=count(1.0).__next__) as journal:
        yield journal


def test_an_intent_is_seen_by_others_before_anything_is_sent(journal: Journal, path: Path) -> None:
    intend(journal)

    with view_journal(path) as view:
        assert [("boat", 1, "f1", "d1", 500, Fate.INTENT)] == [
            (one.section, one.leg, one.fingerprint, one.digest, one.reserved, one.fate)
            for one in view.attempts()
        ]


def test_a_completion_comes_back_whole_for_its_fingerprint(journal: Journal) -> None:
    attempt = intend(journal)
    journal.opened(attempt, Opened(200, "req_1", "msg_1", "claude-sonnet-5-5"))
    journal.complete(attempt, DONE, cost=77)

    assert (DONE, None) == (journal.completion_for("f1"), journal.completion_for("f2"))


def test_an_attempt_remembers_everything(journal: Journal) -> None:
    attempt = intend(journal)
    journal.opened(attempt, Opened(200, "req_1", "msg_1", "spoke"))
    journal.complete(attempt, DONE, cost=77)
    (one,) = journal.attempts()

    assert (Fate.COMPLETE, 77, USAGE, StopReason.END_TURN, 200, "req_1", "msg_1", 1.0, 2.0, "detail") == (
        *(one.fate, one.cost, one.usage, one.stop_reason, one.status, one.request_id, one.message_id),
        *(one.started, one.ended, one.stop_detail),
    )


def test_a_cut_stream_is_never_complete(journal: Journal) -> None:
    journal.complete(intend(journal), Completion("It r", StopReason.CUT))

    assert (None, "It r") == (journal.completion_for("f1"), journal.partial_text("boat"))


def test_a_refusal_is_a_reply_that_is_never_asked_for_again(journal: Journal) -> None:
    refused = Completion("", StopReason.REFUSAL)
    journal.complete(intend(journal), refused)

    assert refused == journal.completion_for("f1")


def test_a_broken_reply_comes_back_as_a_cut_one(journal: Journal) -> None:
    attempt = intend(journal)
    journal.opened(attempt, Opened(200, "req_1"))
    journal.partial(attempt, "It r", "silence", usage=USAGE)

    assert Completion("It r", StopReason.CUT, USAGE, request_id="req_1") == journal.partial_for("f1")


def test_a_broken_reply_without_text_is_nothing_to_go_on_from(journal: Journal) -> None:
    journal.partial(intend(journal), "", "silence")

    assert (None, "") == (journal.partial_for("f1"), journal.partial_text("boat"))


def test_a_later_success_leaves_no_partial_text(journal: Journal) -> None:
    journal.partial(intend(journal), "It r", "silence")
    journal.complete(intend(journal), DONE)

    assert "" == journal.partial_text("boat")


def test_a_new_version_wants_a_new_reply(journal: Journal) -> None:
    attempt = intend(journal)
    journal.complete(attempt, DONE)

    assert None is journal.completion_for("f1", after=attempt)


def test_each_end_has_its_fate_and_its_cause(journal: Journal) -> None:
    rejection = Rejected("busy", status=529, kind="overloaded_error", retry=True, request_id="req_9")
    journal.unsent(intend(journal), "no route")
    journal.rejected(intend(journal), rejection)
    journal.unknown(intend(journal), "reset")

    assert [
        (Fate.UNSENT, "no route", None),
        (Fate.REJECTED, "overloaded_error: busy", "req_9"),
        (Fate.UNKNOWN, "reset", None),
    ] == [(one.fate, one.cause, one.request_id) for one in journal.attempts()]


def test_an_attempt_ends_once(journal: Journal) -> None:
    attempt = intend(journal)
    journal.complete(attempt, DONE)

    with pytest.raises(JournalError, match="attempt 1 is not open"):
        journal.partial(attempt, "other", "late")
    assert DONE == journal.completion_for("f1")


def test_legs_are_what_came_back_in_order(journal: Journal) -> None:
    journal.complete(intend(journal), Completion("One", StopReason.MAX_TOKENS, USAGE, request_id="r1"))
    journal.unsent(intend(journal), "no route")
    journal.partial(intend(journal, leg=Leg("", StopReason.CUT, base=3, stretch=HALF)), " two", "silence")
    journal.complete(intend(journal, rehearsed=True), DONE)

    assert (
        Leg("One", StopReason.MAX_TOKENS, USAGE, "r1"),
        Leg(" two", StopReason.CUT, base=3, stretch=HALF),
    ) == journal.legs("boat")


def test_legs_are_counted_anew_for_every_version(journal: Journal) -> None:
    journal.complete(intend(journal), DONE)
    journal.unsent(intend(journal), "no route")
    journal.complete(intend(journal), DONE)
    journal.keep(Draft("boat", "It rained."), model="sonnet", rehearsed=False)
    journal.complete(intend(journal), DONE)

    assert [1, 2, 2, 1] == [one.leg for one in journal.attempts()]


def test_attempts_can_be_asked_for_by_section_and_fingerprint(journal: Journal) -> None:
    for section, fingerprint in [("boat", "f1"), ("storm", "f2"), ("boat", "f2")]:
        intend(journal, section, fingerprint=fingerprint)

    assert ([1, 3], [2, 3], {"boat", "storm"}) == (
        [one.id for one in journal.attempts(section="boat")],
        [one.id for one in journal.attempts(fingerprint="f2")],
        set(by_section(journal.attempts())),
    )


def test_what_was_spent_and_what_is_still_held(journal: Journal) -> None:
    journal.complete(intend(journal, reserved=100), DONE, cost=70)
    journal.unsent(intend(journal, reserved=100), "no route")
    journal.unknown(intend(journal, reserved=40), "reset")
    journal.partial(intend(journal, reserved=100), "It", "cut", usage=Usage(1), cost=9)
    journal.complete(intend(journal, reserved=100, rehearsed=True), DONE, cost=70)
    intend(journal, reserved=3)

    assert Spent(settled=79, held=43, usage=USAGE + Usage(1), unknown=1) == spent(journal.attempts())


def test_a_draft_is_kept_as_it_was_generated(journal: Journal) -> None:
    legs = (
        Leg("It ", StopReason.MAX_TOKENS, USAGE, "r1"),
        Leg("rained.", StopReason.END_TURN, USAGE, "r2", base=3, joint=Joint.ANCHOR, stretch=HALF),
    )
    draft = Draft("boat", "It rained.", legs=legs, flags=(Flag.DOUBTFUL_SEAM,))
    attempt = intend(journal)
    journal.complete(attempt, DONE)
    kept = journal.keep(draft, model="sonnet", rehearsed=True)

    assert (draft, kept, 1, attempt) == (kept.draft, journal.generated("boat"), kept.version, kept.attempt)


def test_the_newest_version_counts_and_all_are_there(journal: Journal) -> None:
    first, second = (
        journal.keep(Draft("boat", text), model="m", rehearsed=False) for text in ("One.", "Two.")
    )

    assert (second, (first, second), 2) == (
        journal.generated("boat"),
        journal.versions("boat"),
        second.version,
    )


def test_an_unfinished_draft_hides_no_finished_one(journal: Journal) -> None:
    whole = journal.keep(Draft("boat", "One."), model="m", rehearsed=False)
    part = journal.keep(Draft("boat", "Tw", DraftStatus.INCOMPLETE), model="m", rehearsed=False)

    assert (whole, part, {"boat": whole}, {"boat": part}) == (
        *(journal.generated("boat"), journal.generated_partial("boat")),
        *(journal.all_generated(), journal.all_generated_partials()),
    )


def test_an_unfinished_draft_is_history_once_a_finished_one_has_followed(journal: Journal) -> None:
    part = journal.keep(Draft("boat", "On", DraftStatus.INCOMPLETE), model="m", rehearsed=False)
    journal.keep(Draft("boat", "One."), model="m", rehearsed=True)

    assert (None, {}, part) == (
        *(journal.generated_partial("boat"), journal.all_generated_partials()),
        journal.generated_partial("boat", rehearsed=False),
    )


def test_a_rehearsal_hides_no_real_draft(journal: Journal) -> None:
    real = journal.keep(Draft("boat", "One."), model="m", rehearsed=False)
    rehearsal = journal.keep(Draft("boat", "Two."), model="m", rehearsed=True)

    assert (real, rehearsal) == (journal.generated("boat", rehearsed=False), journal.generated("boat"))


def test_a_book_without_a_journal_has_an_empty_one(path: Path) -> None:
    with view_journal(path) as view:
        assert ((), None, {}, False) == (
            view.attempts(),
            view.generated("x"),
            view.all_generated(),
            path.exists(),
        )


def test_a_view_cannot_write(journal: Journal, path: Path) -> None:
    intend(journal)
    with closing(open_reader(path)) as db, pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("DELETE FROM attempt")


def test_a_journal_is_private(journal: Journal, path: Path) -> None:
    intend(journal)

    assert {0o600} == {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}


def test_a_closed_journal_is_one_file_and_its_ballast(path: Path) -> None:
    with open_journal(path, clock=float) as journal:
        intend(journal)

    assert ["ballast", "journal.db"] == sorted(file.name for file in path.parent.iterdir())


def test_a_group_is_durable_at_its_end_and_not_before(journal: Journal, path: Path) -> None:
    with view_journal(path) as view:
        with journal.one_commit():
            attempt = intend(journal)
            journal.save_text(attempt, "It rained.")
            during = view.attempts()
        after = view.text(attempt)

    assert ((), "It rained.") == (during, after)


def test_a_group_that_fails_leaves_nothing(journal: Journal) -> None:
    attempt = intend(journal)
    journal.save_text(attempt, "It")
    with suppress(KeyError), journal.one_commit():
        journal.save_text(attempt, "It rained.")
        raise KeyError
    before = journal.text(attempt)
    journal.save_text(attempt, "It rained all day.")

    assert ("It", "It rained all day.") == (before, journal.text(attempt))


def test_saves_grow_by_what_is_new(journal: Journal, path: Path) -> None:
    attempt = intend(journal)
    for size in range(0, 1_001, 100):
        journal.save_text(attempt, "x" * size, usage=Usage(output_tokens=size))

    with closing(sqlite3.connect(path)) as db:
        assert (1_000, 1_000) == (
            db.execute("SELECT sum(length(text)) FROM piece").fetchone()[0],
            journal.attempts()[0].usage.output_tokens,
        )


@settings(max_examples=30)
@given(text=st.text(st.characters()), cuts=st.lists(st.integers(0, 50), max_size=6))
def test_saved_pieces_are_the_text_however_it_is_cut(text: str, cuts: list[int]) -> None:
    with journal_on(memory()) as journal:
        attempt = intend(journal)
        for cut in (*sorted(cuts), len(text)):
            journal.save_text(attempt, text[:cut])

        assert text == journal.text(attempt)


def memory() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db)
    return db


def journal_on(db: sqlite3.Connection) -> Journal:
    return Journal(db, Path("/nowhere/journal.db"), clock=float)


class Lives(RuleBasedStateMachine):
    """Attempts opened, saved, closed and killed in any order, against a dictionary."""

    @initialize()
    def begin(self) -> None:
        self.db = memory()
        self.journal = journal_on(self.db)
        self.texts: dict[int, str] = {}
        self.fates: dict[int, Fate] = {}

    def open_ones(self) -> list[int]:
        return [attempt for attempt, fate in self.fates.items() if fate in {Fate.INTENT, Fate.STREAMING}]

    @rule()
    def intend(self) -> None:
        attempt = intend(self.journal)
        self.texts[attempt], self.fates[attempt] = "", Fate.INTENT

    @rule(data=st.data(), more=st.text(max_size=5))
    def save(self, data: st.DataObject, more: str) -> None:
        if ones := self.open_ones():
            attempt = data.draw(st.sampled_from(ones))
            self.texts[attempt] += more
            self.journal.save_text(attempt, self.texts[attempt])

    @rule(data=st.data(), text=st.text(max_size=5), whole=st.booleans())
    def end(self, data: st.DataObject, text: str, *, whole: bool) -> None:
        if ones := self.open_ones():
            attempt = data.draw(st.sampled_from(ones))
            self.texts[attempt] = text
            self.fates[attempt] = Fate.COMPLETE if whole else Fate.PARTIAL
            if whole:
                self.journal.complete(attempt, Completion(text, StopReason.END_TURN))
            else:
                self.journal.partial(attempt, text, "cut")

    @rule()
    def kill(self) -> None:
        self.journal = journal_on(self.db)
        for attempt in self.open_ones():
            self.fates[attempt] = Fate.PARTIAL if self.texts[attempt] else Fate.UNKNOWN

    @invariant()
    def nothing_is_lost(self) -> None:
        assert self.texts == {attempt: self.journal.text(attempt) for attempt in self.texts}
        assert self.fates == {one.id: one.fate for one in self.journal.attempts()}

    def teardown(self) -> None:
        self.db.close()


Lives.TestCase.settings = settings(max_examples=20, stateful_step_count=15)
TestLives = Lives.TestCase


CHILD = """
import sys
from pathlib import Path
from storygen.book.attempts import Intent
from storygen.book.journal import open_journal
from storygen.draft import Leg
from storygen.messages import StopReason
with open_journal(Path(sys.argv[1]), clock=float) as journal:
    known = dict(fingerprint="f", digest="d", model="m", rehearsed=False, reserved=1)
    attempts = [journal.open_intent(Intent("boat", Leg("", StopReason.CUT), **known)) for _ in range(2)]
    for size in range(1, 100_000):
        journal.save_text(attempts[0], "It rained. " * size)
        print(size, flush=True)
"""


def test_what_was_saved_survives_kill_minus_nine(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        said = [int(child.stdout.readline()) for _ in range(20)]
        child.send_signal(signal.SIGKILL)
        said += map(int, child.stdout.read().split())
    with open_journal(path, clock=float) as journal:
        text = journal.text(1)

        assert (True, [Fate.PARTIAL, Fate.UNKNOWN], text) == (
            text.startswith("It rained. " * said[-1]),
            [one.fate for one in journal.attempts()],
            journal.partial_for("f").text,  # type: ignore[union-attr]
        )


def test_a_view_leaves_running_attempts_alone(journal: Journal, path: Path) -> None:
    journal.opened(intend(journal), Opened(200))
    with view_journal(path):
        pass

    assert [Fate.STREAMING] == [one.fate for one in journal.attempts()]


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")


def newer(path: Path) -> None:
    open_journal(path, clock=float).__exit__(None, None, None)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


def torn(path: Path) -> None:
    with open_journal(path, clock=float) as journal:
        for _ in range(100):
            journal.complete(intend(journal), DONE)
    raw = bytearray(path.read_bytes())
    raw[4096 : len(raw) - 4096] = os.urandom(len(raw) - 8192)
    path.write_bytes(raw)


DAMAGES = {
    "zero bytes": lambda path: path.touch(),
    "only zeros": lambda path: path.write_bytes(bytes(8192)),
    "no database at all": lambda path: path.write_text("Dear diary, it rained today.", encoding="utf-8"),
    "another program": other_database,
    "newer storygen": newer,
    "is damaged": torn,
    "no regular file": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("opening", [lambda path: open_journal(path, clock=float), view_journal])
@pytest.mark.parametrize("sentence", DAMAGES)
def test_a_strange_journal_has_its_own_sentence(path: Path, sentence: str, opening: Any) -> None:
    DAMAGES[sentence](path)

    with pytest.raises(JournalError, match=sentence):
        opening(path)


@pytest.mark.parametrize("sentence", sorted(DAMAGES.keys() - {"no regular file"}))
def test_a_strange_journal_is_left_as_it_is(path: Path, sentence: str) -> None:
    DAMAGES[sentence](path)
    before = path.read_bytes()
    with pytest.raises(JournalError):
        open_journal(path, clock=float)

    assert before == path.read_bytes()


def test_a_journal_that_was_deleted_during_the_run_stops_it(journal: Journal, path: Path) -> None:
    intend(journal)
    path.unlink()

    with pytest.raises(JournalError, match="moved or deleted"):
        intend(journal)


def test_a_journal_that_was_away_is_not_written_to_any_more(journal: Journal, path: Path) -> None:
    away = path.with_name("elsewhere.db")
    path.rename(away)
    with pytest.raises(JournalError):
        intend(journal)
    away.rename(path)

    with pytest.raises(JournalError, match="moved or deleted"):
        intend(journal)


def test_a_lone_log_is_not_taken_for_that_of_a_new_journal(path: Path) -> None:
    path.with_name("journal.db-wal").write_bytes(b"what was not yet in the journal")

    with pytest.raises(JournalError, match="its log is there"):
        open_journal(path, clock=float)


def test_a_full_disk_is_called_full_and_spoils_nothing(path: Path) -> None:
    db = open_writer(path)
    with Journal(db, path, clock=float) as journal:
        attempt = intend(journal)
        journal.save_text(attempt, "It rained.")
        db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
        with pytest.raises(JournalError, match="the disk is full"):
            journal.save_text(attempt, "It rained. " * 10_000)
        db.execute("PRAGMA max_page_count = 100000")
        journal.save_text(attempt, "It rained. All day.")

        assert "It rained. All day." == journal.text(attempt)


def test_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be used"):
        open_journal(tmp_path / "missing" / "journal.db", clock=float)


def test_nothing_is_left_of_a_journal_that_could_not_be_made(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Path, "rename", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(JournalError):
        open_journal(path, clock=float)

    assert [] == list(path.parent.iterdir())


def test_writing_waits_for_the_disk(path: Path) -> None:
    with closing(open_writer(path)) as db:
        assert [("wal",), (2,)] == [
            db.execute(f"PRAGMA {name}").fetchone() for name in ("journal_mode", "synchronous")
        ]


def test_a_disk_without_shared_memory_gets_another_mode() -> None:
    with closing(memory()) as db:
        assert "memory" == choose_mode(db)


def test_every_version_remembers_what_it_was_asked_from(journal: Journal) -> None:
    journal.ask_from("boat", {"card": "0"}, rehearsed=False)
    journal.ask_from("boat", {"card": "1"}, rehearsed=False)
    journal.ask_from("boat", {"card": "r"}, rehearsed=True)
    kept = journal.keep(Draft("boat", "One."), model="m", rehearsed=False)
    journal.ask_from("boat", {"card": "2"}, rehearsed=False)

    assert [{"card": "1"}, {"card": "r"}, {"card": "2"}, {}] == [
        journal.inputs("boat", version=kept.version, rehearsed=False),
        journal.inputs("boat", version=kept.version, rehearsed=True),
        journal.inputs("boat", rehearsed=False),
        journal.inputs("storm", rehearsed=False),
    ]
