"""`write --batch`, from the command line to the server's batches and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storygen.book.attempts import Attempt
from storygen.book.view import view_journal
from storygen.catalogue import catalogue
from storygen.cli.console import Console
from storygen.cli.group import run
from storygen.cli.watch import Watch
from storygen.messages import Usage
from storygen.outline.tree import Level, Section, WordTarget
from storygen.writer.events import Began, Polled
from tests.servers.batching import BatchServer, Script

DOCS = """\
title: The Manual {name}
kind: docs
words: 480
pages:
  - {{title: Install {name}, beats: [Say what is needed.]}}
  - title: Use {name}
    sections: [{{title: Begin {name}, beats: [Open it.]}}, {{title: End {name}, beats: [Close it.]}}]
  - {{title: Repair {name}, beats: [Say what breaks.]}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with two short manuals, and let no wait between looks be real."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("storygen.writer.waves.LULL", 0.05)
    monkeypatch.setattr("storygen.writer.polling.LONGEST", 0.05)
    for name in ("a", "b"):
        Path(f"{name}.yaml").write_text(DOCS.format(name=name))
    return tmp_path


@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test")


def at(server: BatchServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)


def attempts(name: str = "a") -> tuple[Attempt, ...]:
    with view_journal(Path(name, ".storygen", "journal.db")) as journal:
        return journal.attempts()


def manuscript(name: str = "a") -> bytes:
    return Path(name, "manuscript.md").read_bytes()


def test_a_rehearsal_in_batches_makes_the_same_book() -> None:
    codes = [run(["write", "a.yaml", "--batch"])]
    batched = manuscript()
    codes.append(run(["write", "a.yaml", "--book", "alone"]))

    assert ([0, 0], Path("alone", "manuscript.md").read_bytes()) == (codes, batched)


@pytest.mark.usefixtures("keyed")
def test_what_comes_in_a_batch_costs_half(monkeypatch: pytest.MonkeyPatch) -> None:
    with BatchServer() as server:
        at(server, monkeypatch)
        code = run(["write", "a.yaml", "--batch"])
    made = attempts()
    full = [catalogue().find(attempt.model).cost(attempt.usage) or 0 for attempt in made]

    assert (0, [3, 1]) == (code, server.made)
    assert [-(-cost // 2) for cost in full] == [attempt.cost for attempt in made]


@pytest.mark.usefixtures("keyed")
def test_a_batch_is_over_all_books_of_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with BatchServer() as server:
        at(server, monkeypatch)
        code = run(["write", "a.yaml", "b.yaml", "--batch", "--json"])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert (0, [6, 2]) == (code, server.made)
    assert [("a.yaml", 0), ("b.yaml", 0)] == [
        (each["outline"], each["code"]) for each in events if each["event"] == "book"
    ]
    assert {6, 2} == {each["requests"] for each in events if each["event"] == "batch"}


@pytest.mark.usefixtures("keyed")
def test_a_budget_parts_what_it_cannot_pay_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with BatchServer() as server:
        at(server, monkeypatch)
        code = run(["write", "a.yaml", "--batch", "--max-calls", "2"])

    assert (3, [2]) == (code, server.made)


@pytest.mark.usefixtures("keyed")
def test_results_that_fail_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with BatchServer(Script(errs="Install a", expires="Repair a")) as server:
        at(server, monkeypatch)
        code = run(["write", "a.yaml", "--batch"])

    assert 0 == code
    assert sorted(["Install a", "Begin a", "End a", "Repair a", "Install a", "Repair a"]) == sorted(
        server.titles
    )


@pytest.mark.usefixtures("keyed")
def test_a_refusal_stops_what_has_not_left_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    with BatchServer(Script(declines="Install a")) as server:
        at(server, monkeypatch)
        code = run(["write", "a.yaml", "--batch"])

    assert (1, [3]) == (code, server.made)


def test_a_dry_run_says_what_a_batch_costs(capsys: pytest.CaptureFixture[str]) -> None:
    run(["write", "a.yaml", "--dry-run", "--json", "--batch"])
    sections = json.loads(capsys.readouterr().out)["sections"]
    whole = sum(catalogue().find(each["model"]).cost(Usage(**each["usage"])) or 0 for each in sections)

    assert pytest.approx(whole / 2 / 1_000_000, abs=1e-5) == sum(each["cost"] for each in sections)


@pytest.mark.parametrize(
    ("flags", "said"),
    [(["--stream"], "--batch brings whole replies"), (["--jobs", "4"], "--batch sends all that may be sent")],
)
def test_what_makes_no_sense_in_batches_is_refused(
    flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["write", "a.yaml", "--batch", *flags])

    assert (2, True) == (code, said in capsys.readouterr().err)


def test_a_story_is_told_that_its_requests_leave_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tale.yaml").write_text("title: Tale\nwords: 200\nsections: [One, Two]\n")
    code = run(["write", "tale.yaml", "--batch"])

    assert (0, True) == (code, "no two requests leave together" in capsys.readouterr().err)


def test_status_tells_what_is_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test")
    with BatchServer(Script(lags=True)) as server:
        at(server, monkeypatch)
        monkeypatch.setenv("STORYGEN_TIMEOUT_HEADERS", "0.2")
        monkeypatch.setenv("STORYGEN_RETRIES", "0")
        code = run(["write", "a.yaml", "--batch"])
        capsys.readouterr()
        run(["status", "a.yaml"])

    assert (4, True) == (code, "3 requests are away in a batch" in capsys.readouterr().out)


def test_a_batch_has_a_line_and_its_sections_have_none() -> None:
    watch = Watch(Console(quiet=True))
    for id_ in ("boat", "pier"):
        watch.tell(Began(Section(id_, id_, 1, 1, Level.PAGE, WordTarget(90, 110))))
    watch.tell(Polled("msgbatch_1", 200, 75, 16))

    assert [" … msgbatch_1  200 away for 1 min 15 s, next look in 16 s"] == watch.lines()
    watch.tell(Polled("msgbatch_1", 200, 91, None))
    assert ["boat", "pier"] == [line.split()[1] for line in watch.lines()]
