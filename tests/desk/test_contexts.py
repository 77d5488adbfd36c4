from __future__ import annotations

import json
from pathlib import Path

import pytest

from storygen.cli.group import run as command
from storygen.desk.estimate import estimate
from storygen.desk.prompt import prompt
from storygen.desk.status import status
from storygen.desk.write import write
from storygen.known_settings import ContextMode
from storygen.settings import Settings
from tests.desk.digesting import Model, files, opened, prose, run

FULL = """\
title: The Bells
context: full
recap: digest
words: 1200
sections:
  - {title: A, id: a, pov: Ines, beats: [Ines counts one bell.]}
  - {title: B, id: b, pov: Ines, beats: [Ines counts two bells.]}
  - {title: C, id: c, pov: Ines, beats: [Ines counts three bells.]}
"""


@pytest.fixture
def bells(tmp_path: Path) -> Path:
    path = tmp_path / "bells" / "outline.yaml"
    path.parent.mkdir()
    path.write_text(FULL, encoding="utf-8")
    return path


def content(model: Model, title: str) -> list[dict[str, object]] | str:
    """Return what the user's turn held that asked for *title*."""
    found: list[dict[str, object]] | str = json.loads(model.bodies[title])["messages"][0]["content"]
    return found


def test_finished_sections_are_sent_whole_and_marked_at_the_last(bells: Path) -> None:
    model = Model()
    run(bells, model)
    first, second, asking = content(model, "C")

    assert isinstance(content(model, "A"), str)
    assert ({"type", "text"}, {"type": "ephemeral"}) == (set(first), second["cache_control"])
    assert (True, True, True) == (
        prose("A") in str(first["text"]),
        prose("B") in str(second["text"]),
        "Title: C" in str(asking["text"]),
    )


def test_nobody_sums_up_what_is_told_whole(bells: Path) -> None:
    model = Model()
    run(bells, model)

    assert (["A", "B", "C"], False) == (model.asked, (bells.parent / "facts").exists())


def test_the_flag_says_how_for_this_run(bells: Path) -> None:
    model = Model()
    run(bells, model, context="rolling")

    assert (["/A", "/B", "/C", "A", "B", "C"], True) == (
        sorted(model.asked),
        isinstance(content(model, "C"), str),
    )


def test_a_rehearsal_writes_the_same_whatever_else_it_is_told(bells: Path, tmp_path: Path) -> None:
    write(opened(bells), rehearse=True)
    other = tmp_path / "other" / "outline.yaml"
    other.parent.mkdir()
    other.write_text(FULL.replace("context: full\n", "").replace("recap: digest\n", ""), encoding="utf-8")
    write(opened(other), rehearse=True)

    assert files(bells) == files(other)


def test_a_text_that_changes_before_it_is_a_soft_input(bells: Path) -> None:
    run(bells, Model())
    draft = bells.parent / "drafts/01-a.md"
    draft.write_text(draft.read_text().replace("begins", "opens"), encoding="utf-8")

    assert ["the finished text before it changed"] == [
        why for line in status(opened(bells)).lines for why in line.why if line.id == "c"
    ]


@pytest.mark.parametrize(("words", "shape"), [(30_000, list), (120_000, str)])
def test_a_window_that_is_full_lets_the_context_roll(bells: Path, words: int, shape: type) -> None:
    (bells.parent / "long.md").write_text(" ".join(f"Bell {n} rang." for n in range(words // 3)))
    text = FULL.replace("title: The Bells", "title: The Bells\nmodel: claude-haiku-4-5")
    bells.write_text(
        text.replace("{title: A, id: a, pov: Ines,", "{title: A, id: a, file: long.md, pov: Ines,")
    )
    model = Model()
    run(bells, model)

    assert (["B", "C"], shape) == (model.asked, type(content(model, "C")))


def test_a_dry_run_reads_from_the_cache_what_the_section_before_has_written(bells: Path) -> None:
    found = [each.usage for each in estimate(opened(bells))]
    held = [usage.cache_read_input_tokens + usage.cache_creation_input_tokens for usage in found]

    assert held[:-1] == [usage.cache_read_input_tokens for usage in found[1:]]


@pytest.mark.parametrize(
    ("base_url", "batch"), [("http://127.0.0.1:9", False), ("https://api.anthropic.com", True)]
)
def test_a_dry_run_counts_on_no_cache_that_may_not_be_there(
    bells: Path, base_url: str, *, batch: bool
) -> None:
    found = estimate(opened(bells, base_url=base_url), batch=batch)

    assert [0] * len(found) == [
        each.usage.cache_read_input_tokens + each.usage.cache_creation_input_tokens for each in found
    ]


def test_a_prompt_says_how_much_it_holds(bells: Path) -> None:
    run(bells, Model())
    assert (ContextMode.FULL, ContextMode.ROLLING) == (
        prompt(opened(bells), "c").mode,
        prompt(opened(bells, context="rolling"), "c").mode,
    )


@pytest.mark.parametrize("toml", ['context = "auto"', '[context]\nmode = "auto"\ntail = 900'])
def test_a_book_may_say_how(toml: str) -> None:
    assert ContextMode.AUTO is Settings.read({}, book=toml).context


def test_auto_says_what_it_chose_and_why(
    bells: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bells.parent)
    for words in (
        ["write", "--dry-run", "--context", "auto"],
        ["write", "--rehearse", "--context", "auto"],
    ):
        assert 0 == command(words)
        said = " ".join("".join(capsys.readouterr()).lower().split())
        assert "context auto: full, because full is about $" in said
