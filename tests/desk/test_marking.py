from __future__ import annotations

from pathlib import Path

import pytest

from storygen.book.drafts import read_drafts
from storygen.desk.marking import Marks, mark
from storygen.desk.project import Project, open_project
from storygen.desk.review import review
from storygen.desk.states import State
from storygen.desk.status import status
from storygen.desk.versions import restore, versions
from storygen.desk.write import write
from storygen.errors import UsageError
from tests.desk.test_write import ScriptedModel, opened, run, says

MANUAL = """\
title: Ferry
kind: docs
words: 300
codex: [{name: manifest, kind: term, about: Read from ferry.yaml.}]
pages:
  - {title: Install, sources: [README.md], must: [pip install ferry]}
  - {title: Commands, sources: ["cli.py#L2-L3", "parts/*.txt", {run: cat help.txt}]}
  - {title: By hand, file: own.md}
"""
INSTALL = "Run `pip install ferry`, then `ferry up --now`. A `manifest` is `ferry.yaml`."
COMMANDS = "Pass --quiet or --loud.\n\n```sh\nferry up\nferry sink\n```"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of sources with an outline of pages in `docs/`."""
    (tmp_path / "README.md").write_text("Ferry moves files: ferry up\n")
    (tmp_path / "cli.py").write_text("--loud\n--quiet\nferry up\n--never\n")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.txt").write_text("ferry down\n")
    (tmp_path / "help.txt").write_text("ferry sink: lets it go down\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "outline.yaml").write_text(MANUAL)
    (tmp_path / "docs" / "own.md").write_text("Run `whatever --I-like`.\n")
    return tmp_path


def manual(folder: Path, **flags: object) -> Project:
    """Open the manual with a key, as with these flags."""
    environ = {
        "STORYGEN_SOURCE_ROOT": str(folder),
        "ANTHROPIC_API_KEY": "sk-ant-test",
        "STORYGEN_LENGTH": "plain",
        "PATH": "/usr/bin:/bin",
    }
    return open_project(folder / "docs" / "outline.yaml", environ=environ, flags=flags)


@pytest.fixture
def written(folder: Path) -> Project:
    """Return the manual with its two pages written, with names in them that nothing bears out."""
    run(manual(folder, allow_commands=True), ScriptedModel(says(INSTALL), says(COMMANDS)))
    return manual(folder)


def told(project: Project) -> list[tuple[str, int, str, str]]:
    """Return what the review of *project* says of names that nothing bears out."""
    return [
        (Path(each.path).name, each.line, each.quote, each.message)
        for each in review(project).verifiable
        if each.rule == "review/unsupported"
    ]


def text_of(project: Project, id_: str) -> str:
    return read_drafts(project.book)[id_].text


def test_what_is_in_no_source_of_its_section_is_listed_with_its_place(written: Project) -> None:
    unseen = "; not looked at: the output of `cat help.txt` (--allow-commands)"
    missing = "is in no source, codex entry or card"

    assert [
        ("01-install.md", 6, "ferry up --now", f"`--now` {missing}"),
        ("02-commands.md", 6, "--loud", f"`--loud` {missing}{unseen}"),
        ("02-commands.md", 10, "ferry sink", f"`sink` {missing}{unseen}"),
    ] == told(written)


def test_a_command_is_looked_at_where_it_is_allowed(folder: Path, written: Project) -> None:
    found = ["ferry sink" in str(told(project)) for project in (written, manual(folder, allow_commands=True))]
    assert [True, False] == found


def test_a_source_that_is_gone_is_named(folder: Path, written: Project) -> None:
    (folder / "README.md").unlink()
    found = [message for name, _, _, message in told(written) if name == "01-install.md"]

    assert ["README.md" in message.partition("not looked at: ")[2] for message in found] == [True]


def test_marks_stand_behind_what_they_name_and_the_text_before_is_kept(written: Project) -> None:
    done = mark(written)

    assert [("install", ("--now",)), ("commands", ("--loud", "sink"))] == [
        (each.id, each.names) for each in done.sections
    ]
    assert f"{INSTALL}\n\n<!-- TODO: verify \\-\\-now -->" == text_of(written, "install")
    assert text_of(written, "commands") == (
        "Pass --quiet or --loud.\n\n<!-- TODO: verify \\-\\-loud -->\n\n"
        "```sh\nferry up\nferry sink\n```\n\n<!-- TODO: verify sink -->"
    )
    restore(written, "install", done.sections[0].replaced)
    assert text_of(written, "install") == INSTALL


def test_marking_again_changes_nothing(folder: Path, written: Project) -> None:
    mark(written)
    before = {path: path.read_bytes() for path in (folder / "docs").rglob("*.md")}

    assert Marks() == mark(manual(folder))
    assert before == {path: path.read_bytes() for path in (folder / "docs").rglob("*.md")}


def test_a_mark_is_listed_in_the_place_of_the_finding(written: Project) -> None:
    mark(written)
    found = review(written).verifiable

    assert [] == told(written)
    assert ["--now", "--loud", "sink"] == [
        each.message.partition("still to be checked: ")[2]
        for each in found
        if each.rule == "review/unverified"
    ]


def test_what_was_not_looked_at_is_said_beside_the_marks(written: Project) -> None:
    assert ("the output of `cat help.txt` (--allow-commands)",) == mark(written).unseen


def test_only_named_sections_are_marked(written: Project) -> None:
    assert ["install"] == [each.id for each in mark(written, ["install"]).sections]
    assert text_of(written, "commands") == COMMANDS


def test_marks_are_in_the_manuscript_at_once(written: Project) -> None:
    mark(written)
    assert "verify \\-\\-now -->" in written.book.manuscript.read_text()


def test_a_final_section_is_left_and_that_is_said(written: Project) -> None:
    draft = read_drafts(written.book)["install"].path
    draft.write_text(draft.read_text().replace("status: draft", "status: final"))
    done = mark(written, ["install"])

    assert Marks(left=(("install", "it is final, and stays as it is"),)) == done
    assert INSTALL == text_of(written, "install")


def test_a_marked_section_is_its_authors(written: Project) -> None:
    mark(written, ["install"])
    states = {line.id: line.state for line in status(written).lines}

    assert (State.EDITED, State.DRAFT) == (states["install"], states["commands"])
    assert 2 == len(versions(written, "install").all)


def test_what_the_built_in_model_wrote_is_left(folder: Path) -> None:
    outline = folder / "docs" / "outline.yaml"
    outline.write_text(MANUAL.replace(", {run: cat help.txt}", ""))
    write(opened(outline, STORYGEN_SOURCE_ROOT=str(folder)))
    outline.write_text(MANUAL.replace("pip install ferry", "Nobody has written this"))
    project = opened(outline, STORYGEN_SOURCE_ROOT=str(folder))

    assert Marks(left=(("install", "it is placeholder prose of the built-in model"),)) == mark(project)


def test_a_story_has_no_marks(tale: Path) -> None:
    with pytest.raises(UsageError, match="marks are for documentation"):
        mark(opened(tale))


def test_a_page_by_hand_is_never_asked_for_reviewed_or_marked(folder: Path, written: Project) -> None:
    again = ScriptedModel()
    run(written, again)
    mark(written)

    assert [] == again.asked
    assert "Run `whatever --I-like`.\n" == (folder / "docs" / "own.md").read_text()
    assert "Run `whatever --I-like`." in written.book.manuscript.read_text()
    assert "whatever" not in str(told(written))
    assert ["install", "commands"] == list(read_drafts(written.book))
