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


@pytest.fixture
def manual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Stand in the folder of a rehearsed page, and return its draft with a name that nothing bears out."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("ferry up\n", encoding="utf-8")
    outline = (
        "title: T\nkind: docs\nwords: 200\nsources: [README.md, {run: cat help.txt}]\npages: [Install]\n"
    )
    (tmp_path / "outline.yaml").write_text(outline, encoding="utf-8")
    (tmp_path / "help.txt").write_text("Ferry.\n", encoding="utf-8")
    run(["write", "-q", "--allow-commands"])
    path = tmp_path / "drafts" / "01-install.md"
    path.write_text(f"{path.read_text(encoding='utf-8')}\nRun `ferry up --now`.\n", encoding="utf-8")
    capsys.readouterr()
    return path


def test_names_that_nothing_bears_out_are_marked_on_request(
    manual: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["review", "--mark"])
    said = capsys.readouterr()

    assert (0, "") == (code, said.out)
    assert (
        "install has marks now for --now; `storygen restore install 2` brings back what was there" in said.err
    )
    assert "Not looked at: the output of `cat help.txt` (--allow-commands)." in said.err
    assert manual.read_text(encoding="utf-8").endswith(
        "`ferry up --now`.\n\n<!-- TODO: verify \\-\\-now -->\n"
    )


def test_marking_twice_says_that_there_is_nothing_to_mark(
    manual: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["review", "--mark"])
    before = manual.read_bytes()
    capsys.readouterr()
    run(["review", "--mark"])

    assert (before, True) == (manual.read_bytes(), "Nothing is marked anew" in capsys.readouterr().err)


@pytest.mark.usefixtures("manual")
def test_a_program_is_told_what_was_marked(capsys: pytest.CaptureFixture[str]) -> None:
    run(["review", "--mark", "--allow-commands", "--json"])
    told = json.loads(capsys.readouterr().out)

    assert ([{"id": "install", "names": ["--now"], "replaced": 2}], [], []) == (
        told["marked"],
        told["left"],
        told["unseen"],
    )


@pytest.mark.usefixtures("manual")
@pytest.mark.parametrize("other", [["--model"], ["--rehearse"], ["--apply", "1"]])
def test_marking_goes_alone(other: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == run(["review", "--mark", *other])
    assert "--mark sends nothing and goes alone" in capsys.readouterr().err


def test_a_story_is_not_marked(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == run(["review", "--mark"])
    assert "marks are for documentation" in capsys.readouterr().err
