from __future__ import annotations

import json
from pathlib import Path

import pytest

from storygen.cli.group import run


@pytest.fixture(autouse=True)
def draft(tale: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Stand in the folder of a rehearsed book, and return its second draft with a remark of its model."""
    monkeypatch.chdir(tale.parent)
    run(["write", "-q"])
    path = tale.parent / "drafts" / "02-an-hour-owed.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nWord count: 120\n", encoding="utf-8")
    capsys.readouterr()
    return path


def test_a_finding_has_the_line_of_the_draft(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["review", "an-hour-owed"])
    line = draft.read_text(encoding="utf-8").splitlines().index("Word count: 120") + 1

    assert f"--> drafts/02-an-hour-owed.md:{line}:1" in capsys.readouterr().out


def test_findings_fail_only_where_that_is_wanted() -> None:
    assert [0, 1] == [run(["review", "an-hour-owed", *flags]) for flags in ([], ["--strict"])]


def test_findings_of_other_sections_are_left_out() -> None:
    assert 0 == run(["review", "the-last-boat", "--strict"])


def test_a_program_gets_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    run(["review", "--json"])
    told = json.loads(capsys.readouterr().out)

    assert [("review/residue", "Word count: 120")] == [
        (each["rule"], each["quote"]) for each in told["verifiable"]
    ]
    assert ["the-last-boat", "an-hour-owed", "right-time"] == [each["id"] for each in told["sections"]]


def test_nothing_written_is_said(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (tale.parent / "drafts").iterdir():
        path.unlink()
    run(["review"])

    assert "Nothing is written yet: storygen write outline.yaml" in capsys.readouterr().out


def test_the_built_in_model_may_use_the_words_of_its_card(
    tale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beat = "Ines boards the ferry with a toolbox, a letter and nobody to see her off at the pier"
    text = tale.read_text(encoding="utf-8").replace("Ines boards the ferry with a toolbox.", f'"{beat}."')
    tale.write_text(text, encoding="utf-8")
    draft = tale.parent / "drafts" / "01-the-last-boat.md"
    run(["rewrite", "the-last-boat", "-q", "--rehearse", "--yes"])
    capsys.readouterr()
    rehearsed = run(["review", "the-last-boat", "--strict"])
    draft.write_text(draft.read_text(encoding="utf-8") + f"\n{beat}.\n", encoding="utf-8")

    assert (0, 1) == (rehearsed, run(["review", "the-last-boat", "--strict"]))
