from __future__ import annotations

from pathlib import Path

import pytest

from storygen.desk.project import open_project
from storygen.desk.template_check import Tried, check_templates
from storygen.desk.templates import eject
from storygen.draft import Severity
from tests.prompts.own import BASE, ENDLESS, USER

BOOK = """\
title: The Ferry Clock
model: claude-3-7-sonnet
words: 300
sections:
  - {title: The last boat, id: boat, beats: [Ines boards the ferry.]}
  - {title: An hour owed, id: hour, beats: [Tobias explains.], story: {mood: dry}}
  - {title: Right time, id: right, beats: [The clock strikes.], sources: [{run: make trouble}]}
"""
CONTINUE = "fiction/continue/user.md.j2"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return the outline of a book of three sections that nobody has written."""
    (tmp_path / "outline.yaml").write_text(BOOK, encoding="utf-8")
    return tmp_path / "outline.yaml"


def tried(book: Path, text: str, name: str = USER) -> Tried:
    """Check a book with one template of its author."""
    path = book.parent / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return check_templates(open_project(book, environ={}))


def told(found: Tried) -> list[tuple[str, int, str]]:
    """Return what was found: rule, line, message."""
    return [(finding.rule, finding.line, finding.message) for finding in found.findings]


def test_a_book_without_own_templates_is_without_findings(book: Path) -> None:
    found = check_templates(open_project(book, environ={}))

    assert ((), 0, 3, False) == (found.findings, found.own, found.sections, found.failed(strict=True))


def test_an_own_template_is_tried_on_every_section(book: Path) -> None:
    found = tried(book, BASE + "{% block closing %}{{ super() }}{% endblock %}")

    assert ((), 1, 3) == (found.findings, found.own, found.sections)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "\n{{ secton }}",
            ("template/variable", 2, "there is no variable “secton”; did you mean “section”?"),
        ),
        (
            "x{% if fence == 'never' %}{{ section.tile }}{% endif %}",
            ("template/field", 1, "there is no field “tile” here; did you mean “title”?"),
        ),
        (
            "x{% if book.title %}\n{{ section.title.missing }}{% endif %}",
            ("template/render", 2, "'str object' has no attribute 'missing'"),
        ),
        ("{% if tail %}{{ tail }}{% endif %}", ("template/empty", 0, "it comes out empty")),
    ],
)
def test_faults_are_found_in_every_branch(book: Path, text: str, expected: tuple[str, int, str]) -> None:
    assert [expected] == told(tried(book, text))


def test_what_fails_on_some_sections_is_told_once_with_the_first(book: Path) -> None:
    found = tried(book, "{{ section.story.mood }}")

    assert [("template/render", 1, "there is no field “mood” here")] == told(found)
    assert "found when it was tried on the section boat" == found.findings[0].help


def test_the_request_to_go_on_is_tried_too(book: Path) -> None:
    assert [("template/render", 1, "there is no field “nope” here")] == told(
        tried(book, "{% for each in [section] %}{{ each.nope }}{% endfor %}{{ anchor }}", CONTINUE)
    )


def test_a_prompt_larger_than_the_window_is_found(book: Path) -> None:
    found = tried(book, "{% for each in range(1500) %}{{ 'a word ' * 140 }}{% endfor %}")

    assert ["template/size"] == [finding.rule for finding in found.findings[:1]]
    assert "the window of claude-3-7-sonnet holds 200,000" in found.findings[0].message


def test_a_template_that_does_not_end_is_told_once(book: Path) -> None:
    assert [("template/stopped", 0, "it takes too long, and was stopped")] == told(tried(book, ENDLESS))


def test_a_copy_that_is_older_than_storygen_is_a_note(book: Path) -> None:
    eject(book.parent, USER)
    path = book.parent / "templates" / USER
    first, rest = path.read_text(encoding="utf-8").split("\n", 1)
    old = first.replace("0.1.0", "0.0.9").replace(first.split()[4], "0123456789abcdef:")
    found = tried(book, f"{old}\n{rest}")

    assert [Severity.NOTE] == [finding.severity for finding in found.findings]
    assert not found.failed(strict=True)


def test_a_template_that_nothing_uses_is_a_warning(book: Path) -> None:
    found = tried(book, "x", "fiction/sektion/user.md.j2")

    assert (False, True) == (found.failed(strict=False), found.failed(strict=True))


def test_what_another_step_is_given_is_told_where_it_belongs(book: Path) -> None:
    (finding,) = tried(book, "x{{ note }}").findings

    assert ("template/variable", "only revise/user.md.j2 can say it") == (finding.rule, finding.help)


def test_what_is_misspelt_is_told_at_once_wherever_it_stands(book: Path) -> None:
    text = BASE + "Lost.\n{% block closng %}\n{{ secton }} {{ section.titel }}\n{% endblock %}"

    assert [
        ("template/outside", 2),
        ("template/block", 3),
        ("template/variable", 4),
        ("template/field", 4),
    ] == [(rule, line) for rule, line, _ in told(tried(book, text))]


def test_what_two_steps_share_is_told_once_as_it_is_told_of_its_own(book: Path) -> None:
    found = tried(book, BASE + "{% block closing %}{{ nope }}{% endblock %}")

    assert [("template/variable", 2, "there is no variable “nope”")] == told(found)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("fiction/section/usr.md.j2", "; did you mean “fiction/section/user.md.j2”?"),
        ("fiction/section/user.jinja", "; did you mean “fiction/section/user.md.j2”?"),
        ("section/user.md.j2", ""),
    ],
)
def test_a_template_that_has_no_name_of_one_is_a_warning(book: Path, name: str, meant: str) -> None:
    (finding,) = tried(book, "x", name).findings

    assert (Severity.WARNING, str(book.parent / "templates" / name)) == (finding.severity, finding.path)
    assert f"nothing reads a template of this name{meant}" == finding.message


def test_copies_of_shipped_templates_are_no_misnamed_ones(book: Path) -> None:
    eject(book.parent, USER)

    assert () == check_templates(open_project(book, environ={})).findings
