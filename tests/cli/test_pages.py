from __future__ import annotations

from pathlib import Path

import pytest

from storygen.cli.group import run


@pytest.fixture(autouse=True)
def _written(tale: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Stand in the folder of a rehearsed book."""
    monkeypatch.chdir(tale.parent)
    run(["write", "-q"])
    capsys.readouterr()


def test_pages_are_built_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["build", "--pages", "docs", "--toc", "mdbook"])

    assert (0, "4 files in docs\n") == (code, capsys.readouterr().err)


def test_a_page_that_stays_is_named_and_the_code_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    Path("docs").mkdir()
    Path("docs/right-time.md").write_text("Mine.\n")
    code = run(["build", "--pages", "docs"])

    assert (1, True) == (code, "docs/right-time.md was changed by hand and stays" in capsys.readouterr().err)


def test_a_dead_link_is_shown_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    draft = Path("drafts/01-the-last-boat.md")
    draft.write_text(draft.read_text() + "\nSee [it](right-tim.md).\n")
    code = run(["build", "--pages", "docs"])
    shown = capsys.readouterr().err

    assert (1, True, True) == (
        code,
        "error[pages/dead-link]" in shown,
        "did you mean `right-time.md`?" in shown,
    )


def test_a_table_of_contents_wants_pages() -> None:
    assert 2 == run(["build", "--toc", "mkdocs"])


def test_pages_of_several_books_do_not_lie_among_each_other(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("title: T\nsections: [A]\n")

    assert 2 == run(["build", "outline.yaml", str(other), "--pages", "docs"])


def test_a_folder_of_pages_is_no_file() -> None:
    assert (2, False) == (run(["build", "--pages", "docs", "-o", "all.md"]), Path("docs").exists())
