from __future__ import annotations

from pathlib import Path

import pytest

from storygen.book.freshness import Freshness
from storygen.desk.commands import output_of
from storygen.desk.material import Material
from storygen.desk.project import Project
from storygen.desk.status import status
from storygen.desk.write import write
from storygen.errors import FileError, UsageError
from storygen.outline.tree import Level, Section, SourceRef, WordTarget
from storygen.writer.events import Event, Noted
from tests.desk.test_write import ScriptedModel, opened, real, run, says

MANUAL = """\
title: Ferry
kind: docs
words: 300
pages:
  - {title: Install, sources: [README.md]}
  - {title: Commands, sources: ["cli.py#L2-L3"]}
  - {title: Both, sources: [README.md, cli.py]}
"""


@pytest.fixture
def project_folder(tmp_path: Path) -> Path:
    """Return a folder of sources with an outline of pages in `docs/`."""
    (tmp_path / "README.md").write_text("Ferry moves files.\n")
    (tmp_path / "cli.py").write_text("import click\n\ndef ferry():\n    pass\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "outline.yaml").write_text(MANUAL)
    return tmp_path


def manual(folder: Path, **environ: str) -> Project:
    return opened(folder / "docs" / "outline.yaml", STORYGEN_SOURCE_ROOT=str(folder), **environ)


def stale(project: Project) -> dict[str, tuple[str, ...]]:
    return {line.id: line.why for line in status(project).lines if line.freshness is Freshness.STALE}


def section(*sources: SourceRef) -> Section:
    return Section("a", "A", 1, 1, Level.PAGE, WordTarget(1, 1), sources=sources)


def test_a_page_is_written_from_the_files_of_the_project_that_it_documents(project_folder: Path) -> None:
    model = ScriptedModel(says("One."), says("Two."), says("Three."))
    run(manual(project_folder, ANTHROPIC_API_KEY="sk-ant-test"), model)

    assert [True, False, True] == [b"Ferry moves files." in body for body in model.asked]


def test_only_the_chosen_lines_are_sent(project_folder: Path) -> None:
    model = ScriptedModel(says("One."), says("Two."), says("Three."))
    run(manual(project_folder, ANTHROPIC_API_KEY="sk-ant-test"), model)
    body = model.asked[1]

    assert (True, False, True) == (b"def ferry" in body, b"import click" in body, b"cli.py#L2-L3" in body)


def test_a_changed_source_makes_exactly_the_pages_stale_that_used_it(project_folder: Path) -> None:
    write(manual(project_folder))
    (project_folder / "README.md").write_text("Ferry moves files quickly.\n")

    assert {
        "install": ("source README.md changed",),
        "both": ("source README.md changed",),
    } == stale(manual(project_folder))


def test_a_change_outside_of_the_chosen_lines_changes_nothing(project_folder: Path) -> None:
    write(manual(project_folder))
    (project_folder / "cli.py").write_text("import typer\n\ndef ferry():\n    pass\n")

    assert ["both"] == list(stale(manual(project_folder)))


def test_a_file_that_a_glob_finds_from_now_on_makes_its_page_stale(project_folder: Path) -> None:
    outline = project_folder / "docs" / "outline.yaml"
    outline.write_text("title: T\nkind: docs\nwords: 100\nsources: ['*.md']\npages: [A]\n")
    write(manual(project_folder))
    (project_folder / "NEW.md").write_text("New.\n")

    assert {"a": ("source NEW.md is new",)} == stale(manual(project_folder))


def test_an_empty_file_is_found_by_no_glob(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").touch()
    (tmp_path / "main.py").write_text("print()\n")

    assert ["main.py"] == [each.name for each in Material(tmp_path).of(section(SourceRef("*.py")))]


def test_of_a_large_file_some_lines_may_be_a_source(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("A line.\n" * 40_000)
    material = Material(tmp_path)
    with pytest.raises(FileError, match="has 320,000 bytes, and a source 262,144 at most"):
        material.text(SourceRef("log.txt"))

    assert "A line.\nA line.\n" == material.text(SourceRef("log.txt", lines=(7, 8)))


def test_hidden_files_are_found_by_no_glob(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KEY=secret")
    (tmp_path / "a.md").write_text("A.")

    assert ["a.md"] == [each.name for each in Material(tmp_path).of(section(SourceRef("*")))]


def test_a_command_is_not_run_unless_somebody_allows_it(project_folder: Path) -> None:
    outline = project_folder / "docs" / "outline.yaml"
    outline.write_text("title: T\nkind: docs\nwords: 200\nsources: [{run: touch made}]\npages: [A]\n")
    model = ScriptedModel()
    with pytest.raises(UsageError, match="do not run by themselves"):
        run(real(outline), model)

    assert ([], False) == (model.asked, (outline.parent / "made").exists())


def test_what_an_allowed_command_prints_is_a_source(project_folder: Path) -> None:
    outline = project_folder / "docs" / "outline.yaml"
    outline.write_text("title: T\nkind: docs\nwords: 200\nsources: [{run: echo forty-two}]\npages: [A, B]\n")
    model = ScriptedModel(says("One."), says("Two."))
    run(opened(outline, STORYGEN_ALLOW_COMMANDS="true", ANTHROPIC_API_KEY="sk-ant-test"), model)

    assert [True, True] == [
        b"$ echo forty-two" in body and b"\\nforty-two\\n" in body for body in model.asked
    ]


def test_what_a_command_would_print_now_is_no_reason(project_folder: Path) -> None:
    outline = project_folder / "docs" / "outline.yaml"
    outline.write_text("title: T\nkind: docs\nwords: 100\nsources: [{run: date +%N}]\npages: [A]\n")
    write(opened(outline, STORYGEN_ALLOW_COMMANDS="true"))

    assert {} == stale(opened(outline))


def test_a_command_is_run_once_for_all_sections(tmp_path: Path) -> None:
    ran: list[str] = []

    def output(command: str) -> str:
        ran.append(command)
        return "text"

    material = Material(tmp_path, output=output)
    material.of(section(SourceRef(run="a")))
    material.of(section(SourceRef(run="a"), SourceRef(run="b")))

    assert ["a", "b"] == ran


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("no-such-program", "cannot be run"),
        ("false", "ended with code 1"),
        ("head -c 300000 /dev/zero", "printed more than 262,144 bytes"),
        ("echo 'open", "cannot be run"),
    ],
)
def test_a_command_that_fails_is_an_error_with_its_name(tmp_path: Path, command: str, expected: str) -> None:
    with pytest.raises(FileError, match=expected):
        output_of(tmp_path, environ={"PATH": "/usr/bin:/bin"})(command)


def test_a_command_that_prints_without_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="printed more than 262,144 bytes"):
        output_of(tmp_path, environ={"PATH": "/usr/bin:/bin"})("yes")


def test_a_command_is_waited_for_only_so_long(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="took longer than"):
        output_of(tmp_path, environ={"PATH": "/usr/bin:/bin"}, patience=0.2)("sleep 600")


def test_a_command_that_closes_its_output_and_goes_on_is_waited_for_only_so_long(tmp_path: Path) -> None:
    command = "sh -c 'exec >&- 2>&-; exec sleep 600'"
    with pytest.raises(FileError, match="took longer than"):
        output_of(tmp_path, environ={"PATH": "/usr/bin:/bin"}, patience=0.2)(command)


def test_the_last_lines_of_a_command_that_failed_are_shown(tmp_path: Path) -> None:
    command = "sh -c 'seq 9; echo no such module >&2; exit 3'"
    with pytest.raises(FileError, match="ended with code 3") as caught:
        output_of(tmp_path, environ={"PATH": "/usr/bin:/bin"})(command)

    assert ("7", "8", "9", "no such module") == caught.value.notes


def test_somebody_who_wants_a_shell_is_told_how(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        output_of(tmp_path, environ={"PATH": "/usr/bin:/bin"})("LANG=C ferry --help")

    assert "run it yourself, or take it out; no shell reads it, sh -c '...' gives it one" == caught.value.help


def test_a_command_never_sees_a_key(project_folder: Path) -> None:
    outline = project_folder / "docs" / "outline.yaml"
    outline.write_text("title: T\nkind: docs\nwords: 200\nsources: [{run: env}]\npages: [A]\n")
    model = ScriptedModel(says("One."))
    environ = {"PATH": "/usr/bin:/bin", "ANTHROPIC_API_KEY": "sk-sentinel", "STORYGEN_ALLOW_COMMANDS": "true"}
    run(opened(outline, **environ, STORYGEN_LENGTH="plain"), model)

    assert (False, True) == (b"sk-sentinel" in model.asked[0], b"PATH=/usr/bin:/bin" in model.asked[0])


def test_a_source_without_room_is_named_before_anything_is_sent(project_folder: Path) -> None:
    (project_folder / "README.md").write_text("Ferry moves files and more.\n" * 100)
    heard: list[Event] = []
    model = ScriptedModel(says("One."), says("Two."), says("Three."))
    project = manual(project_folder, ANTHROPIC_API_KEY="sk-ant-test", STORYGEN_CONTEXT_SOURCES="100")
    run(project, model, tell=heard.append)
    noted = [event.message for event in heard if isinstance(event, Noted)]

    assert [
        True,
        True,
    ] == ["left out: README.md from line" in message for message in noted if "sources" in message]
