from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storygen.cli.group import run
from tests.servers.scripted import Says, ScriptedServer

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text(encoding="utf-8")
SCALE = (TOP / "benchmarks" / "SCALE.md").read_text(encoding="utf-8")


def blocks(language: str, *, page: str = README) -> list[str]:
    """Return the fenced blocks of *page* in *language*."""
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def commands(page: str = README) -> list[str]:
    """Return every line of the shell blocks of *page* that runs storygen."""
    lines = [line for block in blocks("sh", page=page) for line in block.splitlines()]
    return [line for line in lines if line.startswith("storygen ")]


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand where a reader stands: beside the README's own outline."""
    (tmp_path / "outline.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    (tmp_path / "request.md").write_text("Ines repairs the clock of a ferry.", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    "line",
    [
        line
        for line in commands() + commands(SCALE)
        if "localhost" not in line and "rehearsal --port" not in line
    ],
)
def test_every_command_of_the_pages_runs(line: str) -> None:
    assert 0 == run(shlex.split(line)[1:])


@pytest.mark.skipif(shutil.which("xargs") is None or shutil.which("jq") is None, reason="needs xargs and jq")
def test_groups_of_books_are_written_as_the_page_on_scale_says(book: Path) -> None:
    for name in ("boat", "slow clock"):
        (book / "books" / name).mkdir(parents=True)
        shutil.copy(book / "outline.yaml", book / "books" / name)
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    (block,) = [block for block in blocks("sh", page=SCALE) if "xargs" in block]
    result = subprocess.run(
        [str(shutil.which("sh")), "-ec", block],
        cwd=book,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": programs},
    )

    ended = ['["books/boat/outline.yaml",0]', '["books/slow clock/outline.yaml",0]']
    assert (0, ended) == (result.returncode, sorted(result.stdout.splitlines())), result.stderr


def test_another_server_is_written_with_as_the_readme_says(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYGEN_API_KEY", "sk-local")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-sentinel")
    line = next(line for line in commands() if "--base-url" in line)
    with ScriptedServer(lambda _: Says("It is done.")) as server:
        code = run(shlex.split(line.replace("http://localhost:8080", server.url))[1:])
        keys = {asked.headers.get("x-api-key") for asked in server.asked}

    assert (0, {"sk-local"}, True) == (code, keys, (book / "manuscript.md").exists())


def test_the_manuscript_begins_as_the_readme_says(book: Path) -> None:
    run(["write", "-q"])
    shown = blocks("markdown")[0].split("\n…")[0]

    assert shown.strip() in (book / "manuscript.md").read_text(encoding="utf-8")


def test_the_library_example_runs(book: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", blocks("python")[0]],
        cwd=book,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )

    assert (0, 3) == (result.returncode, len(result.stdout.splitlines())), result.stderr


def test_the_example_file_runs(book: Path) -> None:
    result = subprocess.run(
        [sys.executable, str(TOP / "examples" / "library.py"), "outline.yaml"],
        cwd=book,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, 4) == (result.returncode, len(result.stdout.splitlines())), result.stderr


def test_the_template_example_overrides_one_block(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = book / "templates" / "fiction" / "section" / "user.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text(blocks("jinja")[0], encoding="utf-8")
    run(["prompt", "an-hour-owed"])
    shown = capsys.readouterr().out

    assert ("Title: An hour owed" in shown, "Never open with the weather." in shown) == (True, True)


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not installed")
def test_pandoc_makes_an_epub(book: Path) -> None:
    run(["write", "-q"])
    line = next(line for block in blocks("sh") for line in block.splitlines() if line.startswith("pandoc "))
    subprocess.run(shlex.split(line), cwd=book, check=True)

    assert (book / "book.epub").stat().st_size > 0


def test_set_up_is_one_line_each() -> None:
    lines = [
        line for block in blocks("sh") for line in block.splitlines() if line.startswith("python3 -m venv")
    ]

    assert [True, True] == ["storygen write" in lines[0], "pytest" in lines[1]]
