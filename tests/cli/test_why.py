from __future__ import annotations

import json
from pathlib import Path

import pytest

from storygen.cli.group import run
from tests.servers.scripted import Says, ScriptedServer


@pytest.fixture(autouse=True)
def book(tale: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Stand in the folder of a rehearsed book whose first card has changed since, and its second draft."""
    monkeypatch.chdir(tale.parent)
    run(["write", "-q"])
    edit(tale, "Ines boards the ferry", "Ines misses the ferry")
    edit(tale, "beats: [The clock strikes", "id: right-time\n    beats: [The clock strikes")
    edit(tale.parent / "drafts" / "02-an-hour-owed.md", "---\n\n", "---\n\nTwo words. ")
    capsys.readouterr()
    return tale


def edit(path: Path, old: str, new: str) -> None:
    """Put *new* in the place of *old* in the file *path*."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_section_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    run(["status", "--why"])
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()[2:5]]

    assert ("! the-last-boat", "stale: its card changed") == (lines[0][:15], lines[0][-23:])
    assert "edited by you since it was written (+2 words); soft: the plan of the book changed" in lines[1]
    assert "the text of an-hour-owed before it changed" in lines[2]


def test_what_can_be_done_about_stale_text_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    run(["status"])
    shown = capsys.readouterr().out

    assert ["storygen write outline.yaml --stale", "storygen accept outline.yaml the-last-boat"] == [
        line.partition(":")[2].strip() for line in shown.splitlines() if line.startswith("To ")
    ]


def test_what_is_said_keeps_the_flags_that_say_where_things_lie(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["status", "outline.yaml", "--source-root", ".", "--book", str(tmp_path / "my book")])

    assert (
        capsys.readouterr()
        .out.strip()
        .endswith(f"storygen write outline.yaml --source-root . --book '{tmp_path}/my book'")
    )


def test_what_is_said_runs(capsys: pytest.CaptureFixture[str]) -> None:
    codes = [run(["accept", "outline.yaml", "the-last-boat"]), run(["write", "outline.yaml", "--stale"])]

    assert ([0, 0], True) == (codes, "nothing was sent" in capsys.readouterr().err)


def test_write_says_that_text_is_stale_and_leaves_it(capsys: pytest.CaptureFixture[str]) -> None:
    run(["write"])
    said = capsys.readouterr().err

    assert ("nothing was sent" in said, "1 text is stale" in said) == (True, True)


def test_programs_get_freshness_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    run(["status", "--json"])
    sections = json.loads(capsys.readouterr().out)["sections"]

    assert [("stale", ["its card changed"]), "soft", "soft"] == [
        (sections[0]["freshness"], sections[0]["why"]),
        *(section["freshness"] for section in sections[1:]),
    ]


def test_accept_says_what_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    run(["accept", "the-last-boat", "--json"])

    assert [{"id": "the-last-boat", "was": "stale"}] == json.loads(capsys.readouterr().out)["accepted"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["accept"], "accept wants section ids"),
        (["accept", "the-last-baot"], "did you mean `the-last-boat`?"),
    ],
)
def test_accept_wants_to_know_what(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (2, True) == (run(arguments), words in " ".join(capsys.readouterr().err.split()))


def test_a_line_fits_a_small_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    run(["status", "--why"])

    assert 80 >= max(len(line) for line in capsys.readouterr().out.splitlines())


def test_what_a_section_is_flagged_for_is_cut_in_a_small_table_and_told_by_why(
    book: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "Here is the chapter:\n\nWord count: 90\n\nDie Lampe war aus, und niemand im Hafen hatte "
    said += "gesehen, wie sie ausging, oder wollte es sagen. Sie war nicht da, und er auch nicht."
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-sentinel")
    with ScriptedServer(lambda _: Says(said)) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        run(["write", str(book), "-q"])
    capsys.readouterr()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    run(["status"])
    shown = capsys.readouterr().out.splitlines()
    run(["status", "--why"])
    told = " ".join(capsys.readouterr().out.split())

    assert (True, True) == (80 >= max(map(len, shown)), "the-last-boat draft (" in " ".join(shown[3].split()))
    assert "wrong-language, residue" in told
