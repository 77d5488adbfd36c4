from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from storygen.book.view import view_journal
from storygen.cli.group import run
from storygen.desk.check import check
from storygen.outline.read import read_outline
from storygen.rehearsal.answer import said
from storygen.rehearsal.conversation import read_conversation
from storygen.text.words import count_words
from tests.servers.scripted import Asked, Behaviour, Fails, Says, ScriptedServer

EXAMPLES = Path(__file__).parents[2] / "examples" / "requests"
NAMES = ("novella", "handbook", "brief")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with the three examples, and a paragraph."""
    for name in NAMES:
        shutil.copy(EXAMPLES / f"{name}.md", tmp_path)
    (tmp_path / "paragraph.md").write_text(
        "A tale of 3,000 words: Anna meets Tom on the pier.", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Callable[[ScriptedServer], None]:
    """Make a server the endpoint of the commands that follow."""

    def use(server: ScriptedServer) -> None:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-sentinel")

    return use


def right(asked: Asked) -> str:
    """Return a plan that answers a request as it should be answered."""
    return said(read_conversation(asked.json))


def answers(asked: Asked) -> Behaviour:
    return Says(right(asked))


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("name", NAMES)
def test_an_example_becomes_an_outline_without_a_finding(name: str) -> None:
    code = run(["plan", f"{name}.md", "-o", "outline.yaml", "-q"])

    assert (0, ()) == (code, check(Path("outline.yaml")).findings)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("name", NAMES)
def test_a_server_that_does_it_wrong_first_is_put_right(
    name: str, configured: Callable[[ScriptedServer], None]
) -> None:
    """Broken, then cut off, then right; every piece too long by half before it is right."""
    pieces: dict[str, int] = {}

    def script(asked: Asked) -> Behaviour:
        task = asked.turns[0][1].partition("</task>")[0]
        tries = pieces[task] = pieces.get(task, 0) + 1
        whole = "Plan: the whole book" in task
        if whole and tries == 1:
            return Says("I would be glad to plan this book with you.\n\nShall we begin?")
        if whole and tries in {2, 3}:  # the second time with twice the room
            return Says(right(asked)[:200], stop="max_tokens")
        if tries == 1:
            return Says(f"Here it is.\n\n```yaml\n{longer(right(asked))}```\n")
        return Says(right(asked))

    with ScriptedServer(script) as server:
        configured(server)
        code = run(["plan", f"{name}.md", "-o", "outline.yaml", "-q"])

    assert (0, ()) == (code, check(Path("outline.yaml")).findings)
    assert {2, 4} == set(pieces.values())


def longer(reply: str) -> str:
    """Return a plan with every budget half as long again."""
    plan = yaml.safe_load(reply)
    level = next(name for name in ("chapters", "scenes", "pages", "sections") if name in plan)
    for node in plan[level]:
        node["words"] = node["words"] * 3 // 2
    return str(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False))


@pytest.mark.usefixtures("desk")
def test_what_is_still_wrong_is_told_and_the_outline_given_all_the_same(
    configured: Callable[[ScriptedServer], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with ScriptedServer(lambda asked: Says(longer(right(asked)))) as server:
        configured(server)
        code = run(["plan", "paragraph.md", "-o", "outline.yaml"])
    said = capsys.readouterr().err

    assert (1, 3_000) == (code, read_outline(Path("outline.yaml")).words)
    assert 2 == len(server.asked)  # the same reply twice leads to the same question, which is not paid for
    assert "warning[plan/words]: its 3 scenes come to 4,500 words, and the book has 3,000" in said
    assert "What is not as it should be yet" in Path("outline.yaml").read_text(encoding="utf-8")


@pytest.mark.usefixtures("desk")
def test_a_finding_points_at_the_chapter_that_it_is_about(
    configured: Callable[[ScriptedServer], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def script(asked: Asked) -> Behaviour:
        later = "What comes before it ends so" in asked.turns[0][1]
        return Says(longer(right(asked)) if later else right(asked))

    with ScriptedServer(script) as server:
        configured(server)
        run(["plan", "novella.md", "-o", "outline.yaml"])
    said = capsys.readouterr().err
    chapter = next(node for node in read_outline(Path("outline.yaml")).nodes[1:] if node.depth == 1)

    assert f"--> outline.yaml:{chapter.line}:" in said


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("name", ["novella", "handbook"])
def test_the_outline_can_be_written_at_once(name: str) -> None:
    run(["plan", f"{name}.md", "-o", "outline.yaml", "-q"])
    code = run(["write", "-q"])
    words = count_words(Path("manuscript.md").read_text(encoding="utf-8"))
    target = read_outline(Path("outline.yaml")).words

    assert (0, True) == (code, 0.9 * target < words < 1.2 * target)


@pytest.mark.usefixtures("desk")
def test_without_o_the_outline_is_the_only_thing_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["plan", "paragraph.md"])
    shown = capsys.readouterr().out

    assert (0, 3_000) == (code, sum(each["words"] for each in yaml.safe_load(shown)["scenes"]))
    assert not Path("outline.yaml").exists()


@pytest.mark.usefixtures("desk")
def test_the_journal_lies_in_the_book_of_the_outline_to_be() -> None:
    run(["plan", "paragraph.md", "-q"])
    run(["plan", "paragraph.md", "-o", "pier.yaml", "-q"])
    journals = (Path(".storygen/journal.db"), Path("pier/.storygen/journal.db"))
    for path in journals:
        with view_journal(path) as journal:
            assert {"plan"} == {attempt.owner for attempt in journal.attempts()}


@pytest.mark.usefixtures("desk")
def test_nothing_is_paid_for_twice(configured: Callable[[ScriptedServer], None]) -> None:
    with ScriptedServer(answers) as server:
        configured(server)
        run(["plan", "paragraph.md", "-q"])
        first = len(server.asked)
        code = run(["plan", "paragraph.md", "-o", "outline.yaml", "-q"])

    assert (0, first) == (code, len(server.asked))


@pytest.mark.usefixtures("desk")
def test_a_run_that_broke_off_goes_on(configured: Callable[[ScriptedServer], None]) -> None:
    bad: Iterator[Behaviour] = iter([Fails(403)])

    def script(asked: Asked) -> Behaviour:
        return Says(right(asked)) if "the whole book" in asked.turns[0][1] else next(bad, Says(right(asked)))

    with ScriptedServer(script) as server:
        configured(server)
        broken = run(["plan", "novella.md", "-o", "outline.yaml", "-q"])
        left = Path("outline.yaml").exists()
        code = run(["plan", "novella.md", "-o", "outline.yaml", "-q"])
    wholes = [asked for asked in server.asked if "the whole book" in asked.turns[0][1]]

    assert (4, False, 0, 1) == (broken, left, code, len(wholes))


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("ceiling", [["--max-calls", "1"], ["--budget", "0.30"]])
def test_a_ceiling_stops_it_and_more_of_it_goes_on(
    ceiling: list[str], configured: Callable[[ScriptedServer], None]
) -> None:
    with ScriptedServer(answers) as server:
        configured(server)
        stopped = run(["plan", "novella.md", "-o", "outline.yaml", "-q", *ceiling])
        asked = len(server.asked)
        code = run(["plan", "novella.md", "-o", "outline.yaml", "-q"])

    assert (3, True, 0) == (stopped, asked < 6, code)
    assert 6 == len(server.asked)


@pytest.mark.usefixtures("desk")
def test_a_plan_is_a_run_that_is_over_when_it_is_whole(
    configured: Callable[[ScriptedServer], None],
) -> None:
    with ScriptedServer(answers) as server:
        configured(server)
        run(["plan", "novella.md", "-o", "outline.yaml", "-q", "--max-calls", "1"])
        with view_journal(Path(".storygen", "journal.db")) as journal:
            stopped = journal.any_open
        run(["plan", "novella.md", "-o", "outline.yaml", "-q"])
        with view_journal(Path(".storygen", "journal.db")) as journal:
            assert (True, False) == (stopped, journal.any_open)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.md"], "nowhere.md does not exist"),
        (["."], ". is a folder"),
        (["empty.md"], "empty.md is empty"),
        (["latin.md"], "latin.md is not UTF-8"),
        (["nul.md"], "nul.md is no text: it holds NUL bytes"),
        (["refused.md"], "refused.md:2 holds the refusal test string"),
        (["huge.md"], "huge.md is larger than 1 MiB"),
        (["paragraph.md", "-o", "taken.yaml"], "taken.yaml is already there, and is never overwritten"),
        (["paragraph.md", "-o", "outline.md"], "outline.md is no name for an outline in YAML"),
        (["paragraph.md", "--words", "2000000"], "that wants your consent"),
        (["paragraph.md", "--budget", "lots"], "--budget is `lots`"),
    ],
)
def test_a_mistake_is_told_before_anything_is_sent(
    arguments: list[str],
    sentence: str,
    configured: Callable[[ScriptedServer], None],
    capsys: pytest.CaptureFixture[str],
    desk: Path,
) -> None:
    (desk / "empty.md").write_text(" \n")
    (desk / "latin.md").write_bytes("Größe".encode("latin-1"))
    (desk / "nul.md").write_bytes(b"a\0b")
    (desk / "refused.md").write_text("A\nANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL_1\n")
    (desk / "huge.md").write_bytes(b"a" * (1 << 20) + b"b")
    (desk / "taken.yaml").write_text("mine")
    with ScriptedServer([]) as server:
        configured(server)
        code = run(["plan", *arguments])

    assert (2, [], True) == (code, server.asked, sentence in capsys.readouterr().err)
    assert "mine" == (desk / "taken.yaml").read_text()


@pytest.mark.usefixtures("desk")
def test_an_outline_that_appears_meanwhile_is_not_overwritten(
    configured: Callable[[ScriptedServer], None],
) -> None:
    def script(asked: Asked) -> Behaviour:
        Path("outline.yaml").write_text("mine")
        return Says(right(asked))

    with ScriptedServer(script) as server:
        configured(server)
        code = run(["plan", "paragraph.md", "-o", "outline.yaml", "-q"])

    assert (5, "mine") == (code, Path("outline.yaml").read_text())


@pytest.mark.usefixtures("desk")
def test_a_request_can_come_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    source = SimpleNamespace(buffer=io.BytesIO(b"Anna meets Tom on the pier."), isatty=lambda: False)
    monkeypatch.setattr(sys, "stdin", source)
    code = run(["plan", "-", "-o", "outline.yaml", "--words", "2000", "-q"])

    assert (0, 2_000) == (code, read_outline(Path("outline.yaml")).words)


@pytest.mark.usefixtures("desk")
def test_a_folder_gets_an_outline_of_the_usual_name() -> None:
    Path("tale").mkdir()

    assert (0, True) == (
        run(["plan", "paragraph.md", "-o", "tale", "-q"]),
        Path("tale/outline.yaml").exists(),
    )


@pytest.mark.usefixtures("desk")
def test_the_kind_is_what_the_request_sounds_like_or_what_is_said() -> None:
    run(["plan", "handbook.md", "-o", "a.yaml", "-q"])
    run(["plan", "handbook.md", "-o", "b.yaml", "-q", "--kind", "fiction"])

    assert ["docs", "fiction"] == [read_outline(Path(name)).kind for name in ("a.yaml", "b.yaml")]


@pytest.mark.usefixtures("desk")
def test_the_first_line_leads_editors_to_the_schema() -> None:
    run(["plan", "paragraph.md", "-o", "pier.yaml", "-q"])
    first = Path("pier.yaml").read_text(encoding="utf-8").partition("\n")[0]

    assert "# yaml-language-server: $schema=./pier/.storygen/outline.schema.json" == first
    assert Path("pier/.storygen/outline.schema.json").exists()


@pytest.mark.usefixtures("desk")
def test_a_name_stays_in_its_comment() -> None:
    name = "a\ntitle: not mine\x1b[31m.md"
    shutil.copy("paragraph.md", name)
    run(["plan", name, "-o", "outline.yaml", "-q"])
    text = Path("outline.yaml").read_text(encoding="utf-8")

    assert ("The pier", False) == (read_outline(Path("outline.yaml")).title, "\x1b" in text)


@pytest.mark.usefixtures("desk")
def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["plan", "paragraph.md", "--json"])
    told = json.loads(capsys.readouterr().out)

    assert (0, None, True, True, 3, 3_000, [], 0.0) == (
        code,
        *(
            told[name]
            for name in ("outline", "rehearsed", "finished", "sections", "words", "findings", "cost")
        ),
    )
    assert told["text"].startswith("# yaml-language-server")


@pytest.mark.usefixtures("desk")
def test_a_refused_request_is_no_outline(
    configured: Callable[[ScriptedServer], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with ScriptedServer([Says("", stop="refusal")]) as server:
        configured(server)
        code = run(["plan", "paragraph.md", "-o", "outline.yaml"])

    assert (1, False) == (code, Path("outline.yaml").exists())
    assert "the model refused to plan this" in capsys.readouterr().err


@pytest.mark.usefixtures("desk")
def test_a_reply_that_is_no_plan_is_of_no_file_and_of_no_price_that_nobody_knows(
    configured: Callable[[ScriptedServer], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with ScriptedServer(lambda _: Says("I would begin with the sea.")) as server:
        configured(server)
        code = run(["plan", "paragraph.md", "-o", "outline.yaml", "--model", "my-model"])
    said = capsys.readouterr().err

    assert (1, 1, False, False) == (code, said.count("Planned by my-model."), "-->" in said, "$" in said)


OWN = """\
{% extends "storygen/fiction/plan/user.md.j2" %}
{% block closing %}{{ super() }}
No WORDS.{% endblock %}
"""


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("word", "code", "told"), [("puns", 0, True), ("{{ prt }}", 2, False)])
def test_a_block_of_a_template_can_be_ones_own(
    word: str,
    code: int,
    told: bool,  # noqa: FBT001 - a case
    configured: Callable[[ScriptedServer], None],
) -> None:
    own = Path("templates/fiction/plan/user.md.j2")
    own.parent.mkdir(parents=True)
    own.write_text(OWN.replace("WORDS", word), encoding="utf-8")
    with ScriptedServer(answers) as server:
        configured(server)
        found = run(["plan", "novella.md", "-o", "outline.yaml"])

    assert (code, told) == (found, bool(server.asked))
    assert all("No puns." in asked.turns[0][1] for asked in server.asked)


@pytest.mark.usefixtures("desk")
def test_the_key_is_nowhere(configured: Callable[[ScriptedServer], None]) -> None:
    with ScriptedServer(answers) as server:
        configured(server)
        run(["plan", "paragraph.md", "-o", "outline.yaml"])

    texts = [path.read_bytes() for path in Path().rglob("*") if path.is_file()]
    assert not any(b"sentinel" in text for text in texts)


def test_it_runs_as_a_process_of_its_own(desk: Path) -> None:
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    result = subprocess.run(
        [sys.executable, "-m", "storygen", "plan", "-", "--words", "1500"],
        cwd=desk,
        env=environ,
        input="Anna meets Tom on the pier. They never speak of the war.",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (0, True, True) == (
        result.returncode,
        result.stdout.startswith("# yaml-language-server"),
        "Rehearsed by the built-in model" in result.stderr,
    )


def test_what_is_no_outline_is_told_of_plan(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["write", str(desk / "paragraph.md")])

    assert (2, True) == (code, "storygen plan" in capsys.readouterr().err)
