from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from storygen.cli.group import run

BOAT = "the-last-boat"


@pytest.fixture(autouse=True)
def book(tale: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Stand in the folder of a book that is written."""
    monkeypatch.chdir(tale.parent)
    run(["write", "-q"])
    capsys.readouterr()
    return tale.parent


def edit(book: Path) -> Path:
    """Change the first draft by hand."""
    draft = book / "drafts" / "01-the-last-boat.md"
    draft.write_text(draft.read_text().rstrip() + "\n\nAnd then it rained.\n")
    return draft


def listed(capsys: pytest.CaptureFixture[str], id_: str = BOAT) -> list[dict[str, object]]:
    """Return what `versions --json` lists."""
    capsys.readouterr()
    run(["versions", id_, "--json"])
    document = json.loads(capsys.readouterr().out)
    found: list[dict[str, object]] = document["versions"]
    return found


class Terminal(io.StringIO):
    """A person who types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["rewrite"], 2, "rewrite wants the ids of sections"),
        (["diff", "the-last-boat"], 2, "the-last-boat has only one text"),
        (["rewrite", "the-last-boat", "-m", " "], 2, "the note is empty"),
        (["continue", "the-last-boat", "-m", ""], 2, "the note is empty"),
        (["rewrite", "the-last-baot"], 2, "did you mean `the-last-boat`?"),
        (["rewrite", BOAT, "--variants", "0"], 2, "--variants"),
        (["continue"], 2, "continue wants one section id"),
        (["continue", BOAT, "right-time"], 2, "continue wants one section id"),
        (["versions"], 2, "storygen versions ID"),
        (["diff", BOAT, "1", "2", "3"], 2, "storygen diff ID [VERSION] [VERSION]"),
        (["diff", BOAT], 2, "only one text"),
        (["restore", BOAT], 2, "storygen restore ID VERSION"),
        (["restore", BOAT, "two"], 2, "`two` is no version"),
        (["restore", BOAT, "0"], 2, "`0` is no version"),
        (["restore", BOAT, "7"], 2, "there is no version 7"),
        (["use", BOAT, "1"], 2, "no variant of its last rewrite"),
    ],
)
def test_a_mistake_gets_its_sentence_and_its_code(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (code, True) == (run(arguments), words in " ".join(capsys.readouterr().err.split()))


def test_a_rewrite_says_how_to_get_the_old_text_back(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["rewrite", BOAT, "-m", "colder"])

    assert (0, True) == (code, "`storygen restore the-last-boat 1` brings back" in capsys.readouterr().err)


def test_variants_say_how_to_take_another(capsys: pytest.CaptureFixture[str]) -> None:
    run(["rewrite", BOAT, "--variants", "2"])

    assert "`storygen use the-last-boat N` takes another of 2, 3" in capsys.readouterr().err


def test_another_variant_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    run(["rewrite", BOAT, "--variants", "2"])
    run(["use", BOAT, "3"])

    assert [False, False, True] == [each["in_use"] for each in listed(capsys)]


def test_where_nobody_can_be_asked_no_yes_means_no(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = edit(book).read_bytes()
    code = run(["rewrite", BOAT])

    assert (2, before, True) == (code, edited(book), "add --yes" in capsys.readouterr().err)


def edited(book: Path) -> bytes:
    """Return the first draft."""
    return (book / "drafts" / "01-the-last-boat.md").read_bytes()


@pytest.mark.parametrize(("answer", "code", "kept"), [("y\n", 0, False), ("n\n", 2, True), ("\n", 2, True)])
def test_a_person_is_asked_and_heard(
    answer: str,
    code: int,
    kept: bool,  # noqa: FBT001 - a parameter of the test
    book: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = edit(book).read_bytes()
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    result = run(["rewrite", BOAT, "-m", "colder"])
    shown = " ".join(capsys.readouterr().err.split())

    assert (code, kept, True) == (
        result,
        before == edited(book),
        "the-last-boat has 4 words of your own edits since it was written. Your text is saved as version 2 "
        "and is given to the model as the text to revise. Go on? [y/N]" in shown,
    )


def test_yes_answers_beforehand(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(book)
    run(["rewrite", BOAT, "-m", "colder", "--yes"])

    assert ["claude-sonnet-5-5", "you", "claude-sonnet-5-5"] == [each["by"] for each in listed(capsys)]


def test_an_edit_comes_back(book: Path) -> None:
    before = edit(book).read_bytes()
    run(["rewrite", BOAT, "--yes"])
    run(["restore", BOAT, "2"])

    assert before == edited(book)


def test_versions_are_shown_in_a_table(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(book)
    run(["versions", BOAT])
    first, second = capsys.readouterr().out.splitlines()[1:]

    assert ("claude-sonnet-5-5 (rehearsed)" in first, second.split()[0], second.split()[3:]) == (
        True,
        "2",
        ["you", second.split()[4], "in", "use"],
    )


def test_a_difference_goes_to_stdout(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(book)
    run(["diff", BOAT])
    lines = capsys.readouterr().out.splitlines()

    assert (["--- the-last-boat version 1", "+++ the-last-boat version 2"], "+And then it rained.") == (
        lines[:2],
        lines[-1],
    )


def test_a_difference_by_words(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(book)
    run(["diff", BOAT, "1", "2", "--words"])

    assert "{+And then it rained.+}" in capsys.readouterr().out


def test_a_continuation_keeps_every_character(book: Path) -> None:
    before = edit(book).read_text().rstrip()
    code = run(["continue", BOAT, "--words", "60"])
    after = edited(book).decode()

    assert (0, True) == (code, after.startswith(before) and len(after) > len(before) + 60)


def test_json_has_the_versions_and_what_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["rewrite", BOAT, "--variants", "2", "--json"])
    (section,) = json.loads(capsys.readouterr().out)["sections"]

    assert (0, 2, [2, 3], 1, 0.0) == (
        code,
        section["version"],
        section["variants"],
        section["replaced"],
        section["cost"],
    )


def test_a_rehearsal_says_that_it_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    run(["rewrite", BOAT])

    assert "Rehearsed by the built-in model" in capsys.readouterr().err


def test_what_is_not_written_has_nothing_to_compare(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (book / "outline.yaml").open("a", encoding="utf-8") as outline:
        outline.write("  - title: One more\n")

    assert (2, True) == (run(["diff", "one-more"]), "one-more has no text yet" in capsys.readouterr().err)


def test_a_draft_that_its_author_emptied_is_rewritten_like_any_other(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = book / "drafts" / "01-the-last-boat.md"
    draft.write_bytes(b"")

    assert 0 == run(["rewrite", BOAT, "--yes"])
    assert [(1, False), (2, False), (3, True)] == [
        (each["version"], each["in_use"]) for each in listed(capsys)
    ]
