"""The story of somebody who changes a template, makes mistakes, and upgrades storygen."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.prompts.own import USER

HOME = Path(__file__).parents[2]
BOOK = """\
title: The Ferry Clock
words: 300
sections:
  - {title: The last boat, id: boat, cast: [Ines], beats: [Ines boards the ferry.]}
  - {title: An hour owed, id: hour, cast: [Tobias], beats: [Tobias explains.]}
"""
OVERRIDE = """\
{% extends "storygen/fiction/section/user.md.j2" %}
{% block closing %}
{{ super() }}
Never open with the weather of {{ secton.place }}.
{% endblock %}
"""


class Author:
    """Somebody with a book, in front of one version of storygen."""

    def __init__(self, folder: Path) -> None:
        self.book = folder / "book"
        self.storygen = folder / "storygen-of-today"
        for name in ("storygen", "templates", "outlines"):
            shutil.copytree(HOME / name, self.storygen / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(HOME / "pyproject.toml", self.storygen)
        self.book.mkdir()
        (self.book / "outline.yaml").write_text(BOOK, encoding="utf-8")

    def run(self, *words: str) -> tuple[int, str]:
        """Run storygen, and return its exit code and all that it says."""
        program = (
            f"import sys; sys.path.insert(0, {str(self.storygen)!r}); from storygen.cli import main; main()"
        )
        ended = subprocess.run(
            [sys.executable, "-c", program, *words],
            cwd=self.book,
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr

    def write(self, text: str) -> None:
        """Write the template."""
        (self.book / "templates" / USER).parent.mkdir(parents=True, exist_ok=True)
        (self.book / "templates" / USER).write_text(text, encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        """Change a word of the template."""
        self.write((self.book / "templates" / USER).read_text(encoding="utf-8").replace(old, new))

    def upgrade(self) -> None:
        """Get a newer storygen, with another version and another word in a template."""
        for path, old, new in (
            (self.storygen / "storygen" / "__init__.py", '"0.1.0"', '"0.2.0"'),
            (self.storygen / "templates" / USER, "Point of view: ", "Seen by: "),
        ):
            path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.fixture
def author(tmp_path: Path) -> Author:
    """Return somebody with a book and a storygen."""
    return Author(tmp_path)


def test_an_author_is_told_the_right_thing_at_each_step(author: Author) -> None:
    author.write(OVERRIDE)
    mistyped = author.run("templates", "check")
    author.edit("secton", "section")
    mended = author.run("templates", "check")
    overridden = author.run("templates", "diff")
    occupied = author.run("templates", "eject", USER)
    (author.book / "templates" / USER).unlink()
    ejected = author.run("templates", "eject", USER)
    author.edit("Cast: ", "Who: ")
    before = author.run("templates", "diff", USER)
    author.upgrade()
    checked = author.run("templates", "check", "--strict")
    after = author.run("templates", "diff", USER)
    author.edit("Point of view: ", "Seen by: ")
    taken = author.run("templates", "diff", "--taken", USER)
    quiet = author.run("templates", "diff", USER)
    unnamed = author.run("templates", "diff", "--taken")

    assert (1, True) == (mistyped[0], "there is no variable “secton”; did you mean “section”?" in mistyped[1])
    assert f"templates/{USER}:4:35" in mistyped[1]
    assert (0, True) == (mended[0], "1 of your own; every template was tried on 2 sections." in mended[1])
    assert "overrides blocks (closing); all the rest is storygen's, and changes with it." in overridden[1]
    assert (5, True) == (occupied[0], "is already there" in occupied[1])
    assert (0, True) == (ejected[0], "It comes before the shipped one from now on." in ejected[1])
    assert ("storygen has changed nothing in it since." in before[1], "+Who: " in before[1]) == (True, True)
    assert (0, True) == (checked[0], "it was copied from version 0.1.0" in checked[1])
    assert ["-Point of view: {{ section.pov }}", "+Seen by: {{ section.pov }}"] == changed(after[1])[:2]
    assert "+Who: " in "\n".join(changed(after[1])[2:])
    assert (0, True) == (taken[0], "counts as copied from this version now." in taken[1])
    assert (True, True) == ("copied from storygen 0.2.0" in quiet[1], "nothing in it since" in quiet[1])
    assert (2, True) == (unnamed[0], "--taken wants the names of the templates" in unnamed[1])


def changed(shown: str) -> list[str]:
    """Return the lines that a shown difference takes away and adds."""
    return [line for line in shown.splitlines() if line[:1] in {"+", "-"} and line[:3] not in {"+++", "---"}]


def test_a_program_reads_what_was_found(author: Author) -> None:
    author.write(OVERRIDE)
    code, said = author.run("templates", "check", "--json")
    (book,) = json.loads(said)["books"]

    assert (1, 1, ["template/variable"]) == (code, book["own"], [each["rule"] for each in book["findings"]])


def test_a_hostile_template_ends_within_seconds(author: Author) -> None:
    author.write(
        "{% set n = range(50000) | list %}{% for a in range(40000) %}{{ n | sort | length }}{% endfor %}"
    )

    assert [(1, True), (2, True)] == [
        (code, "it takes too long, and was stopped" in said)
        for code, said in (author.run("templates", "check"), author.run("prompt", "boat"))
    ]
