"""What is shown of a section that is begun: what goes on from it, to the byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storygen.book.attempts import Intent
from storygen.book.journal import open_journal
from storygen.cli.group import run as storygen
from storygen.desk.prompt import prompt
from storygen.draft import Leg
from storygen.errors import Rejected
from storygen.messages import Opened, StopReason, Text
from tests.desk.test_length import KEY_GONE, prose
from tests.desk.test_write import Answer, ScriptedModel, real, run, says

BOOK = """\
title: The Sound
model: claude-sonnet-5-5
sections:
  - title: The crossing
    words: 2000
    beats: [Ines casts off., The engine stops., Tobias lights the lamp.]
"""
CROSSING = "the-crossing"


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Return an outline of one section that takes two calls."""
    (tmp_path / "outline.yaml").write_text(BOOK, encoding="utf-8")
    return tmp_path / "outline.yaml"


def break_off(outline: Path, *answers: Answer) -> ScriptedModel:
    """Write the book of *outline* until the model has no more *answers*, and return that."""
    model = ScriptedModel(*answers, [KEY_GONE])
    with pytest.raises(Rejected):
        run(real(outline), model)
    return model


def shown_and_sent(outline: Path) -> tuple[object, object]:
    shown = prompt(real(outline), CROSSING).body
    return shown, json.loads(break_off(outline).asked[0])


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([], id="nothing came"),
        pytest.param([[Opened(200), Text(prose(300)), KEY_GONE]], id="its first stretch broke off"),
        pytest.param([says(prose(990))], id="its first stretch came"),
        pytest.param([says(prose(400)), says(prose(300, "heron"))], id="it is too short"),
        pytest.param([says("")], id="the reply was empty"),
    ],
)
def test_what_is_shown_is_what_is_sent_next(sound: Path, answers: list[Answer]) -> None:
    break_off(sound, *answers)
    shown, sent = shown_and_sent(sound)

    assert shown == sent


def test_an_edited_part_is_gone_on_from_as_its_author_left_it(sound: Path) -> None:
    break_off(sound, [Opened(200), Text(prose(300)), KEY_GONE])
    (partial,) = (sound.parent / "drafts").glob("*.partial.md")
    partial.write_text(partial.read_text("utf-8").replace("gull", "skua"), "utf-8")
    shown, sent = shown_and_sent(sound)

    assert ("skua" in str(shown), shown) == (True, sent)


def test_what_a_killed_run_had_no_time_to_close_is_gone_on_from(sound: Path) -> None:
    break_off(sound)
    with open_journal(sound.parent / ".storygen" / "journal.db", clock=lambda: 1.0) as journal:
        attempt = journal.open_intent(Intent(CROSSING, Leg("", StopReason.CUT), "f", "d", "m"))
        journal.opened(attempt, Opened(200))
        journal.save_text(attempt, prose(300))
    found = prompt(real(sound), CROSSING)
    shown, sent = shown_and_sent(sound)

    assert (300, found.body, shown) == (found.begun, shown, sent)


def test_a_deleted_text_comes_back_and_nothing_is_asked_for(
    sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(real(sound), ScriptedModel(says(prose(990)), says(prose(1_000, "heron"))))
    (draft,) = (sound.parent / "drafts").iterdir()
    draft.unlink()
    storygen(["prompt", str(sound), CROSSING, "--parts"])

    assert "1,990 words are there, and nothing more is asked for" in capsys.readouterr().err


def test_the_parts_add_up_to_all_that_is_sent(sound: Path) -> None:
    break_off(sound, [Opened(200), Text(prose(300)), KEY_GONE])
    found = prompt(real(sound), CROSSING)

    assert ["text so far", "continue"] == [part.name for part in found.parts[-2:]]
    assert abs(sum(part.tokens for part in found.parts) - found.tokens) <= len(found.parts)


def test_the_stretch_that_is_asked_for_is_said(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    break_off(sound, says(prose(990)))
    storygen(["prompt", str(sound), CROSSING, "--parts"])
    told = capsys.readouterr().err

    assert "It is begun: 990 words are there, and this goes on from them." in told
    assert "this is stretch 2 of 2; each one goes on from what came before it" in told
