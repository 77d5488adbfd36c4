from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storygen.cli.group import run
from tests.servers.scripted import Asked, Behaviour, Fails, Says, ScriptedServer

SECTIONS = ("the-last-boat", "an-hour-owed", "right-time")
TEXT = "Ines came late. Nobody was there. The lamp was dark, and the tide was out."
REVIEW = """\
Gladly!

```yaml
findings:
- quote: Ines came late.
  rule: Opening
  why: "It tells: it does not show."
  suggestion: Ines came at ten past nine.
- quote: Nobody was there
  rule: beat
  why: The saloon is missing.
- quote: The lamp was dark
  rule: continuity
  why: It was lit before.
  suggestion: The lamp burned low
- quote: a lamp that is not there
  rule: cliché
  why: Everybody says so.
  suggestion: x
```
"""


@pytest.fixture(autouse=True)
def home(tale: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the folder of the tale."""
    monkeypatch.chdir(tale.parent)
    return tale.parent


class Model:
    """Writes every section alike, and answers a review as it is told to."""

    def __init__(self) -> None:
        self.review: Behaviour = Says(REVIEW)
        self.reviewed: list[Asked] = []

    def script(self, asked: Asked) -> Behaviour:
        if "<text>" not in asked.turns[-1][1]:
            return Says(TEXT)
        self.reviewed.append(asked)
        return self.review


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Model]:
    """Have a server write the book, and stay the endpoint of the commands that follow."""
    model = Model()
    with ScriptedServer(model.script) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-sentinel")
        assert 0 == run(["write", "-q"])
        capsys.readouterr()
        yield model


def draft(home: Path) -> str:
    return (home / "drafts" / "01-the-last-boat.md").read_text(encoding="utf-8")


def reviewed(capsys: pytest.CaptureFixture[str], *flags: str) -> dict[str, Any]:
    capsys.readouterr()
    run(["review", "the-last-boat", "--model", "--json", *flags])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_a_rehearsal_finds_something_in_every_section(capsys: pytest.CaptureFixture[str]) -> None:
    run(["write", "-q"])
    capsys.readouterr()
    code = run(["review", "--model", "--json"])
    told = json.loads(capsys.readouterr().out)

    assert (0, True, [*SECTIONS]) == (code, told["rehearsed"], [each["id"] for each in told["reviews"]])
    assert all(each["findings"] for each in told["reviews"])


@pytest.mark.usefixtures("model")
def test_a_finding_has_number_place_quote_and_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    findings = reviewed(capsys)["reviews"][0]["findings"]

    assert [
        (1, "model/opening", 6, 1, "Ines came late.", "Ines came at ten past nine."),
        (2, "model/beat", 6, 17, "Nobody was there", None),
        (3, "model/continuity", 6, 35, "The lamp was dark", "The lamp burned low"),
    ] == [
        tuple(each[name] for name in ("number", "rule", "line", "column", "quote", "suggestion"))
        for each in findings
    ]


@pytest.mark.usefixtures("model")
def test_findings_are_drawn_and_numbered(capsys: pytest.CaptureFixture[str]) -> None:
    run(["review", "the-last-boat", "--model"])
    shown = capsys.readouterr()

    assert (
        "note[model/opening]: 1. It tells: it does not show.\n  --> drafts/01-the-last-boat.md:6:1"
        in shown.out
    )
    assert "help: storygen review the-last-boat --apply 1 puts in its place:" in shown.out
    assert "help: storygen rewrite the-last-boat -m …" in shown.out
    assert "1 finding is left out of the review of the-last-boat: not in its text exactly once" in shown.err


@pytest.mark.usefixtures("model")
def test_a_review_changes_nothing(home: Path) -> None:
    before = draft(home)
    run(["review", "--model", "-q"])

    assert before == draft(home)


def test_a_review_that_is_there_is_not_paid_for_again(
    model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (reviewed(capsys)["reviews"] for _ in range(2))

    assert (first, 1) == (second, len(model.reviewed))


def test_the_model_is_told_card_text_and_findings(model: Model, home: Path) -> None:
    path = home / "drafts" / "01-the-last-boat.md"
    path.write_text(draft(home).replace("dark,", "dark (Word count: 9),"), encoding="utf-8")
    path.write_text(draft(home) + "\nWord count: 120\n", encoding="utf-8")
    run(["review", "the-last-boat", "--model", "-q"])
    asked = model.reviewed[0].turns[-1][1]

    assert "Ines boards the ferry with a toolbox." in asked
    assert "- residue: “Word count: 120”:" in asked
    assert "Conventions" in str(model.reviewed[0].json["system"])


@pytest.mark.usefixtures("model")
def test_only_what_is_named_is_put_in_its_place(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = draft(home)
    run(["review", "the-last-boat", "--model", "-q"])
    code = run(["review", "the-last-boat", "--apply", "1,2"])

    assert (0, before.replace("Ines came late.", "Ines came at ten past nine.")) == (code, draft(home))
    said = capsys.readouterr().err
    assert "the-last-boat has the words of 1 now; `storygen restore the-last-boat 1` brings" in said
    assert "2 is left: it suggests no other words" in said
    assert "ten past nine" in (home / "manuscript.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("model")
def test_the_text_before_is_a_version_and_the_new_one_its_authors(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = draft(home)
    run(["review", "the-last-boat", "--model", "-q"])
    run(["review", "the-last-boat", "--apply", "all", "-q"])
    capsys.readouterr()
    run(["status", "--json"])
    states = [each["state"] for each in json.loads(capsys.readouterr().out)["sections"]]
    run(["restore", "the-last-boat", "1", "-q"])

    assert ("edited", before) == (states[0], draft(home))


@pytest.mark.usefixtures("model")
def test_words_that_were_suggested_stay_a_models(capsys: pytest.CaptureFixture[str]) -> None:
    run(["review", "the-last-boat", "--model", "-q"])
    run(["review", "the-last-boat", "--apply", "1", "-q"])
    capsys.readouterr()
    run(["provenance"])

    assert "0 (0%) were written or changed by hand" in capsys.readouterr().out


@pytest.mark.usefixtures("model")
def test_a_quote_that_its_author_changed_is_left(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["review", "the-last-boat", "--model", "-q"])
    path = home / "drafts" / "01-the-last-boat.md"
    path.write_text(draft(home).replace("came late", "came very late"), encoding="utf-8")
    before = draft(home)
    code = run(["review", "the-last-boat", "--apply", "1"])

    assert (0, before) == (code, draft(home))
    assert "1 is left: its words are no longer in the text exactly once" in capsys.readouterr().err


def test_a_third_round_wants_an_edit_of_its_author(
    model: Model, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = []
    for number in ("1", "3"):
        rounds.append(reviewed(capsys)["reviews"][0]["round"])
        model.review = Says(REVIEW.replace("Ines came late.", "Ines came at ten past nine."))
        run(["review", "the-last-boat", "--apply", number, "-q"])
    refused = run(["review", "the-last-boat", "--model"])
    said = capsys.readouterr().err
    path = home / "drafts" / "01-the-last-boat.md"
    path.write_text(draft(home) + "\nShe waited.\n", encoding="utf-8")

    assert ([1, 2], 2) == (rounds, refused)
    assert "the-last-boat was reviewed 2 times, and has only changed by what was suggested" in said
    assert 1 == reviewed(capsys)["reviews"][0]["round"]


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (Says("A fine text. Nothing to add!"), "the reply is no review"),
        (Says("findings: [{quote: Ines", stop="refusal"), "the model declined"),
        (Fails(400), "could not be reviewed"),
    ],
)
def test_a_section_of_which_no_review_comes_is_said(
    model: Model, behaviour: Behaviour, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    model.review = behaviour
    code = run(["review", "the-last-boat", "--model"])

    assert (1, True) == (code, why in capsys.readouterr().err)


def test_a_key_that_is_refused_ends_the_run(model: Model) -> None:
    model.review = Fails(401)

    assert (4, 1) == (run(["review", "--model", "-q"]), len(model.reviewed))


def test_a_budget_bounds_a_review(model: Model) -> None:
    assert (3, 0) == (run(["review", "--model", "--budget", "0.0001", "-q"]), len(model.reviewed))


@pytest.mark.usefixtures("model")
def test_a_program_is_told_what_was_taken_and_what_was_left(capsys: pytest.CaptureFixture[str]) -> None:
    run(["review", "the-last-boat", "--model", "-q"])
    capsys.readouterr()
    run(["review", "the-last-boat", "--apply", "3,2", "--json"])
    told = json.loads(capsys.readouterr().out)

    assert ("the-last-boat", [3], 1) == tuple(told[name] for name in ("id", "taken", "replaced"))
    assert [{"number": 2, "why": "it suggests no other words"}] == told["left"]


def test_placeholder_prose_is_not_reviewed_for_money(
    model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["rewrite", *SECTIONS, "--rehearse", "--yes", "-q"])
    capsys.readouterr()
    codes = [run(["review", *ids, "--model"]) for ids in ([], ["right-time"])]
    said = capsys.readouterr().err

    assert ([0, 2], 0) == (codes, len(model.reviewed))
    assert "left out, as placeholder prose of the built-in model: 3" in said
    assert "right-time is placeholder prose of the built-in model" in said


@pytest.mark.usefixtures("model")
def test_findings_fail_only_where_that_is_wanted() -> None:
    assert [0, 1] == [run(["review", "the-last-boat", "--model", "-q", *more]) for more in ([], ["--strict"])]


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--apply", "1"], "--apply wants one section id"),
        (["the-last-boat", "--apply", "x"], "`x` is no number of a finding"),
        (["the-last-boat", "--apply", ""], "`` is no number of a finding"),
        (["the-last-boat", "--apply", "4"], "the review of the-last-boat has no number 4"),
        (["the-last-boat", "--apply", "0"], "the review of the-last-boat has no number 0"),
        (["right-time", "--apply", "all"], "right-time has not been reviewed"),
        (["the-last-bot", "--apply", "all"], "has no section `the-last-bot`"),
        (["the-last-boat", "--apply", "1", "--model"], "--apply sends nothing"),
        (["the-last-bot", "--model"], "has no section `the-last-bot`"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(
    words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["review", "the-last-boat", "--model", "-q"])
    capsys.readouterr()

    assert (2, True) == (run(["review", *words]), why in capsys.readouterr().err)


@pytest.mark.usefixtures("model")
def test_a_final_section_is_reviewed_and_stays(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "drafts" / "01-the-last-boat.md"
    path.write_text(draft(home).replace("status: draft", "status: final"), encoding="utf-8")
    before = draft(home)
    codes = [run(["review", "the-last-boat", *more]) for more in (["--model", "-q"], ["--apply", "all"])]

    assert ([0, 2], before) == (codes, draft(home))
    assert "the-last-boat is final, and stays as it is" in capsys.readouterr().err


def test_what_is_not_written_is_not_reviewed(capsys: pytest.CaptureFixture[str]) -> None:
    codes = [run(["review", *ids, "--model", "--rehearse"]) for ids in ([], ["right-time"])]
    shown = capsys.readouterr()

    assert [0, 2] == codes
    assert ("Nothing was reviewed" in shown.out, "right-time is not written yet" in shown.err) == (True, True)


def test_where_there_is_nothing_to_review_no_key_is_wanted() -> None:
    assert 0 == run(["review", "--model", "claude-opus-4-5"])


def test_advice_of_the_built_in_model_stays_out_of_a_paid_text(
    model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["review", "the-last-boat", "--rehearse", "-q"])
    code = run(["review", "the-last-boat", "--apply", "all"])

    assert (2, 0) == (code, len(model.reviewed))
    assert "the review of the-last-boat was rehearsed, and its text was not" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["--model", "the-last-boat"], ["--model", "outline.yaml", "the-last-boat"]]
)
def test_a_bare_model_takes_no_name_for_its_own(words: list[str], model: Model) -> None:
    assert (0, 1) == (run(["review", "-q", *words]), len(model.reviewed))


def test_another_model_may_review(model: Model) -> None:
    run(["review", "the-last-boat", "--model", "claude-opus-4-5", "-q"])

    assert ["claude-opus-4-5"] == [each.json["model"] for each in model.reviewed]
