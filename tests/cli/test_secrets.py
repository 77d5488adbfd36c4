"""The key is in one header of every request, and in nothing else that storygen prints, writes or sends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from storygen.cli.group import run
from tests.servers.replies import beginning, event
from tests.servers.scripted import (
    Asked,
    Behaviour,
    Break,
    Breaks,
    Fails,
    Says,
    ScriptedServer,
    Sends,
    Streams,
)

SECRET = "gateway.0123456789.sentinel"
SHOWN = b"0123456789"
"""A part of the key that nothing may show; its last four characters tell one key from another."""

ECHOES: dict[str, Behaviour] = {
    "a good reply": Says("The last boat lay at the pier. Nobody had lit its lamps."),
    "a refused key": Fails(401, message=f"invalid key {SECRET}"),
    "a refused request": Fails(400, message=f"unexpected header x-api-key: {SECRET}"),
    "an overload": Fails(529, message=f"Bearer {SECRET} is busy"),
    "a page": Sends(f"<h1>You sent {SECRET}</h1>".encode()),
    "a redirect": Sends(b"", 307, {"location": f"http://127.0.0.1:9/?key={SECRET}"}),
    "an error in the stream": Streams(
        b"".join(beginning("It rained. ", model="m"))
        + event("error", error={"type": "invalid_request_error", "message": f"bad {SECRET}"})
    ),
    "a message that repeats it": Streams(
        event("message_start", message={"id": SECRET, "model": SECRET, "key": SECRET})
        + event("message_delta", delta={"stop_reason": SECRET, "stop_sequence": SECRET, "seen": SECRET})
        + event("message_stop")
    ),
    "a request id": Fails(400, headers={"request-id": SECRET}),
    "a rate limit": Fails(429, headers={"retry-after": "3600", "anthropic-ratelimit-reset": SECRET}),
    "a broken reply": Breaks(Break.CLOSE, "The last boat lay at the pier."),
}
LEVELS = (["-q"], ["-v", "--stream"], ["--json", "--debug"])
LOOKS = (["status", "--why"], ["log"], ["log", "--json"])


@pytest.fixture(autouse=True)
def _impatient(tale: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tale.parent)
    monkeypatch.setenv("STORYGEN_RETRIES", "0")


def places(tale: Path, home: Path) -> Iterable[bytes]:
    """Yield the names and the bytes of all files that a run may have written."""
    for path in (*tale.parent.rglob("*"), *home.rglob("*")):
        yield os.fsencode(path)
        if path.is_file():
            yield path.read_bytes()


def beside_its_header(asked: Asked) -> bytes:
    """Return all of a request but the header that carries the key."""
    others = {
        name: value for name, value in asked.headers.items() if value not in {SECRET, f"Bearer {SECRET}"}
    }
    assert 1 == len(asked.headers) - len(others)
    return repr((asked.path, others)).encode() + asked.body


@pytest.mark.parametrize(
    ("echo", "variable"),
    [*((echo, "ANTHROPIC_API_KEY") for echo in ECHOES), ("a refused key", "ANTHROPIC_AUTH_TOKEN")],
)
def test_no_byte_but_one_header_holds_the_key(
    echo: str,
    variable: str,
    tale: Path,
    nobody_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.setenv(variable, SECRET)
    with ScriptedServer(lambda _: ECHOES[echo]) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        for level in LEVELS:
            run(["write", "--limit", "1", *level])
        for look in LOOKS:
            run(look)
    shown = capfdbinary.readouterr()

    assert len(server.asked) > 0
    for found in (shown.out, shown.err, *places(tale, nobody_home), *map(beside_its_header, server.asked)):
        assert SHOWN not in found


@pytest.mark.parametrize("debug", [[], ["--debug"]])
def test_no_traceback_holds_the_key(tale: Path, debug: list[str]) -> None:
    spoilt = (
        "import sys, storygen.model.send as send\n"
        "def headers(spoken, *, key=None):\n"
        "    fields = dict([key.header])\n"
        "    raise RuntimeError('a fault of ours')\n"
        "send.headers = headers\n"
        "from storygen.cli import main\n"
        "sys.argv[0] = 'storygen'\n"
        "main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", spoilt, "write", *debug],
        cwd=tale.parent,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "ANTHROPIC_API_KEY": SECRET},
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert (bool(debug), True, False) == (
        b"Traceback" in result.stderr,
        b"a fault of ours" in result.stderr,
        SHOWN in result.stdout + result.stderr,
    )
