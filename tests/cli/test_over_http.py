from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from storygen.book.record import hash_text
from storygen.book.view import view_journal
from storygen.rehearsal.card import Card
from storygen.rehearsal.fiction import fiction
from tests.servers.scripted import Break, Breaks, Fails, ScriptedServer, continuing

TITLES = ("The last boat", "An hour owed", "Right time")
TEXTS = {title: fiction(Card(title=title, words=900, beats=(f"Ines reads {title}.",))) for title in TITLES}


def storygen(*arguments: str, cwd: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "storygen", *arguments],
        cwd=cwd,
        env={**_plain(), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _plain() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


def at(server: ScriptedServer) -> dict[str, str]:
    """Return an environment whose endpoint is *server*."""
    return {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-ant-sentinel"}


def drafts(tale: Path) -> list[str]:
    """Return the hashes of the drafts beside *tale*, their front matter aside."""
    paths = sorted((tale.parent / "drafts").iterdir())
    return [hash_text(path.read_text(encoding="utf-8").split("---\n", 2)[2]) for path in paths]


@pytest.mark.parametrize("model", ["claude-sonnet-5-5", "claude-haiku-4-5", "somebody-elses"])
def test_replies_cut_again_and_again_become_the_servers_own_text(tale: Path, model: str) -> None:
    with ScriptedServer(continuing(TEXTS, tokens=400)) as server:
        result = storygen("write", "outline.yaml", "--model", model, cwd=tale.parent, environ=at(server))

    assert (0, [hash_text(text) for text in TEXTS.values()]) == (result.returncode, drafts(tale)), (
        result.stderr
    )


def test_the_same_command_again_sends_nothing(tale: Path) -> None:
    with ScriptedServer(continuing(TEXTS)) as server:
        storygen("write", cwd=tale.parent, environ=at(server))
        asked = len(server.asked)
        (tale.parent / "manuscript.md").unlink()
        again = storygen("write", cwd=tale.parent, environ=at(server))

        assert (asked, 0, True) == (
            len(server.asked),
            again.returncode,
            (tale.parent / "manuscript.md").exists(),
        )


def test_a_rehearsed_book_is_written_anew_once_there_is_an_endpoint(tale: Path) -> None:
    storygen("write", cwd=tale.parent, environ={})
    with ScriptedServer(continuing(TEXTS)) as server:
        storygen("write", cwd=tale.parent, environ=at(server))

    assert [hash_text(text) for text in TEXTS.values()] == drafts(tale)


def test_the_key_is_in_one_header_and_nowhere_else(tale: Path) -> None:
    with ScriptedServer(continuing(TEXTS)) as server:
        result = storygen("write", "-v", cwd=tale.parent, environ=at(server))
        headers = server.asked[0].headers

    files = b"".join(path.read_bytes() for path in tale.parent.rglob("*") if path.is_file())
    assert ["x-api-key"] == [name for name, value in headers.items() if "sentinel" in value]
    assert "sentinel" not in result.stdout + result.stderr
    assert b"sentinel" not in files + server.asked[0].body


@pytest.mark.parametrize(
    ("status", "kind", "code", "word"),
    [
        (400, "invalid_request_error", 1, "400"),
        (401, "authentication_error", 4, "key"),
        (403, "permission_error", 4, "403"),
        (404, "not_found_error", 4, "model"),
    ],
)
def test_an_error_of_the_api_is_a_sentence_and_a_code(
    tale: Path, status: int, kind: str, code: int, word: str
) -> None:
    with ScriptedServer([Fails(status, kind)]) as server:
        result = storygen("write", cwd=tale.parent, environ=at(server))

    assert (code, True, True) == (result.returncode, word in result.stderr, "req_scripted" in result.stderr)
    assert "Traceback" not in result.stderr


def test_a_stream_that_breaks_is_gone_on_with_in_the_same_run(tale: Path) -> None:
    text = TEXTS["The last boat"]
    broken = iter([Breaks(Break.CLOSE, text[:800])])
    with ScriptedServer(lambda asked: next(broken, None) or continuing(TEXTS)(asked)) as server:
        result = storygen("write", "--limit", "1", cwd=tale.parent, environ=at(server))

    assert (0, [hash_text(text)]) == (result.returncode, drafts(tale)), result.stderr


def test_a_killed_run_goes_on_and_the_book_is_the_same(tale: Path) -> None:
    head = TEXTS["The last boat"][:3_000]
    with ScriptedServer([Breaks(Break.SILENCE, head)]) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "storygen", "write", "--json"],
            cwd=tale.parent,
            env={**_plain(), **at(server), "STORYGEN_TIMEOUT_SILENCE": "60"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        process.stdout.readline()  # the section has begun
        _until(lambda: _saved(tale) > 0)
        process.kill()
        process.wait()
        process.stdout.close()
    with ScriptedServer(continuing(TEXTS)) as server:
        result = storygen("write", cwd=tale.parent, environ=at(server))
        first = server.asked[0]

    assert (0, [hash_text(text) for text in TEXTS.values()]) == (result.returncode, drafts(tale)), (
        result.stderr
    )
    assert ["user", "assistant", "user"] == [role for role, _ in first.turns]


def test_a_second_writer_leaves_at_once_and_sends_nothing(tale: Path) -> None:
    with ScriptedServer([Breaks(Break.SILENCE, TEXTS["The last boat"][:800])]) as server:
        first = subprocess.Popen(
            [sys.executable, "-m", "storygen", "write", "--json"],
            cwd=tale.parent,
            env={**_plain(), **at(server)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert first.stdout is not None
        first.stdout.readline()
        _until(lambda: len(server.asked) == 1)
        second = storygen("write", cwd=tale.parent, environ=at(server))
        looking = storygen("status", cwd=tale.parent, environ=at(server))
        asked = len(server.asked)
        first.kill()
        first.wait()
        first.stdout.close()
    with ScriptedServer(continuing(TEXTS)) as server:
        third = storygen("write", "--limit", "1", cwd=tale.parent, environ=at(server))

    assert (5, 0, 1, 0) == (second.returncode, looking.returncode, asked, third.returncode), third.stderr
    assert f"another storygen (process {first.pid}) is writing" in " ".join(second.stderr.split())


def test_a_second_ctrl_c_saves_and_leaves(tale: Path) -> None:
    head = TEXTS["The last boat"][:3_000]
    with ScriptedServer([Breaks(Break.SILENCE, head)]) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "storygen", "write", "--json"],
            cwd=tale.parent,
            env={**_plain(), **at(server)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.readline()
        _until(lambda: _saved(tale) == len(head))
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)

    partial = next((tale.parent / "drafts").glob("*.partial.md")).read_text(encoding="utf-8")
    assert (143, True) == (process.returncode, head.rstrip() in partial)


def _saved(tale: Path) -> int:
    """Return how many characters of text the journal beside *tale* holds."""
    with view_journal(tale.parent / ".storygen" / "journal.db") as journal:
        return sum(len(journal.text(attempt.id)) for attempt in journal.attempts())


def _until(true: Callable[[], bool]) -> None:
    """Look again and again until *true* says so; a generous bound ends a test that hangs."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
