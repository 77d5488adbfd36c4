from __future__ import annotations

from pathlib import Path

import pytest

from storygen.cli.group import run
from storygen.desk.check import check
from storygen.desk.commission import commission_of
from storygen.desk.project import Project, open_project
from storygen.outline.read import read_outline
from storygen.prompts.messages import Written, continue_messages, extend_messages
from storygen.shipped import shipped
from storygen.writer.ask import ask, context_of
from storygen.writer.reasons import Sitting

OUTLINES = Path(str(shipped("outlines")))
NAMES = sorted(path.parent.name for path in OUTLINES.glob("*/outline.*"))


def opened(folder: Path) -> Project:
    """Open the one outline in *folder*."""
    return open_project(next(folder.glob("outline.*")), environ={})


def test_there_is_something_for_everybody() -> None:
    assert [
        "cuento",
        "getting-started",
        "handbook",
        "novel",
        "short-story",
        "story-in-markdown",
    ] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_outline_has_not_one_finding(name: str) -> None:
    assert () == check(next((OUTLINES / name).glob("outline.*"))).findings


@pytest.mark.parametrize("name", NAMES)
def test_every_template_renders_for_every_section(name: str) -> None:
    project = opened(OUTLINES / name)
    commission = commission_of(project, rehearsed=True)
    texts = {section.id: f"This is {section.title}. It ends here." for section in project.outline.sections}
    systems = set()
    for section in project.outline.sections:
        request, _ = ask(commission, section, texts, sitting=Sitting())
        systems.add(request.messages[0].text)
        context = context_of(commission, section, texts)
        told = (project.outline, section, context, project.templates)
        continue_messages(*told, written=Written("One.", 1, 900), anchor="One.")
        extend_messages(*told, written=Written("One.", 1, 900))

    assert 1 == len(systems)


@pytest.mark.parametrize("name", NAMES)
def test_init_copies_a_shipped_outline_as_it_is(name: str, tmp_path: Path) -> None:
    run(["init", "-q", str(tmp_path / "book"), "--from", name])
    there = {path.relative_to(OUTLINES / name) for path in (OUTLINES / name).rglob("*") if path.is_file()}
    copied = {
        path.relative_to(tmp_path / "book") for path in (tmp_path / "book").rglob("*") if path.is_file()
    }

    assert there == copied - {Path(".storygen/outline.schema.json")}


@pytest.mark.parametrize("kind", ["fiction", "docs"])
def test_a_new_project_is_without_findings_and_rehearses(kind: str, tmp_path: Path) -> None:
    run(["init", "-q", str(tmp_path / "book"), "--kind", kind])

    assert ((), 0) == (
        check(tmp_path / "book" / "outline.yaml").findings,
        run(["write", "-q", str(tmp_path / "book" / "outline.yaml")]),
    )


def test_shipped_outlines_hold_nothing_that_a_run_left() -> None:
    strays = [
        path
        for path in OUTLINES.rglob("*")
        if path.name in {"drafts", ".storygen", "manuscript.md", "storygen.lock"}
    ]

    assert [] == strays


@pytest.mark.parametrize("name", ["novel", "short-story", "cuento", "story-in-markdown"])
def test_a_shipped_story_is_complete(name: str) -> None:
    outline = read_outline(next((OUTLINES / name).glob("outline.*")))

    assert all(section.beats and section.summary for section in outline.sections)


def test_no_shipped_folder_holds_python() -> None:
    """A Python file in them would end editable installs: their place changes in the wheel."""
    folders = [OUTLINES, Path(str(shipped("templates")))]

    assert [] == [path for folder in folders for path in folder.rglob("*.py")]
