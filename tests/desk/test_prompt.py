from __future__ import annotations

import json
from pathlib import Path

import pytest

from storygen.cli.group import run as storygen
from storygen.desk.prompt import prompt
from storygen.desk.select import Selection
from storygen.messages import StopReason
from tests.desk.test_write import ScriptedModel, opened, real, run, says

BOOK = """\
title: The Ferry Clock
words: 200
model: claude-sonnet-5-5
codex:
  - {name: Ines, about: A clockmaker of forty. She owns the key to the clock case.}
  - {name: Tobias, about: A deckhand.}
  - {name: the clock case, about: Walnut; it has not been opened for years.}
  - {name: The harbour master, about: Nobody likes him.}
sections:
  - {title: The last boat, id: boat, pov: Ines, beats: [Ines boards the ferry.], sources: [long.md]}
  - {title: An hour owed, id: hour, beats: [Tobias explains.]}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return the outline of a book with a source that is too long."""
    (tmp_path / "long.md").write_text("A line of the source.\n" * 4_000, encoding="utf-8")
    (tmp_path / "outline.yaml").write_text(BOOK, encoding="utf-8")
    return tmp_path / "outline.yaml"


def test_the_body_is_what_write_sends(book: Path) -> None:
    shown = prompt(real(book), "boat").body
    model = ScriptedModel(says("One boat."), says("Two hours."))
    run(real(book), model)

    assert shown == json.loads(model.asked[0])


def test_the_parts_add_up_to_the_messages(book: Path) -> None:
    found = prompt(opened(book), "boat")

    assert abs(sum(part.tokens for part in found.parts) - found.tokens) <= len(found.parts)


def test_every_codex_entry_has_its_reason(book: Path) -> None:
    found = prompt(opened(book), "boat")

    assert [
        ("Ines", True, "point of view"),
        ("Tobias", False, "not mentioned"),
        ("the clock case", True, "“the clock case” in Ines"),
        ("The harbour master", False, "not mentioned"),
    ] == [(choice.entry.name, choice.sent, choice.reason) for choice in found.choices]


def test_what_has_no_room_among_the_sources_is_named(book: Path) -> None:
    (left,) = prompt(opened(book), "boat").left_out

    assert left.startswith("long.md from line ")


def test_what_is_begun_is_said_to_be(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = says("One boat, and then", StopReason.MAX_TOKENS)
    run(real(book), ScriptedModel(cut, *[cut] * 3), selection=Selection(limit=1))
    storygen(["prompt", str(book), "boat", "--parts"])

    assert "4 words are there, and this goes on from them." in capsys.readouterr().err


def document(book: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """Return what `prompt --json` puts out."""
    storygen(["prompt", str(book), "boat", "--json"])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_the_document_is_what_the_messages_api_takes(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, body = document(book, capsys), dict(prompt(opened(book), "boat").body)
    del body["stream"]

    assert body == {name: found[name] for name in body}
    assert [{"type": "text", "cache_control": {"type": "ephemeral"}}] == [
        {name: value for name, value in block.items() if name != "text"} for block in body["system"]
    ]


def test_the_document_makes_a_chat_for_tools_that_want_one_list(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(book, capsys)
    chat = [{"role": "system", "content": found["system"]}, *found["messages"]]  # type: ignore[misc]
    texts = [
        turn["content"] if isinstance(turn["content"], str) else turn["content"][0]["text"] for turn in chat
    ]

    assert [message.text for message in prompt(opened(book), "boat").messages] == texts


def test_the_document_tells_parts_and_choices(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(book, capsys)

    assert {"role": "user", "name": "closing", "tokens": 13, "cached": False} in found["parts"]  # type: ignore[operator]
    assert ["Ines", "the clock case"] == [
        each["name"]
        for each in found["codex"]  # type: ignore[attr-defined]
        if each["sent"]
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["prompt", "hand"], "hand is a text of your own, and no model is asked for it"),
        (["rewrite", "hand"], "hand is a text of your own, and stays as it is"),
        (["continue", "hand"], "hand is a text of your own, and stays as it is"),
        (["restore", "hand", "1"], "hand is a text of your own, and stays as it is"),
        (["review", "hand", "--apply", "1"], "hand is a text of your own, and stays as it is"),
    ],
)
def test_what_somebody_wrote_by_hand_is_said_to_be_that(
    book: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (book.parent / "hand.md").write_text("By hand.\n", encoding="utf-8")
    book.write_text(BOOK + "  - {title: Hand, id: hand, file: hand.md}\n", encoding="utf-8")

    assert (2, f"error: {said}") == (
        storygen([words[0], str(book), *words[1:]]),
        capsys.readouterr().err.splitlines()[0],
    )
