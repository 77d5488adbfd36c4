from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import storygen
from storygen.desk.inputs import CARD, SETTINGS, Inputs
from storygen.desk.material import Beside
from storygen.desk.project import open_project
from storygen.outline.tree import Section

Hashes = dict[str, dict[str, str]]

BOOK = """\
title: The Ferry Clock
lang: en
words: 600
style: {person: third, tense: past, guide: style/house.md, samples: [style/mine.md]}
codex:
  - {name: Ines, kind: character, about: A clockmaker of forty.}
  - {name: Tobias, about: A deckhand., changes: [{from: right-time, about: He has the key.}]}
  - {name: The sound, about: Grey water.}
chapters:
  - title: Out
    id: out
    sections:
      - {title: The last boat, id: the-last-boat, pov: Ines, beats: [Ines boards the ferry., It is late.]}
      - {title: An hour owed, id: an-hour-owed, beats: [Tobias explains.], sources: [notes/*.md]}
  - title: Home
    id: home
    sections:
      - {title: Right time, id: right-time, summary: Tobias and Ines part., words: 150}
      - {title: The sound again, id: the-end, summary: Nothing is left., leave: It rains.}
"""
FILES = {
    "style/house.md": "Be brief.\n",
    "style/mine.md": "It rained.\n",
    "notes/a.md": "A.\n",
    "notes/b.md": "B.\n",
}
TEXTS = {"the-last-boat": "One.", "an-hour-owed": "Two.", "right-time": "Three.", "the-end": "Four."}


def lay(root: Path, outline: str = BOOK) -> Path:
    """Put the book and the files that it names into *root*, and return the outline."""
    for name, text in (FILES | {"outline.yaml": outline}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root / "outline.yaml"


def hashed(
    path: Path,
    *,
    texts: dict[str, str] | None = None,
    environ: dict[str, str] | None = None,
    flags: dict[str, object] | None = None,
    user: str = "",
) -> Hashes:
    """Return the inputs of every section of the outline at *path*, by id."""
    project = open_project(path, environ=environ or {}, flags=flags, user=user)
    inputs = Inputs(project, Beside(project.outline, source_root=project.source_root).texts)
    return {
        section.id: inputs.at(section, TEXTS if texts is None else texts, told={"The sound"})
        for section in project.outline.sections
    }


def changed(before: Hashes, after: Hashes) -> dict[str, set[str]]:
    """Return by section which names are different; sections without one are left out."""
    found = {
        id_: {name for name in own.keys() | after[id_].keys() if own.get(name) != after[id_].get(name)}
        for id_, own in before.items()
        if id_ in after
    }
    return {id_: names for id_, names in found.items() if names}


def everywhere(name: str) -> dict[str, set[str]]:
    """Return what `changed` says where the input called *name* is different in every section."""
    return {id_: {name} for id_ in TEXTS}


def hard(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return of what `changed` says only what makes a text stale."""
    kept = {id_: {name for name in names if not name.startswith("~")} for id_, names in found.items()}
    return {id_: names for id_, names in kept.items() if names}


def after(path: Path, old: str, new: str) -> dict[str, set[str]]:
    """Return what changes in the inputs when *old* becomes *new* in the outline at *path*."""
    before = hashed(path)
    assert old in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    return changed(before, hashed(path))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return the outline of a book that names files of every kind."""
    return lay(tmp_path)


def test_every_field_of_a_section_has_been_thought_about() -> None:
    shown = {
        "title",
        "words",
        "style",
        "audience",
        "sources",
        "after",
        "parents",
        "intro_of",
        "page",
        "position",
    }
    layout = {"level", "depth", "numbered", "shown", "wrap", "line", "id", "file", "status"}
    not_yet = {"context", "recap"}
    thought_about = {*CARD, *SETTINGS, *shown, *layout, *not_yet}

    assert set() == {item.name for item in fields(Section)} - thought_about


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: The Ferry Clock\n", "# a remark\ntitle: The Ferry Clock  # and another\n"),
        ("words: 600\n", "words: 600\nnotes: For me alone.\n"),
        ("{name: Ines, kind: character,", "{notes: Mine., kind: character, name: Ines,"),
        ("{person: third, tense: past,", "{tense: past, person: third,"),
        ("beats: [Ines boards the ferry., It is late.]", "beats: [Ines\n  boards the ferry., It is late.]"),
        ("title: The last boat, id: the-last-boat,", "id: the-last-boat, notes: Me., title: The last boat,"),
        ("    sections:\n", "    heading: hide\n    sections:\n"),
    ],
)
def test_what_does_not_count_changes_nothing(book: Path, old: str, new: str) -> None:
    assert {} == after(book, old, new)


@given(
    model=st.sampled_from(["opus", "sonnet", "nobody-knows-it"]),
    tokens=st.integers(1, 9_999),
    where=st.sampled_from(["environment", "flag", "user"]),
)
def test_what_a_person_says_for_one_run_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, model: str, tokens: int, where: str
) -> None:
    path = lay(tmp_path_factory.mktemp("book"))
    (path.parent / "storygen.toml").write_text('model = "haiku"\n')
    said = {
        "environment": {"environ": {"STORYGEN_MODEL": model, "STORYGEN_MAX_TOKENS": str(tokens)}},
        "flag": {"flags": {"model": model, "max_tokens": tokens}},
        "user": {"user": f'model = "{model}"\nmax_tokens = {tokens}\n'},
    }

    assert hashed(path) == hashed(path, **said[where])  # type: ignore[arg-type]


@given(st.permutations(["beats: [One, Two]", "pov: Ines", "story: {goal: out, risk: all}", "notes: mine"]))
def test_the_order_of_fields_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, order: list[str]
) -> None:
    path = tmp_path_factory.mktemp("book") / "outline.yaml"
    found = []
    for fields_ in (sorted(order), order):
        path.write_text(f"title: T\nsections: [{{title: A, {', '.join(fields_)}}}]\n", encoding="utf-8")
        found.append(hashed(path, texts={}))

    assert found[0] == found[1]


def test_another_version_of_storygen_changes_nothing(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = hashed(book)
    monkeypatch.setattr(storygen, "__version__", "99.0")

    assert before == hashed(book)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Ines boards the ferry.", "Ines runs for the ferry.", {"the-last-boat": {"card"}}),
        (
            "clockmaker of forty",
            "clockmaker of fifty",
            {"the-last-boat": {"codex:Ines"}, "right-time": {"codex:Ines"}},
        ),
        ("A deckhand.", "A mate.", {"an-hour-owed": {"codex:Tobias"}, "right-time": {"codex:Tobias"}}),
        ("He has the key.", "He lost the key.", {"right-time": {"codex:Tobias"}}),
        ("Grey water.", "Green water.", {}),
        ("words: 150", "words: 160", {"right-time": {"card"}}),
        ("words: 600", "words: 700", {}),
        ("title: The last boat,", "title: The first boat,", {}),
        ("title: Out", "title: Away", {}),
        ("title: The Ferry Clock", "title: The Clock", {}),
        ("leave: It rains.", "leave: It snows.", {"the-end": {"card"}}),
        (
            "  - title: Home\n",
            "      - {title: Between, beats: [Tobias sleeps.]}\n  - title: Home\n",
            {},
        ),
        (
            "id: out\n",
            "id: out\n    temperature: 0.5\n",
            {"the-last-boat": {"settings"}, "an-hour-owed": {"settings"}},
        ),
        (
            "id: home\n",
            "id: home\n    style: {tense: present}\n",
            {"right-time": {"style"}, "the-end": {"style"}},
        ),
        ("lang: en\n", "lang: de\n", everywhere("style")),
    ],
)
def test_what_makes_a_text_stale(book: Path, old: str, new: str, expected: dict[str, set[str]]) -> None:
    assert expected == hard(after(book, old, new))


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("title: The last boat,", "title: The first boat,", {"~title"}),
        ("words: 600", "words: 700", {"~words"}),
        ("Grey water.", "Green water.", {"~codex:The sound"}),
        ("[Tobias explains.]", "[Tobias is silent.]", {"~next"}),
        ("title: Out", "title: Away", {"~title"}),
    ],
)
def test_what_makes_a_text_soft(book: Path, old: str, new: str, names: set[str]) -> None:
    assert names == after(book, old, new)["the-last-boat"] - {"~plan"}


def test_a_text_before_it_makes_a_section_soft_and_names_itself(book: Path) -> None:
    edited = changed(hashed(book), hashed(book, texts=TEXTS | {"the-last-boat": "One, edited."}))

    assert {"an-hour-owed": {"~tail:the-last-boat"}} == edited


def test_empty_lines_around_a_text_are_no_change(book: Path) -> None:
    assert hashed(book) == hashed(book, texts={id_: f"\r\n{text}\r\n\r\n" for id_, text in TEXTS.items()})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda root: (root / "notes/a.md").write_text("Other.\n"), {"an-hour-owed": {"source:notes/a.md"}}),
        (lambda root: (root / "notes/c.md").write_text("New.\n"), {"an-hour-owed": {"source:notes/c.md"}}),
        (lambda root: (root / "notes/b.md").unlink(), {"an-hour-owed": {"source:notes/b.md"}}),
        (lambda root: (root / "style/house.md").write_text("Be long.\n"), everywhere("guide:style/house.md")),
        (lambda root: (root / "style/mine.md").write_text("It shone.\n"), everywhere("sample:style/mine.md")),
        (lambda root: (root / "storygen.toml").write_text('model = "opus"\n'), everywhere("settings")),
        (lambda root: (root / "storygen.toml").write_text("retries = 2\n"), {}),
    ],
)
def test_files_beside_the_outline_count_where_they_are_told(
    book: Path, change: Callable[[Path], object], expected: dict[str, set[str]]
) -> None:
    before = hashed(book)
    change(book.parent)

    assert expected == changed(before, hashed(book))


def test_an_own_template_that_takes_the_place_of_a_shipped_one_counts(book: Path) -> None:
    before = hashed(book)
    own = book.parent / "templates/fiction/section/user.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text('{% extends "storygen/fiction/section/user.md.j2" %}')

    assert everywhere("template:fiction/section/user.md.j2") == changed(before, hashed(book))
