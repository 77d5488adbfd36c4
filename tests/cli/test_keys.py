from __future__ import annotations

import io
import json
import os
import pty
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import pytest

from storygen.cli.group import run
from tests.servers.scripted import Fails, Says, ScriptedServer

SECRET = "sk-ant-api03-sentinel-0123456789"


@pytest.fixture(autouse=True)
def _inside(tale: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tale.parent)


@pytest.fixture
def own(nobody_home: Path) -> Path:
    """Return the folder of the user's own config."""
    folder = nobody_home / ".config" / "storygen"
    folder.mkdir(parents=True)
    return folder


Here: TypeAlias = Callable[..., tuple[int, str]]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Run a command in this process, in an environment; return its code and what it said."""

    def call(*arguments: str, **environ: str) -> tuple[int, str]:
        with monkeypatch.context() as patch:
            for name, value in environ.items():
                patch.setenv(name, value)
            return run(arguments), capsys.readouterr().err

    return call


def storygen(*arguments: str, say: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own, with *say* on stdin."""
    return subprocess.run(
        [sys.executable, "-m", "storygen", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **environ},
        input=say,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def keys_heard(server: ScriptedServer) -> set[tuple[str, str]]:
    """Return every header with a secret in it that *server* got."""
    return {
        (name, value)
        for asked in server.asked
        for name, value in asked.headers.items()
        if name in {"x-api-key", "authorization"} or "sentinel" in value
    }


def command(text: str) -> str:
    """Return a key_command that prints *text*, as config.toml spells it."""
    return f"key_command = {json.dumps(shlex.join([sys.executable, '-c', f'print({text!r})']))}\n"


def test_the_path_is_the_users_own(nobody_home: Path) -> None:
    shown = storygen("keys", "path").stdout

    assert f"{nobody_home}/.config/storygen/keys.json\n" == shown


def test_a_key_from_a_pipe_is_stored_and_never_shown(own: Path) -> None:
    result = storygen("keys", "set", "-v", say=f"{SECRET}\nanything else\n")
    file = own / "keys.json"

    assert (0, {"https://api.anthropic.com": SECRET}) == (result.returncode, json.loads(file.read_text()))
    assert (0o600, False) == (stat.S_IMODE(file.stat().st_mode), "sentinel" in result.stdout + result.stderr)


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_a_key_typed_at_a_terminal_is_not_echoed(own: Path) -> None:
    terminal, screen = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "storygen", "keys", "set"],
        stdin=screen,
        stdout=screen,
        stderr=screen,
        start_new_session=True,  # so that it is not the tests' own terminal that is asked
    )
    os.close(screen)
    shown = b""
    while b"not shown" not in shown:
        shown += os.read(terminal, 1024)
    os.write(terminal, f"{SECRET}\n".encode())
    with suppress(OSError):  # how a terminal ends on Linux
        while more := os.read(terminal, 1024):
            shown += more
    process.wait()
    os.close(terminal)

    assert (SECRET, False) == (
        json.loads((own / "keys.json").read_text())["https://api.anthropic.com"],
        b"sentinel" in shown,
    )


@pytest.mark.parametrize(
    ("arguments", "say", "words"),
    [
        ((), "", "is empty"),
        ((), "two words", "holds characters that no key has"),
        (("--base-url", "http://example.org"), SECRET, "plain http"),
        (("--base-url", "nonsense"), SECRET, "no web address"),
        ((SECRET,), "", "unexpected extra argument"),
    ],
)
def test_what_cannot_be_stored_is_refused(
    own: Path,
    arguments: tuple[str, ...],
    say: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(say))
    code = run(["keys", "set", *arguments])

    assert (2, True, []) == (code, words in capsys.readouterr().err, list(own.iterdir()))


def test_whoever_stores_a_key_hears_what_comes_before_it() -> None:
    one = storygen("keys", "set", say=SECRET, ANTHROPIC_API_KEY=SECRET).stderr
    two = storygen(
        "keys", "set", "--base-url", "https://x.example", say=SECRET, ANTHROPIC_API_KEY=SECRET
    ).stderr

    assert [True, False] == ["ANTHROPIC_API_KEY is set" in shown for shown in (one, two)]


def test_a_stored_key_goes_to_its_server_and_to_no_other(here: Here) -> None:
    with ScriptedServer(lambda _: Says("Done.")) as server, ScriptedServer(lambda _: Says("Done.")) as other:
        storygen("keys", "set", "--base-url", f"{server.url}/v1", say=SECRET)
        one = here("write", "--limit", "1", "--base-url", server.url)[1]
        two = here("write", "--limit", "1", "--base-url", other.url)[1]

    assert ({("x-api-key", SECRET)}, set()) == (keys_heard(server), keys_heard(other))
    assert f"{server.url} gets the key from `storygen keys set` (ends in …6789)" in one
    assert f"{other.url} gets no key" in two


def test_anthropics_key_is_not_sent_to_a_base_url(here: Here) -> None:
    with ScriptedServer(lambda _: Says("Done.")) as server:
        code, shown = here("write", "--limit", "1", "--base-url", server.url, ANTHROPIC_API_KEY=SECRET)

    assert (0, set(), True) == (code, keys_heard(server), "gets no key" in shown)


def test_a_token_goes_as_a_bearer(here: Here) -> None:
    with ScriptedServer(lambda _: Says("Done.")) as server:
        here("write", "--limit", "1", ANTHROPIC_BASE_URL=server.url, ANTHROPIC_AUTH_TOKEN="token-sentinel")

    assert {("authorization", "Bearer token-sentinel")} == keys_heard(server)


def test_a_token_stays_at_home_where_there_is_a_key(here: Here) -> None:
    environ = {"ANTHROPIC_AUTH_TOKEN": "token-sentinel", "ANTHROPIC_API_KEY": SECRET}
    with ScriptedServer(lambda _: Says("Done.")) as server:
        here("write", "--limit", "1", ANTHROPIC_BASE_URL=server.url, **environ)

    assert {("x-api-key", SECRET)} == keys_heard(server)


def test_a_key_command_of_the_users_config_is_asked(own: Path, here: Here) -> None:
    (own / "config.toml").write_text(command(SECRET))
    with ScriptedServer(lambda _: Says("Done.")) as server:
        code, _ = here("write", "--limit", "1", ANTHROPIC_BASE_URL=server.url)

    assert (0, {("x-api-key", SECRET)}) == (code, keys_heard(server))


def test_a_key_command_is_not_run_for_a_server_that_its_key_does_not_belong_to(own: Path, here: Here) -> None:
    (own / "config.toml").write_text('key_command = "touch ran"\n')
    with ScriptedServer(lambda _: Says("Done.")) as server:
        here("write", "--limit", "1", "--base-url", server.url)

    assert (set(), False) == (keys_heard(server), Path("ran").exists())


def test_the_environment_comes_first_and_no_command_is_run_then(own: Path, here: Here) -> None:
    (own / "config.toml").write_text('key_command = "touch ran"\n')
    with ScriptedServer(lambda _: Says("Done.")) as server:
        here("write", "--limit", "1", ANTHROPIC_BASE_URL=server.url, ANTHROPIC_API_KEY=SECRET)

    assert ({("x-api-key", SECRET)}, False) == (keys_heard(server), Path("ran").exists())


def test_a_failing_command_is_a_sentence(own: Path, here: Here) -> None:
    (own / "config.toml").write_text('key_command = "false"\n')
    code, shown = here("write")

    assert (4, True) == (code, "key_command (false) ended with code 1" in shown)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("storygen.toml", 'api_key = "sk-ant-sentinel"', "holds a key"),
        ("storygen.toml", '[anthropic]\nauth_token = "sentinel"', "holds a key"),
        ("storygen.toml", 'base_url = "http://127.0.0.1:9"', "could send your text to its own server"),
        ("storygen.toml", 'key_command = "touch ran"', "could run its own program"),
        ("outline.yaml", "title: X\nbase_url: http://127.0.0.1:9\nsections: [A]", "not where to send it"),
        ("outline.yaml", "title: X\napi_key: sentinel\nsections: [A]", "keys do not belong in files"),
    ],
)
def test_what_is_planted_in_a_books_folder_is_an_error_that_says_why(
    tale: Path,
    file: str,
    text: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tale.parent / file).write_text(text)
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)

    assert (2, True) == (run(["write"]), words in capsys.readouterr().err)
    assert not (tale.parent / "ran").exists()


def test_a_key_file_of_a_book_is_no_key_file(tale: Path) -> None:
    (tale.parent / "keys.json").write_text('{"https://api.anthropic.com": "sk-ant-sentinel"}')
    (tale.parent / ".env").write_text(
        "ANTHROPIC_API_KEY=sk-ant-sentinel\nANTHROPIC_BASE_URL=http://127.0.0.1:9"
    )

    assert "Rehearsed by the built-in model" in storygen("write").stderr


def test_a_key_file_that_others_may_read_stops_a_run_and_nothing_else(own: Path) -> None:
    (own / "keys.json").write_text("{}")
    (own / "keys.json").chmod(0o644)

    assert [2, 0, 0] == [run(words) for words in (["write"], ["status"], ["write", "-q", "--rehearse"])]


def test_a_stored_key_ends_rehearsing_by_default() -> None:
    storygen("keys", "set", "--base-url", "https://gateway.example", say=SECRET)

    assert (4, True) == ((result := storygen("write")).returncode, "storygen keys set" in result.stderr)


@pytest.mark.parametrize(
    ("environ", "whence"),
    [
        ({"STORYGEN_API_KEY": SECRET}, "key from: STORYGEN_API_KEY (ends in …6789)"),
        ({}, "no key was sent"),
    ],
)
@pytest.mark.parametrize("loudness", ["-v", "--debug", "--json"])
def test_a_refused_key_is_named_by_its_source_and_shown_nowhere(
    tale: Path, environ: dict[str, str], whence: str, loudness: str
) -> None:
    says = f"invalid x-api-key: {SECRET}"
    with ScriptedServer(lambda _: Fails(401, "authentication_error", says)) as server:
        result = storygen("write", loudness, "--base-url", server.url, **environ)
    files = b"".join(path.read_bytes() for path in tale.parent.rglob("*") if path.is_file())

    assert (4, True) == (result.returncode, loudness == "--json" or whence in result.stderr)
    assert "storygen keys set" in result.stdout + result.stderr
    assert b"sentinel" not in (result.stdout + result.stderr).encode() + files


def test_a_fault_of_ours_does_not_show_a_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"bad header {SECRET}")

    monkeypatch.setattr("storygen.cli.write.open_here", fail)

    assert (1, False) == (run(["write"]), "sentinel" in capsys.readouterr().err)


def test_config_does_not_show_a_key_within_a_command(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "config.toml").write_text(f'key_command = "echo {SECRET}"\n')
    run(["config", "--show-origin"])
    run(["config", "--json"])
    shown = capsys.readouterr().out

    assert (True, False) == ("echo [key]" in shown, "sentinel" in shown)


def test_a_proxy_is_gone_through_and_announced_without_its_password(here: Here) -> None:
    gateway = ("--base-url", "https://gateway.example")
    with ScriptedServer(lambda _: Fails(502)) as proxy:
        address = proxy.url.replace("http://", "http://me:sentinel@")
        code, shown = here("write", *gateway, HTTPS_PROXY=address, STORYGEN_RETRIES="0")

    assert (4, False) == (code, "sentinel" in shown)
    assert 1 == shown.count(f"is reached through the proxy {proxy.url}")


def test_no_proxy_stands_before_a_server_on_this_machine(here: Here) -> None:
    with ScriptedServer(lambda _: Says("Done.")) as server:
        code, shown = here("write", "--base-url", server.url, HTTP_PROXY="http://127.0.0.1:9")

    assert (0, False) == (code, "proxy" in shown)


def test_certificates_that_cannot_be_read_are_a_sentence(here: Here) -> None:
    code, shown = here("write", "--base-url", "https://gateway.example", SSL_CERT_FILE="/no/such.pem")

    assert (2, True) == (code, "the certificates in /no/such.pem cannot be read" in shown)
