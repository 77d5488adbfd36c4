from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from storygen.catalogue import catalogue
from storygen.cli.group import run
from storygen.messages import Usage
from tests.servers.dice import LowestDice
from tests.servers.replies import pieces_of, stream
from tests.servers.scripted import Asked, Behaviour, Break, Breaks, HangsUp, Says, ScriptedServer, Streams

HAIKU = "claude-haiku-4-5"
TEXT = " ".join(f"Turn screw number {number} to the left until it clicks." for number in range(1, 16))
LINES = "".join(
    f"  - title: Page {n}\n    sections: [{{title: First {n}}}, {{title: Then {n}}}]\n" for n in range(12)
)
MANUAL = f"title: The Manual\nkind: docs\nwords: 2400\npages:\n{LINES}"


@dataclass(slots=True)
class Till:
    """A server's own count of what it wrote, in micro-dollars: every prompt at the price of the cache."""

    model: str = HAIKU
    money: int = 0
    calls: int = 0
    output_tokens: int = 0
    trouble: Callable[[int], Behaviour | None] = field(default=lambda _: None)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, asked: Asked) -> Behaviour:
        """Bill a request for all that it can be billed for, answered or not."""
        prompt = len(asked.body) // 3
        written = len(pieces_of(TEXT))
        usage = Usage(cache_creation_input_tokens=prompt, output_tokens=written)
        with self.lock:
            self.calls += 1
            trouble = self.trouble(self.calls)
            self.output_tokens += written
            self.money += catalogue().find(self.model).cost(usage) or 0
        told = json.dumps({"input_tokens": 0, "cache_creation_input_tokens": prompt, "output_tokens": 1})
        reply = b"".join(stream(TEXT, "end_turn", model=self.model))
        start = reply.index(b'"usage":') + len(b'"usage":')
        end = reply.index(b"}", start) + 1
        return trouble or Streams(reply[:start] + told.encode() + reply[end:])


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: exit code, what it said, what it printed."""

    code: int
    said: str
    out: str


Write: TypeAlias = Callable[..., Ended]


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "manual" / "outline.yaml"
    path.parent.mkdir()
    path.write_text(MANUAL)
    return path


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Write:
    """Return what runs `storygen write` against a script and says how it ended."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-sentinel")
    monkeypatch.setattr("storygen.desk.lines.Random", LowestDice)

    def writing(script: Callable[[Asked], Behaviour], *words: str, model: str = HAIKU) -> Ended:
        with ScriptedServer(script) as server:
            monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
            code = run(["write", "--model", model, *words])
        shown = capsys.readouterr()
        return Ended(code, " ".join(shown.err.split()), shown.out)

    return writing


def rows(outline: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(outline.parent / ".storygen" / "journal.db")) as db:
        return db.execute(query).fetchall()


@pytest.mark.parametrize("jobs", ["1", "16", "64"])
@pytest.mark.parametrize("cents", [1, 3, 5])
def test_a_budget_is_never_passed_by_the_servers_own_count(
    write: Write, manual: Path, jobs: str, cents: int
) -> None:
    till = Till()
    ended = write(till, str(manual), "--budget", f"0.0{cents}", "--jobs", jobs)

    assert (3, True) == (ended.code, 0 < till.money <= cents * 10_000), ended.said
    assert ("needs about $0.0" in ended.said, "a higher --budget" in ended.said) == (True, True)


@pytest.mark.parametrize("jobs", ["1", "16"])
def test_a_budget_holds_where_answers_are_lost(write: Write, manual: Path, jobs: str) -> None:
    lost: list[Behaviour] = [HangsUp(), Breaks(Break.RESET, "It rained")]
    till = Till(trouble=lambda call: lost[call % 2] if call % 3 == 0 else None)
    write(till, str(manual), "--budget", "0.06", "--jobs", jobs)

    assert 0 < till.money <= 60_000


def test_the_books_add_up_to_the_servers_truth(write: Write, manual: Path) -> None:
    till = Till(trouble=lambda call: Breaks(Break.CLOSE, "It rained") if call == 2 else None)
    write(till, str(manual), "--limit", "4")
    [(settled,)] = rows(manual, "SELECT sum(coalesce(cost, 0)) FROM attempt")
    [(held,)] = rows(manual, "SELECT sum(reserved) FROM attempt WHERE cost IS NULL")

    assert settled <= till.money <= settled + held


def test_a_higher_budget_goes_on(write: Write, manual: Path) -> None:
    first, second = Till(), Till()
    write(first, str(manual), "--budget", "0.05")
    ended = write(second, str(manual), "--budget", "5.00")

    assert (0, 24) == (ended.code, first.calls + second.calls), ended.said


def test_what_fits_is_written_and_what_was_written_stays(write: Write, manual: Path) -> None:
    till = Till()
    ended = write(till, str(manual), "--budget", "0.05")

    drafts = list((manual.parent / "drafts").glob("*[!l].md"))
    assert till.calls == len(drafts) > 1
    assert f"{till.calls} of 24 sections are written" in ended.said


@pytest.mark.parametrize("jobs", ["1", "16"])
def test_calls_are_counted(write: Write, manual: Path, jobs: str) -> None:
    till = Till()
    ended = write(till, str(manual), "--max-calls", "5", "--jobs", jobs)

    assert (3, 5) == (ended.code, till.calls), ended.said
    assert ("5 calls" in ended.said, "--max-calls" in ended.said) == (True, True)


@pytest.mark.parametrize("jobs", ["1", "16"])
def test_written_tokens_are_bounded(write: Write, manual: Path, jobs: str) -> None:
    till = Till()
    ended = write(till, str(manual), "--max-output-tokens", "2000", "--jobs", jobs)

    assert (3, True) == (ended.code, 0 < till.output_tokens <= 2_000), ended.said


def test_ceilings_hold_over_all_books_of_a_run(write: Write, manual: Path, tale: Path) -> None:
    till = Till()
    ended = write(till, str(tale), str(manual), "--max-calls", "5")

    assert (3, 5) == (ended.code, till.calls)


def test_a_rehearsal_costs_nothing_and_obeys_its_calls(write: Write, manual: Path) -> None:
    till = Till()
    free = write(till, str(manual), "--rehearse", "--budget", "0.01", "--limit", "3")
    ended = write(till, str(manual), "--rehearse", "--max-calls", "2")

    assert (0, 3, 0) == (free.code, ended.code, till.calls)


def test_an_unknown_price_under_a_budget_is_an_error_before_the_run(write: Write, manual: Path) -> None:
    till = Till()
    ended = write(till, str(manual), "--budget", "1.00", model="somebody-elses")

    assert (2, 0) == (ended.code, till.calls)
    assert ("somebody-elses" in ended.said, "--max-calls" in ended.said) == (True, True)


@pytest.mark.parametrize(
    ("flag", "value"),
    [("--budget", "0"), ("--budget", "nan"), ("--budget", "much"), ("--jobs", "0"), ("--jobs", "1001")],
)
def test_a_bound_that_makes_no_sense_is_refused(write: Write, manual: Path, flag: str, value: str) -> None:
    till = Till()
    ended = write(till, str(manual), flag, value)

    assert (2, 0, True) == (ended.code, till.calls, flag in ended.said)


def test_a_book_may_bound_itself(write: Write, manual: Path) -> None:
    (manual.parent / "storygen.toml").write_text("max_calls = 2\nbudget = 1.5\njobs = 4\n")
    till = Till()
    ended = write(till, str(manual))

    assert (3, 2) == (ended.code, till.calls)


def test_lost_answers_are_counted_at_the_end(write: Write, manual: Path) -> None:
    till = Till(trouble=lambda call: HangsUp() if call == 1 else None)
    ended = write(till, str(manual), "--limit", "1")

    assert (0, True) == (ended.code, "1 request was never answered" in ended.said), ended.said


def test_lost_answers_are_counted_for_programs(write: Write, manual: Path) -> None:
    till = Till(trouble=lambda call: HangsUp() if call == 1 else None)
    ended = write(till, str(manual), "--limit", "1", "--json")
    total = json.loads(ended.out.splitlines()[-1])["total"]

    assert (1, True) == (total["unknown"], total["held"] > 0)


@pytest.mark.parametrize("policy", ["stop", "ask"])
def test_a_lost_answer_is_asked_for_again_only_with_consent(write: Write, manual: Path, policy: str) -> None:
    till = Till(trouble=lambda _: HangsUp())
    ended = write(till, str(manual), "--on-unknown", policy)

    assert (3, 1) == (ended.code, till.calls), ended.said
    assert ("billed" in ended.said, "run the same command again" in ended.said) == (True, True)


def test_a_person_on_the_terminal_may_agree(
    write: Write, manual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till(trouble=lambda call: HangsUp() if call <= 3 else None)
    ours, theirs = os.openpty()
    with open(theirs, encoding="utf-8", closefd=True) as terminal:  # noqa: PTH123 - a terminal has no path
        monkeypatch.setattr("sys.stdin", terminal)
        os.write(ours, b"y\ny\nn\n")
        ended = write(till, str(manual), "--on-unknown", "ask")
    os.close(ours)

    assert (3, 3, 3) == (ended.code, till.calls, ended.said.count("Send it again? [y/N]")), ended.said


def test_config_shows_a_budget_in_dollars(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STORYGEN_BUDGET", "$1.50")
    run(["config", "--json"])

    assert 1.5 == json.loads(capsys.readouterr().out)["settings"]["budget"]["value"]


def test_a_stopped_run_with_many_jobs_says_so_in_json(write: Write, manual: Path) -> None:
    ended = write(lambda _: Says(TEXT), str(manual), "--max-calls", "3", "--jobs", "8", "--json")
    last = json.loads(ended.out.splitlines()[-1])

    assert (3, "book") == (last["code"], last["event"])
