"""`storygen rehearsal`, and a whole book through it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from storygen.cli.group import run
from storygen.rehearsal.call import Call

HEADERS = {"x-api-key": "sk-ant-sentinel", "anthropic-version": "2026-10-21"}
ASKING = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 200,
    "stream": True,
    "messages": [{"role": "user", "content": "Write."}],
}


@pytest.fixture(autouse=True)
def _any_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYGEN_API_KEY", "any")


def drafts(tale: Path) -> list[bytes]:
    """Return the prose of the drafts beside *tale*, without their front matter."""
    paths = sorted((tale.parent / "drafts").iterdir())
    return [path.read_bytes().split(b"---\n", 2)[2] for path in paths]


@contextmanager
def command(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `storygen rehearsal` as a process of its own, and yield it and its base URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "storygen", "rehearsal", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("model", ["claude-sonnet-5-5", "claude-haiku-4-5", "claude-3-7-sonnet", "sonnet"])
def test_a_book_written_over_http_is_the_rehearsed_book(
    url: str, model: str, tale: Path, tmp_path: Path
) -> None:
    rehearsed = tmp_path / "rehearsed" / tale.name
    rehearsed.parent.mkdir()
    rehearsed.write_bytes(tale.read_bytes())
    codes = (
        run(["write", str(tale), "--model", model, "--base-url", url, "-q"]),
        run(["write", str(rehearsed), "--model", model, "--rehearse", "-q"]),
    )

    assert ((0, 0), drafts(rehearsed)) == (codes, drafts(tale))


def test_our_own_client_samples_where_the_model_takes_it(
    url: str, calls: list[tuple[Call, int]], tale: Path
) -> None:
    options = ["--model", "claude-3-7-sonnet", "--temperature", "0.7", "--base-url", url, "-q"]
    run(["write", str(tale), "--limit", "1", *options])
    call, status = calls[-1]

    assert (200, 0.7, "2023-06-01") == (
        status,
        json.loads(call.body)["temperature"],
        call.headers["anthropic-version"],
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C goes to every process of the console")
def test_ctrl_c_ends_it_without_a_word_and_no_key_is_shown() -> None:
    with command("-v") as (process, url):
        httpx.get(f"{url}/v1/models", headers=HEADERS)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert (130, "", "200 GET /v1/models") == (process.returncode, out, err.splitlines()[2])
    assert [] == [word for word in ("sentinel", "Traceback", "error") if word in err]


def test_a_paced_stream_is_the_same_stream(url: str) -> None:
    at_once = httpx.post(f"{url}/v1/messages", headers=HEADERS, json=ASKING)
    with command("--pace", "0.0001") as (_, paced):
        slowly = httpx.post(f"{paced}/v1/messages", headers=HEADERS, json=ASKING)

    assert at_once.content == slowly.content


def test_a_port_that_is_taken_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code = run(["rehearsal", "--port", str(taken.getsockname()[1])])

    assert (2, True) == (code, "cannot be had: Address already in use" in capsys.readouterr().err)


def test_an_address_that_others_reach_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert (2, True) == (run(["rehearsal", "--host", "0.0.0.0"]), "other machines" in capsys.readouterr().err)
