from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from storygen.cli import rescue
from storygen.cli.group import run
from storygen.errors import Unsaved


@pytest.fixture(autouse=True)
def _written(tale: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Stand in the folder of a rehearsed book."""
    monkeypatch.chdir(tale.parent)
    run(["write", "-q"])
    capsys.readouterr()


def change(path: Path, old: str, new: str) -> None:
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")


def first_line(draft: str) -> str:
    return Path("drafts", draft).read_text(encoding="utf-8").split("---\n", 2)[2].strip().split("\n")[0]


def test_the_log_has_every_reply_word_for_word(capsys: pytest.CaptureFixture[str]) -> None:
    reply = Path("drafts/02-an-hour-owed.md").read_text(encoding="utf-8").split("---\n", 2)[2].strip()
    run(["log", "an-hour-owed", "--replies", "--json"])
    (attempt,) = json.loads(capsys.readouterr().out)["attempts"]
    run(["log", "an-hour-owed", "--replies"])

    assert (reply, True) == (
        attempt["reply"].strip(),
        capsys.readouterr().out.endswith(f"--- an-hour-owed, leg 1, complete ---\n\n{reply}\n"),
    )


def test_build_says_what_it_carried_back(capsys: pytest.CaptureFixture[str]) -> None:
    change(Path("manuscript.md"), first_line("02-an-hour-owed.md"), "Mine.")

    assert (0, True) == (run(["build"]), "back into the drafts: an-hour-owed" in capsys.readouterr().err)
    assert "Mine." == first_line("02-an-hour-owed.md")


def test_two_edits_of_one_section_are_shown_beside_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    old = first_line("02-an-hour-owed.md")
    change(Path("manuscript.md"), old, "Mine, there.")
    change(Path("drafts/02-an-hour-owed.md"), old, "Mine, here.")
    code = run(["build"])
    shown = capsys.readouterr().err.splitlines()

    assert (1, True, True) == (code, "-Mine, here." in shown, "+Mine, there." in shown)
    assert "Mine, there." in Path("manuscript.md").read_text()


def test_write_leaves_two_edits_of_one_section_alone_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    old = first_line("02-an-hour-owed.md")
    change(Path("manuscript.md"), old, "Mine, there.")
    change(Path("drafts/02-an-hour-owed.md"), old, "Mine, here.")
    code = run(["write"])

    assert (0, True) == (code, "`storygen build` shows both" in " ".join(capsys.readouterr().err.split()))


def test_a_lost_title_is_shown_with_its_line(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(Path("drafts/02-an-hour-owed.md"), first_line("02-an-hour-owed.md"), "Mine.")
    change(tale, "An hour owed", "An hour lent")
    code = run(["write"])
    shown = capsys.readouterr().err

    assert (2, True, True) == (code, "outline.yaml:6:12" in shown, "    id: an-hour-owed\n" in shown)
    assert 1 == run(["check"])


def test_the_log_has_a_line_for_every_attempt(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["log", "-v"])
    lines = capsys.readouterr().out.splitlines()

    assert (0, 3) == (code, sum("(rehearsed)" in line and "complete" in line for line in lines))


def test_the_log_of_a_section(capsys: pytest.CaptureFixture[str]) -> None:
    run(["log", "right-time", "--json"])
    (attempt,) = json.loads(capsys.readouterr().out)["attempts"]
    wanted = {
        "section",
        "leg",
        "model",
        "usage",
        "cache_share",
        "cache_saved",
        "cache_miss",
        "cost",
        "started",
        "ended",
        "stop_reason",
    }

    assert ("right-time", set()) == (
        attempt["section"],
        (wanted | {"request_id", "fate"}) - attempt.keys(),
    )


def test_the_log_of_an_empty_book(capsys: pytest.CaptureFixture[str]) -> None:
    run(["log", "--book", "nowhere"])

    assert "nothing was asked for yet" in capsys.readouterr().out


def test_log_and_status_have_the_same_totals(capsys: pytest.CaptureFixture[str]) -> None:
    run(["log", "--json"])
    log = json.loads(capsys.readouterr().out)["total"]
    run(["status", "--json"])
    status = json.loads(capsys.readouterr().out)["total"]

    same = ("usage", "cost", "cache_share", "cache_saved")
    assert [log[name] for name in same] == [status[name] for name in same]


def test_log_and_status_say_what_came_from_the_cache(capsys: pytest.CaptureFixture[str]) -> None:
    Path("storygen.toml").write_text('model = "claude-opus-5-5"\n')
    change(Path("outline.yaml"), "words: 360\n", f"words: 360\nsummary: {'The clock is late. ' * 200}\n")
    run(["write", "--rehearse", "--stale", "-q"])
    run(["log"])
    log = capsys.readouterr().out
    run(["status"])
    (said,) = [line for line in log.splitlines() if "of all prompts came from the cache" in line]

    assert said in capsys.readouterr().out


def test_provenance_ends_with_the_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    run(["provenance"])
    shown = capsys.readouterr().out
    run(["provenance", "--json"])
    document = json.loads(capsys.readouterr().out)

    assert shown.rstrip("\n").endswith(document["total"]["sentence"])
    assert ["the-last-boat", "an-hour-owed", "right-time"] == [s["id"] for s in document["sections"]]


def test_text_that_no_folder_takes_goes_to_stdout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(rescue, "user_state", lambda: tmp_path / "file")
    error = rescue.rescue(Unsaved("full", texts=(("the-boat", "It rained."),)))

    assert ("It rained.\n", True) == (capsys.readouterr().out, "is on stdout" in error.notes[-1])


def test_text_that_the_book_cannot_take_goes_to_the_users_folder(nobody_home: Path) -> None:
    error = rescue.rescue(Unsaved("full", texts=(("the-boat", "It rained."),)))
    (path,) = nobody_home.rglob("rescued-the-boat-*.md")

    assert ("It rained.", True) == (path.read_text(), str(path) in error.notes[-1])


def test_a_terminal_that_is_gone_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(click, "echo", gone)

    assert 0 == run(["build"])
