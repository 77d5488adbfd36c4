from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from storygen.cli.group import run
from tests.servers.scripted import Says, ScriptedServer

BOOK = "title: Book {name}\nwords: 200\nsections: [First {name}, Then {name}]\n"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in a folder with the outlines of three short books."""
    monkeypatch.chdir(tmp_path)
    names = ["a.yaml", "b.yaml", "c.yaml"]
    for name in names:
        Path(name).write_text(BOOK.format(name=name[0]))
    return names


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_book_is_written_and_told_by_its_name(
    shelf: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["write", *shelf, "--jobs", "4"])
    shown = capsys.readouterr().err

    assert (0, [True] * 3) == (code, [Path(name[0], "manuscript.md").exists() for name in shelf])
    assert [True] * 3 == [f" ✓ {name}: first-{name[0]}" in shown for name in shelf]


def test_every_book_has_a_last_event_with_its_code(
    shelf: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["write", *shelf, "--jobs", "4", "--json"])
    found = lines(capsys)

    assert [("a.yaml", 0), ("b.yaml", 0), ("c.yaml", 0)] == sorted(
        (each["outline"], each["code"]) for each in found if each["event"] == "book"
    )
    assert {"a.yaml", "b.yaml", "c.yaml"} == {each["outline"] for each in found if each["event"] == "section"}


def test_an_outline_that_cannot_be_read_stops_no_other(
    shelf: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("b.yaml").write_text("sectoins: []\n")
    code = run(["write", *shelf, "--json"])

    assert (2, {"a.yaml": 0, "b.yaml": 2, "c.yaml": 0}) == (
        code,
        {str(each["outline"]): each["code"] for each in lines(capsys) if each["event"] == "book"},
    )


def test_the_last_line_names_the_books_that_failed(
    shelf: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("b.yaml").write_text("sectoins: []\n")
    run(["write", *shelf])

    assert "2 of 3 books are whole; not b.yaml (2)." == capsys.readouterr().err.splitlines()[-1]


def test_that_books_were_rehearsed_is_said_once(shelf: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run(["write", *shelf])

    assert 1 == capsys.readouterr().err.count("Rehearsed by the built-in model")


def test_a_book_that_is_named_twice_is_written_once(
    shelf: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["write", *shelf, "./a.yaml", "--json"])

    assert (0, 3) == (code, sum(each["event"] == "book" for each in lines(capsys)))


@pytest.mark.parametrize("command", ["write", "status", "build", "log", "provenance", "review"])
def test_one_folder_does_not_hold_several_books(shelf: list[str], command: str) -> None:
    assert (2, False) == (run([command, *shelf, "--book", "all"]), Path("all").exists())


def test_a_setting_that_makes_no_sense_is_said_once(
    shelf: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["write", *shelf, "--jobs", "0"])

    assert (2, 1) == (code, capsys.readouterr().err.count("--jobs is `0`"))


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("names", [["a.yaml"], ["a.yaml", "b.yaml"]], ids=len)
def test_the_last_event_of_a_book_that_was_stopped_has_its_totals(
    capsys: pytest.CaptureFixture[str], names: list[str]
) -> None:
    with ScriptedServer(lambda _: Says("One two three. " * 33)) as server:
        run(["write", *names, "--max-calls", "1", "--json", "--base-url", server.url])
    found = lines(capsys)
    (paid,) = [each for each in found if each["event"] == "section"]
    book = next(each for each in found if each["event"] == "book" and each["outline"] == "a.yaml")

    assert (3, "missing", paid["words"], paid["usage"], paid["cost"]) == (
        book["code"],
        book["state"],
        *(book["total"][name] for name in ("words", "usage", "cost")),
    )


@pytest.mark.usefixtures("shelf")
def test_the_last_event_of_a_book_comes_when_it_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.yaml").write_text("title: B\nwords: 900\nsections: [B, C, D, E, F, G]\n")
    run(["write", "b.yaml", "a.yaml", "--json", "--jobs", "2"])
    found = [(each["outline"], each["event"]) for each in lines(capsys)]

    assert (("b.yaml", "book"), True) == (found[-1], ("a.yaml", "book") in found[:-2])


def test_what_stopped_one_book_is_said_with_its_name(
    shelf: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["write", *shelf, "--max-calls", "3", "--jobs", "4"])
    shown = " ".join(capsys.readouterr().err.split())

    assert (3, True) == (code, "the 3 calls of this run are used up" in shown)


def test_where_the_key_goes_is_said_once(shelf: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with ScriptedServer(lambda _: Says("One two three. " * 33)) as server:
        run(["write", *shelf, "--jobs", "4", "--base-url", server.url])

    assert 1 == capsys.readouterr().err.count("gets no key")


def test_one_file_does_not_hold_several_books(shelf: list[str]) -> None:
    assert 2 == run(["write", *shelf, "-o", "all.md"])
