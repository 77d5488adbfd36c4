from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from storygen.desk.ejected import KEPT, body, line_of, origin
from storygen.desk.template_diff import Base, Difference, differences
from storygen.desk.templates import eject, take_over
from storygen.errors import FileError, UsageError
from storygen.prompts.templates import Templates
from tests.prompts.own import BASE, USER, rendered

NAMES = [file.plain for file in Templates.read().list()]


def edited(folder: Path, old: str, new: str) -> None:
    """Change the author's template in *folder*."""
    path = folder / "templates" / USER
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def upgraded(folder: Path) -> None:
    """Make a copy look as if an older storygen had made it, from a text that said Company."""
    kept = folder / "templates" / KEPT / USER
    old = kept.read_text(encoding="utf-8").replace("Cast: ", "Company: ")
    kept.write_text(old, encoding="utf-8")
    path = folder / "templates" / USER
    path.write_text(line_of(USER, old).replace("0.1.0", "0.0.9") + old, encoding="utf-8")


def only(folder: Path) -> Difference:
    """Return how the one template in *folder* stands to the shipped one."""
    (found,) = differences(folder)
    return found


def changed(difference: str) -> list[str]:
    """Return the lines that *difference* takes away and adds."""
    return [line for line in difference.splitlines() if line[:1] in "+-" and line[:3] not in {"+++", "---"}]


@pytest.mark.parametrize("name", NAMES)
def test_the_line_that_says_where_a_copy_comes_from_is_taken_off_again(name: str) -> None:
    text = Templates.read().source(f"storygen/{name}")
    copy = line_of(name, text) + text
    said = origin(copy)

    assert (True, text) == (said is not None and said.is_of(text), body(copy))


def test_the_line_of_a_copy_never_reaches_the_prompt(tmp_path: Path) -> None:
    eject(tmp_path, USER)

    assert rendered(Templates.read()) == rendered(Templates.read(tmp_path / "templates"))


def test_what_is_already_there_is_not_replaced(tmp_path: Path) -> None:
    eject(tmp_path, USER)
    with pytest.raises(FileError, match="is already there"):
        eject(tmp_path, USER)


def test_an_untouched_copy_differs_in_nothing(tmp_path: Path) -> None:
    eject(tmp_path, USER)

    assert Difference(USER, Base.KNOWN, "0.1.0") == only(tmp_path)


def test_what_the_author_changed_is_shown(tmp_path: Path) -> None:
    eject(tmp_path, USER)
    edited(tmp_path, "Place: ", "Where: ")
    found = only(tmp_path)

    assert ("", ["-Place: {{ section.place }}", "+Where: {{ section.place }}"]) == (
        found.upstream,
        changed(found.own),
    )


def test_what_storygen_changed_is_told_from_what_the_author_changed(tmp_path: Path) -> None:
    eject(tmp_path, USER)
    upgraded(tmp_path)
    edited(tmp_path, "Place: ", "Where: ")
    found = only(tmp_path)

    assert (Base.KNOWN, "0.0.9") == (found.base, found.version)
    assert '+Cast: {{ section.cast | join(", ") }}' == changed(found.upstream)[1]
    assert "+Where: {{ section.place }}" == changed(found.own)[1]


@pytest.mark.parametrize("damage", ["gone", "edited"])
def test_without_the_kept_text_the_base_is_said_to_be_lost(tmp_path: Path, damage: str) -> None:
    eject(tmp_path, USER)
    upgraded(tmp_path)
    if damage == "gone":
        shutil.rmtree(tmp_path / "templates" / KEPT)
    else:
        (tmp_path / "templates" / KEPT / USER).write_text("another text", encoding="utf-8")
    found = only(tmp_path)

    assert (Base.LOST, "0.0.9", "") == (found.base, found.version, found.upstream)
    assert '+Company: {{ section.cast | join(", ") }}' == changed(found.own)[1]


def test_changes_that_are_taken_over_are_not_shown_again(tmp_path: Path) -> None:
    eject(tmp_path, USER)
    upgraded(tmp_path)
    edited(tmp_path, "Place: ", "Where: ")
    take_over(tmp_path, USER)
    found = only(tmp_path)

    assert (Base.KNOWN, "0.1.0", "") == (found.base, found.version, found.upstream)
    assert "+Where: {{ section.place }}" in changed(found.own)


@pytest.mark.parametrize(
    ("text", "name", "base"),
    [
        (BASE + "{% block closing %}x{% endblock %}", USER, Base.BLOCKS),
        ("Write {{ section.title }}.", USER, Base.UNSAID),
        ("x", "fiction/other/user.md.j2", Base.OWN),
    ],
)
def test_what_was_copied_from_nothing_is_said(tmp_path: Path, text: str, name: str, base: Base) -> None:
    path = tmp_path / "templates" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")

    assert base is only(tmp_path).base


def test_what_was_copied_from_nothing_takes_nothing_over(tmp_path: Path) -> None:
    path = tmp_path / "templates" / USER
    path.parent.mkdir(parents=True)
    path.write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="was not copied"):
        take_over(tmp_path, USER)


def test_a_name_that_is_not_the_authors_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no nothing"):
        differences(tmp_path, ["nothing"])
