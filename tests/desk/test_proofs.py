from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest

from storygen.cli.group import run
from storygen.desk.status import status
from storygen.desk.write import awrite
from storygen.draft import Flag
from storygen.writer.events import Event, Noted
from tests.desk.test_write import ScriptedModel, opened, says

BEAT = "Ines boards the very last ferry of the year with a toolbox and a letter"
GERMAN = """\
Das Schiff lag schon an der Mole, als Ines kam, und niemand außer ihr wollte an diesem Abend noch hinüber. \
Sie stellte den Kasten ab und sah zu, wie die Lichter der Stadt kleiner wurden.
"""
OUTLINE = f"""\
title: The Ferry Clock
words: 40
style: {{person: third, tense: past}}
sections:
  - title: The last boat
    beats: [{BEAT}.]
"""

CASES = {
    "It was late, and the boat lay still.": (),
    GERMAN: (Flag.WRONG_LANGUAGE,),
    f"It was late. {BEAT} for nobody.": (Flag.NOTES_LEAKED,),
    "It was late.\n\nWord count: 12\n\nIt rained.": (Flag.RESIDUE,),
    "It was late.\n\nInes walks to the rail. She looks at the clock. It is slow.": (Flag.TENSE_DRIFT,),
    "It was late.\n\nI put my box down and looked at the clock.": (Flag.PERSON_DRIFT,),
    "It was late. “The clock is slow, said Ines.": (Flag.CONVENTIONS,),
}


@pytest.fixture
def outline(tmp_path: Path) -> Path:
    """Return an outline of one section that declares how it is told."""
    path = tmp_path / "outline.yaml"
    path.write_text(OUTLINE, encoding="utf-8")
    return path


def written(outline: Path, text: str) -> tuple[list[str], tuple[Flag, ...]]:
    """Have a model answer with *text*; return what was noted of it, and its flags but for its length."""
    events: list[Event] = []
    model = ScriptedModel(says(text))
    project = opened(outline, ANTHROPIC_API_KEY="key", STORYGEN_LENGTH="plain")
    anyio.run(lambda: awrite(project, tell=events.append, wire=model.wire, chance=Random(1)))
    notes = [
        event.message for event in events if isinstance(event, Noted) and "storygen review" in event.message
    ]
    return notes, tuple(flag for flag in status(project).lines[0].flags if flag is not Flag.TOO_SHORT)


@pytest.mark.parametrize(("text", "flags"), CASES.items())
def test_a_draft_is_proofread_as_soon_as_it_ends(outline: Path, text: str, flags: tuple[Flag, ...]) -> None:
    notes, found = written(outline, text)

    assert (flags, len(flags)) == (found, len(notes))


def test_a_breach_is_said_in_one_line(outline: Path) -> None:
    notes, _ = written(outline, GERMAN)
    said = (
        "the-last-boat: the section is in German, and the book in English; see storygen review the-last-boat"
    )

    assert [said] == notes


def test_a_text_that_its_author_mended_is_not_flagged_any_more(outline: Path) -> None:
    written(outline, GERMAN)
    draft = outline.parent / "drafts" / "01-the-last-boat.md"
    draft.write_text(
        draft.read_text(encoding="utf-8").replace(GERMAN.strip(), "It was late."), encoding="utf-8"
    )

    assert {Flag.TOO_SHORT} >= set(status(opened(outline)).lines[0].flags)


def test_the_built_in_model_is_not_proofread(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tale.write_text(tale.read_text(encoding="utf-8").replace("words: 360", "words: 360\nlang: de"), "utf-8")
    run(["write", str(tale), "-q"])
    capsys.readouterr()
    run(["status", str(tale), "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)

    assert [[]] * 3 == [section["flags"] for section in told["sections"]]


def test_what_a_model_says_around_its_text_is_left_out_and_told(outline: Path) -> None:
    events: list[Event] = []
    model = ScriptedModel(says("Here is the section:\n\nIt was late, and it rained.\n\n(8 words)"))
    project = opened(outline, ANTHROPIC_API_KEY="key", STORYGEN_LENGTH="plain")
    result = anyio.run(lambda: awrite(project, tell=events.append, wire=model.wire, chance=Random(1)))

    said = "the-last-boat: left out, for it speaks of the work: “Here is the section:”, “(8 words)”"
    noted = [event.message for event in events if isinstance(event, Noted)]
    assert ["It was late, and it rained."] == [draft.text for draft in result.drafts]
    assert said in noted
