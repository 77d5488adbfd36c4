from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from storygen.cli.group import COMMANDS, run, storygen
from storygen.cli.naming import ids_here

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _inside(tale: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tale.parent)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_its_line_in_the_table(name: str) -> None:
    command = storygen.get_command(click.Context(storygen), name)

    assert command is not None
    assert COMMANDS[name].summary == (command.help or "").split("\n")[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"storygen {name}" in README


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["wirte"], 2, "Did you mean 'write'?"),
        (["write", "--modle", "x"], 2, "--model"),
        (["write", "the-last-baot"], 2, "did you mean `the-last-boat`?"),
        (["write", "--from", "nowhere"], 2, "has no section `nowhere`"),
        (["write", "missing.yaml"], 2, "missing.yaml"),
        (["write", "--max-tokens", "many"], 2, "--max-tokens is `many`"),
        (["write", "--temperature", "7"], 2, "a number from 0 to 1"),
        (["write", "-o", "-", "--stream"], 2, "stdout cannot hold both"),
        (["write", "--base-url", "ftp://x"], 2, "base URL"),
        (["write", "--base-url", "http://example.org"], 2, "plain http"),
        (["prompt"], 2, "prompt wants one section id"),
        (["prompt", "nobody"], 2, "has no section `nobody`"),
        (["templates", "show", "fiction/nothing"], 2, "there is no template"),
        (["init"], 2, "init wants a folder"),
        (["init", "x", "--from", "nowel"], 2, "did you mean `novel`?"),
        (["init", "."], 5, "already has outline.yaml"),
    ],
)
def test_a_mistake_gets_its_sentence_and_its_code(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (code, True) == (run(arguments), words in " ".join(capsys.readouterr().err.split()))


def test_an_empty_folder_is_told_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert (2, True) == (run(["write"]), "storygen init" in capsys.readouterr().err)


def test_a_key_in_the_books_folder_is_an_error(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tale.parent / "storygen.toml").write_text('api_key = "sk-ant-1"\n')

    assert (2, True) == (run(["write"]), "holds a key" in capsys.readouterr().err)


def test_write_rehearses_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["write"])
    shown = capsys.readouterr()

    assert (0, "", True) == (code, shown.out, "Rehearsed by the built-in model" in shown.err)


def test_a_pipe_gets_one_plain_line_per_section(capsys: pytest.CaptureFixture[str]) -> None:
    run(["write"])

    assert 3 == sum(line.startswith(" ✓ ") for line in capsys.readouterr().err.splitlines())


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run(["write", "-q"])

    assert ("", "") == capsys.readouterr()


def test_the_manuscript_goes_to_stdout_when_asked(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["write", "-q", "-o", "-"])

    assert (tale.parent / "manuscript.md").read_text() == capsys.readouterr().out


def test_stream_shows_the_prose_on_stdout(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["write", "--stream", "--limit", "1"])
    prose = (tale.parent / "drafts" / "01-the-last-boat.md").read_text().split("---\n", 2)[2].strip()

    assert prose in capsys.readouterr().out


def test_stretches_stream_as_the_paragraphs_that_they_are(
    tale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tale.write_text("title: Long\nsections: [{title: One, words: 2000}]\n")
    run(["write", "--stream"])
    prose = (tale.parent / "drafts" / "01-one.md").read_text().split("---\n", 2)[2].strip()

    assert prose in capsys.readouterr().out


def test_json_events_end_with_the_book(capsys: pytest.CaptureFixture[str]) -> None:
    run(["write", "--json"])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert ({1}, "book", 0) == (
        {event["storygen"] for event in events},
        events[-1]["event"],
        events[-1]["code"],
    )


def test_a_dry_run_sends_nothing_and_needs_no_key(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["write", "--dry-run", "--model", "opus"])
    shown = capsys.readouterr().out

    assert (0, True, False) == (code, "3 calls" in shown, (tale.parent / "drafts").exists())
    assert "claude-opus-5-5" in shown


def test_a_dry_run_counts_the_calls_of_long_sections(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tale.write_text("title: Long\nsections: [{title: One, words: 4000}, {title: Two, words: 900}]\n")
    run(["write", "--dry-run"])
    head, one, two, foot = (line.split() for line in capsys.readouterr().out.splitlines()[2:6])

    assert ["section", "words", "calls"] == head[:3]
    assert (["one", "4,000", "3"], ["two", "900", "1"], ["4", "calls", "4,900", "4"]) == (
        one[:3],
        two[:3],
        foot[:4],
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--limit", "1"], ["the-last-boat"]),
        (["--to", "an-hour-owed"], ["the-last-boat", "an-hour-owed"]),
        (["the-last-boat"], ["the-last-boat"]),
    ],
)
def test_a_selection_writes_what_it_names(
    arguments: list[str], expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["write", "--json", *arguments])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert expected == [event["id"] for event in events if event["event"] == "section"]


def test_a_section_out_of_order_is_held_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert (1, True) == (run(["write", "right-time"]), "Held back: right-time" in capsys.readouterr().err)


def test_status_counts_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    run(["write", "-q", "--limit", "1"])
    run(["status", "--json"])
    status = json.loads(capsys.readouterr().out)

    assert ["rehearsed", "missing", "missing"] == [section["state"] for section in status["sections"]]


def test_status_of_several_outlines_is_a_list(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tale.parent / "other.yaml"
    other.write_text("title: Other\nsections: [{title: One}]\n")
    run(["status", "outline.yaml", "other.yaml", "--json"])

    assert ["outline.yaml", "other.yaml"] == [
        book["outline"] for book in json.loads(capsys.readouterr().out)["books"]
    ]


def test_two_outlines_have_two_books(tale: Path) -> None:
    (tale.parent / "other.yaml").write_text("title: Other\nsections: [{title: One}]\n")
    run(["write", "-q", "outline.yaml", "other.yaml"])

    assert (tale.parent / "other" / "manuscript.md").exists()


def test_check_finds_nothing_in_a_good_outline() -> None:
    assert 0 == run(["check", "--strict"])


def test_check_looks_for_sources_where_the_environment_says(
    tale: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tale.write_text("title: T\nkind: docs\nsources: [code.py]\npages: [A]\n")
    (tmp_path / "code.py").write_text("print()\n")
    codes = [run(["check"])]
    monkeypatch.setenv("STORYGEN_SOURCE_ROOT", str(tmp_path))

    assert [1, 0] == [*codes, run(["check"])]


def test_ids_are_completed_where_sources_lie_elsewhere(
    tale: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tale.write_text("title: T\nkind: docs\nsources: [code.py]\npages: [Anchor, Boat]\n")
    (tmp_path / "code.py").write_text("print()\n")
    monkeypatch.setenv("_STORYGEN_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"storygen prompt --source-root {tmp_path} an")
    monkeypatch.setenv("COMP_CWORD", "4")
    with pytest.raises(SystemExit):
        storygen.main(prog_name="storygen")

    assert "plain,anchor\n" == capsys.readouterr().out


def test_check_shows_mistakes_and_ends_with_one(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tale.write_text(tale.read_text().replace("beats:", "baets:"))

    assert (1, True) == (run(["check"]), "did you mean `beats`?" in capsys.readouterr().err)


def test_build_compiles_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    run(["write", "-q", "--limit", "1"])
    run(["build", "-o", "-", "--clean"])

    assert "<!-- storygen: the-last-boat -->" not in capsys.readouterr().out


def test_prompt_shows_messages_on_stdout_and_parts_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    run(["prompt", "an-hour-owed"])
    shown = capsys.readouterr()

    assert ("Title: An hour owed" in shown.out, "card" in shown.err) == (True, True)


def test_an_ejected_template_comes_first(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["templates", "eject", "fiction/section/user.md.j2"])
    own = tale.parent / "templates" / "fiction" / "section" / "user.md.j2"
    own.write_text(own.read_text() + "\nNever open with the weather.\n")
    run(["prompt", "the-last-boat"])

    assert "Never open with the weather." in capsys.readouterr().out


def test_a_broken_template_is_named_with_its_line(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tale.parent / "templates" / "fiction" / "section" / "user.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text("One.\n{{ section.titel }}\n")

    assert (2, True) == (run(["write"]), "user.md.j2:2" in capsys.readouterr().err)


def test_completion_knows_the_section_ids() -> None:
    assert ["the-last-boat", "an-hour-owed", "right-time"] == ids_here(())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (0, True) == (run(["completion", shell]), "_STORYGEN_COMPLETE" in capsys.readouterr().out)


def test_config_says_where_a_value_comes_from(
    tale: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STORYGEN_MODEL", "opus")
    (tale.parent / "storygen.toml").write_text("max_tokens = 900\n")
    run(["config", "--json"])
    settings = json.loads(capsys.readouterr().out)["settings"]

    assert ({"value": "opus", "origin": "environment"}, {"value": 900, "origin": "storygen.toml"}) == (
        settings["model"],
        settings["max_tokens"],
    )


def test_control_characters_never_reach_the_screen(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tale.write_text('title: A\nsections:\n  - title: "x\\e[31mred"\n    wrods: 1\n')
    run(["check"])

    assert "\x1b" not in capsys.readouterr().err


def test_more_sections_than_any_book_has_want_consent(tale: Path, capsys: pytest.CaptureFixture[str]) -> None:
    titles = "".join(f"  - Gate {number}\n" for number in range(5_001))
    tale.write_text(f"title: Big\nsections:\n{titles}")
    code = run(["write"])
    said = " ".join(capsys.readouterr().err.split())

    assert (2, True) == (code, "5,001 sections, about $98.02 for the text alone" in said), said
    assert 0 == run(["write", "-q", "--limit", "1"])


def test_a_dry_run_without_a_key_says_that_write_rehearses(capsys: pytest.CaptureFixture[str]) -> None:
    run(["write", "--dry-run"])

    assert "Without a key `write` rehearses" in capsys.readouterr().out
