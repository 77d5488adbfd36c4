"""No control character from an outline, a model, a file's name or a server ever reaches a terminal."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import pytest

from storygen.cli.group import run
from tests.servers.replies import stream
from tests.servers.scripted import Behaviour, Fails, ScriptedServer, Sends, Streams

EVIL = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b2Jc1\rback\b\x00\x7f"
    "\u202eright\u2066to\u200bleft\u2028line\x85next\u00ad"
)
"""Everything that moves a cursor, renames a window, or turns and hides text."""

SAYS = f"The boat {EVIL} came in. Nobody {EVIL} had lit its lamps.\n\nInes waited."
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f]")
DRAWN = re.compile(r"\x1b\[\?25[lh]|\x1b\[\d*A|\x1b\[2K|\x1b\[0?m|\r")
"""What storygen itself sends to redraw its own lines."""

ESCAPED = EVIL.encode("unicode_escape").decode()
"""The same as YAML spells it between quotes."""

OUTLINE = f"""\
title: "{ESCAPED}"
words: 40
sections:
  - id: boat
    title: "A boat {ESCAPED}"
    beats: ["It {ESCAPED} lands"]
  - id: rain
    title: Rain
    beats: [It rains.]
"""


class Terminal(io.StringIO):
    """A stream that says that it is a terminal, and keeps what it was sent."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with an outline that holds everything evil, and stand in it."""
    (tmp_path / "outline.yaml").write_text(OUTLINE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-sentinel")
    monkeypatch.setenv("STORYGEN_RETRIES", "0")
    monkeypatch.setenv("TERM", "dumb")
    return tmp_path


@contextmanager
def a_terminal() -> Iterator[Terminal]:
    """Let stdout and stderr be a terminal, and show what it is sent."""
    terminal = Terminal()
    with redirect_stdout(terminal), redirect_stderr(terminal):
        yield terminal


def assert_harmless(screen: Terminal) -> None:
    """See that something was shown, and nothing that commands a terminal."""
    assert [] == UNSAFE.findall(screen.getvalue())
    assert "" != screen.getvalue()


def serve(monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour, *arguments: str) -> int:
    """Run a command against a server that always does the same."""
    with ScriptedServer(lambda _: behaviour) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        return run(arguments)


def reply(slices: int) -> Streams:
    return Streams(b"".join(stream(SAYS, "end_turn", model="m")), slices=slices)


LOOKS = (
    ["check"],
    ["status", "--why"],
    ["log"],
    ["prompt", "boat"],
    ["versions", "boat"],
    ["diff", "boat"],
    ["provenance"],
    ["build", "-o", "-"],
    ["review"],
    ["write", "--dry-run"],
    ["restore", "boat", "1"],
    ["rewrite", "boat", "--yes", "--rehearse"],
)


@pytest.mark.parametrize("look", LOOKS, ids=" ".join)
def test_what_a_command_shows_of_evil_text_is_harmless(
    look: list[str], book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(monkeypatch, reply(0), "write", "-q")
    with (book / "drafts" / "01-boat.md").open("a", encoding="utf-8") as draft:
        draft.write(f"\nA person {EVIL} wrote.\n")
    with a_terminal() as screen:
        run(look)

    assert_harmless(screen)


ANSWERS = {
    "an error": Fails(400, message=EVIL),
    "an error's type": Fails(500, kind=EVIL),
    "a page": Sends(f"<h1>{EVIL}</h1>".encode()),
    "a kind of content": Sends(b"", headers={"content-type": "text/\x1b[2J"}),
    "a stop reason": Streams(b"".join(stream(SAYS, EVIL, model="m"))),
    "a model": Streams(b"".join(stream(SAYS, "end_turn", model=EVIL))),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("level", [[], ["--stream", "-v"]])
def test_what_a_server_says_is_harmless(
    answer: str, level: list[str], book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del book
    with a_terminal() as screen:
        serve(monkeypatch, ANSWERS[answer], "write", *level)
        run(["log"])

    assert_harmless(screen)


NAMES = {
    "a draft twice": ("drafts/\x1b[2J\u202e.md", "---\nid: boat\n---\n\nOne.\n"),
    "a draft without a status": ("drafts/\x9b31m.md", "---\nid: rain\nstatus: \x1b[2J\n---\n\nOne.\n"),
    "a template": ("templates/fiction/section/user.md.j2", "{{ \x1b[2J }}"),
    "settings": ("storygen.toml", 'mod\u202eel = "x"\n'),
    "a value": ("storygen.toml", 'effort = "\\u001b[2J"\n'),
    "a record": ("storygen.lock", '{"storygen": 1, "outline": "\\u001b[2J", "sections": {}}'),
    "another outline": ("outline.yaml", "title: \x1b[2J\nsections: [{title: One}]\n"),
    "an unknown field": ("outline.yaml", 'title: One\n"\\e[2J\\u202e": 1\nsections: [{title: One}]\n'),
}


@pytest.mark.parametrize("case", NAMES)
def test_what_a_mistake_is_called_is_harmless(case: str, book: Path) -> None:
    name, text = NAMES[case]
    (book / "drafts").mkdir()
    (book / "drafts" / "01-boat.md").write_text("---\nid: boat\n---\n\nOne.\n", encoding="utf-8")
    (book / name).parent.mkdir(parents=True, exist_ok=True)
    (book / name).write_text(text, encoding="utf-8")
    with a_terminal() as screen:
        for command in (["check"], ["status"], ["write", "--rehearse"]):
            run(command)

    assert_harmless(screen)


@pytest.mark.parametrize(
    "arguments",
    [
        [EVIL],
        ["write", f"{EVIL}.yaml"],
        ["write", EVIL],
        ["write", f"--{EVIL}"],
        ["write", "--effort", EVIL],
        ["write", "--book", f"no/{EVIL}"],
        ["init", f"new/{EVIL}"],
        ["status", "outline.yaml", EVIL, "--book", EVIL],
        ["schema", EVIL],
        ["templates", "show", EVIL],
    ],
)
def test_what_was_typed_is_harmless(arguments: list[str], book: Path) -> None:
    del book
    with a_terminal() as screen:
        run([word.replace("\x00", "") for word in arguments])

    assert_harmless(screen)


def on_a_terminal(*arguments: str, cwd: Path, **environ: str) -> str:
    """Run the command line on a terminal of its own and return every character that came there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "storygen", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **environ},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        seen = b""
        with suppress(OSError):  # the other end of a terminal that is closed
            while part := os.read(ours, 65_536):
                seen += part
    os.close(ours)
    return seen.decode("utf-8").replace("\r\n", "\n")


@pytest.mark.parametrize("slices", [0, 1, 2, 3])
def test_however_a_stream_is_split_the_terminal_gets_the_same(slices: int, book: Path) -> None:
    with ScriptedServer(lambda _: reply(slices)) as server:
        words = {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-ant-sentinel", "TERM": "dumb"}
        seen = on_a_terminal("write", "--stream", "--limit", "1", cwd=book, **words)

    assert [] == UNSAFE.findall(seen)
    assert "\ufffd[2J" in seen


def test_lines_that_are_redrawn_are_our_own(book: Path) -> None:
    with ScriptedServer(lambda _: reply(3)) as server:
        words = {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-ant-sentinel", "TERM": "xterm"}
        seen = on_a_terminal("write", "--limit", "1", cwd=book, **words)

    assert [] == UNSAFE.findall(DRAWN.sub("", seen))
    assert DRAWN.search(seen)
