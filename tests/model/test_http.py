from __future__ import annotations

import gc
import gzip
import socket
import subprocess
import sys
import tracemalloc
from contextlib import aclosing
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from storygen.catalogue import catalogue
from storygen.errors import Cut, ModelError, Rejected, SettingsError, Unreachable
from storygen.messages import Completion, Delta, Message, Opened, Request, Role, StopReason, Text
from storygen.model.deadlines import Deadlines
from storygen.model.deltas import Fold
from storygen.model.http import connect
from storygen.model.keys import Key
from storygen.model.send import sender
from storygen.model.wire import encoder
from tests.servers.replies import beginning, event, stream
from tests.servers.scripted import Behaviour, Break, Breaks, Fails, Says, ScriptedServer, Sends, Streams

PROSE = "Once upon a time – 漢字, 🚢 and\u2028a line separator.\n\n" * 20
BODY = encoder(catalogue())(Request("sonnet", (Message(Role.USER, "Write."),), max_tokens=1000))
MIB = 1 << 20
BRIEF = Deadlines(headers=1, silence=1)


def outcome(
    base_url: str, *, deadlines: Deadlines = Deadlines(), proxy: str | None = None
) -> tuple[Completion, ModelError | None]:
    """Send one request to *base_url*; return what was folded and what was raised."""

    async def main() -> tuple[Completion, ModelError | None]:
        so_far = Fold()
        try:
            async with connect(base_url, deadlines=deadlines, proxy=proxy) as below:
                send = sender(below("POST", ""), key=Key("sk-ant-sentinel"), deadlines=deadlines)
                async with aclosing(send(BODY)) as deltas:  # type: ignore[type-var]
                    async for delta in deltas:
                        so_far.add(delta)
        except ModelError as error:
            return so_far.completion, error
        return so_far.completion, None

    return anyio.run(main)


def answer(
    behaviour: Behaviour, *, deadlines: Deadlines = Deadlines()
) -> tuple[Completion, ModelError | None]:
    with ScriptedServer([behaviour]) as server:
        return outcome(server.url, deadlines=deadlines)


@pytest.mark.parametrize("slices", [0, 1, 7, 1000])
def test_a_reply_in_slices_of_any_size_is_the_same_text(slices: int) -> None:
    completion, error = answer(Says(PROSE, slices=slices))
    assert (PROSE, StopReason.END_TURN, True, None) == (
        completion.text,
        completion.stop_reason,
        completion.clean,
        error,
    )


def test_a_reader_that_waits_for_the_server_reads_the_same_text() -> None:
    slow = Streams(b"".join(stream(PROSE, "end_turn", model="m")), slices=3_001, pace=0.001)
    completion, error = answer(slow)
    assert (PROSE, True, None) == (completion.text, completion.clean, error)


def test_a_server_that_waits_for_the_reader_fills_no_memory() -> None:
    piece = event("content_block_delta", index=0, delta={"type": "text_delta", "text": "x" * 1_024})
    long = Streams(b"".join(beginning("", model="m")) + piece * 4_096, slices=65_536)

    async def main(url: str) -> int:
        size = 0
        async with connect(url) as below:
            async for delta in sender(below("POST", ""))(BODY):
                size += len(delta.text) if isinstance(delta, Text) else 0
                await anyio.lowlevel.checkpoint()
        return size

    with ScriptedServer([long]) as server:
        tracemalloc.start()
        size = anyio.run(main, server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert 4 * MIB == size
    assert peak < 2 * MIB


def test_the_request_arrives_as_it_was_encoded() -> None:
    with ScriptedServer([Says("Hi")]) as server:
        outcome(server.url)
    asked = server.asked[0]
    assert ("/v1/messages", BODY) == (asked.path, asked.body)
    assert ("sk-ant-sentinel", "2026-10-21", "identity") == (
        asked.headers["x-api-key"],
        asked.headers["anthropic-version"],
        asked.headers["accept-encoding"],
    )
    assert "authorization" not in asked.headers


def test_a_large_request_arrives_whole_and_with_its_length() -> None:
    body = BODY.replace(b"Write.", b"Write. " * MIB)

    async def main(url: str) -> None:
        async with connect(url) as below, aclosing(sender(below("POST", ""))(body)) as deltas:  # type: ignore[type-var]
            async for _ in deltas:
                pass

    with ScriptedServer([Says("Yes.")]) as server:
        anyio.run(main, server.url)

    (arrived,) = server.asked
    assert (len(body), str(len(body))) == (len(arrived.body), arrived.headers["content-length"])
    assert arrived.body == body


def test_a_reply_that_breaks_keeps_its_text() -> None:
    completion, error = answer(Breaks(Break.CLOSE, PROSE))
    assert (PROSE, True) == (completion.text, isinstance(error, Cut))


def test_a_reply_that_is_reset_keeps_what_came() -> None:
    completion, error = answer(Breaks(Break.RESET, PROSE))
    assert (True, True) == (PROSE.startswith(completion.text), isinstance(error, Cut))


def test_an_error_within_the_stream_keeps_the_text_before_it() -> None:
    completion, error = answer(Breaks(Break.ERROR, PROSE))
    assert isinstance(error, Rejected)
    assert (PROSE, 529) == (completion.text, error.status)


def test_a_reply_that_ends_too_early_is_cut() -> None:
    completion, error = answer(Breaks(Break.END, PROSE))
    assert (PROSE, StopReason.CUT, None) == (completion.text, completion.stop_reason, error)


@pytest.mark.parametrize("text", ["", PROSE])
def test_silence_is_cut(text: str) -> None:
    completion, error = answer(Breaks(Break.SILENCE, text), deadlines=BRIEF)
    assert (text, True) == (completion.text, "silent" in str(error))


def test_a_connection_that_nobody_takes_up_is_given_up_and_nothing_is_owed() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        where = full.getsockname()
        with socket.create_connection(where):  # the only place in the queue
            _, error = outcome(f"http://127.0.0.1:{where[1]}", deadlines=Deadlines(connect=0.2, headers=5))
    assert isinstance(error, Unreachable)


def test_a_server_that_takes_no_more_is_given_up() -> None:
    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
            brief = Deadlines(write=0.2)
            async with connect(url, deadlines=brief) as below, below("POST", "")({}, bytes(32 * MIB)):
                pass

    with pytest.raises(Cut, match="in time"):
        anyio.run(main)


@pytest.mark.parametrize("how", [Break.CLOSE, Break.RESET])
def test_a_connection_that_breaks_before_the_first_event_is_a_cut(how: Break) -> None:
    _, error = answer(Breaks(how))
    assert isinstance(error, Cut)


def test_an_error_status_is_judged() -> None:
    _, error = answer(Fails(429, headers={"retry-after": "7"}))
    assert isinstance(error, Rejected)
    assert (429, 7.0, "req_scripted") == (error.status, error.retry_after, error.request_id)


def test_a_page_is_not_the_api() -> None:
    _, error = answer(Sends(b"<h1>Hotel</h1>"))
    assert "Hotel" in str(error)


def test_a_compressed_reply_is_refused() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    _, error = answer(Sends(bomb, headers={"content-type": "text/event-stream", "content-encoding": "gzip"}))
    assert "compressed" in str(error)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int) -> None:
    with ScriptedServer([Says("Hi")]) as elsewhere:
        target = f"{elsewhere.url}/v1/messages"
        _, error = answer(Sends(b"", status, {"location": target}))
    assert (True, []) == (target in str(error), elsewhere.asked)


def test_headers_without_end_are_a_broken_reply() -> None:
    _, error = answer(Sends(b"", headers={"x-long": "x" * 200_000}))
    assert isinstance(error, Cut)


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


def test_where_nobody_listens_nothing_is_owed_and_another_try_may_help() -> None:
    _, error = outcome(f"http://{closed_port()}")
    assert isinstance(error, Unreachable)
    assert error.retry


def test_where_no_file_may_be_opened_any_more_the_error_says_what_to_do() -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    async def main() -> str:
        async with connect("http://127.0.0.1:9") as below:
            send = sender(below("POST", ""))
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
            with pytest.raises(Unreachable) as found:
                await anext(send(BODY))
            return found.value.help

    try:
        said = anyio.run(main)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "ulimit -n 4096" in said


def test_a_server_without_tls_cannot_prove_who_it_is() -> None:
    with ScriptedServer([]) as server:
        _, error = outcome(server.url.replace("http:", "https:"))
    assert isinstance(error, Unreachable)
    assert ("prove who it is" in error.message, False) == (True, error.retry)


def test_a_dead_proxy_is_unreachable() -> None:
    _, error = outcome("https://api.anthropic.com", proxy=f"http://{closed_port()}")
    assert isinstance(error, Unreachable)


@pytest.mark.parametrize("proxy", ["nonsense", "ftp://host", "socks5://127.0.0.1:1", "http://host:port"])
def test_an_unusable_proxy_is_a_setting_that_makes_no_sense(proxy: str) -> None:
    with pytest.raises(SettingsError, match="proxy"):
        outcome("https://api.anthropic.com", proxy=proxy)


def test_missing_certificates_are_a_setting_that_makes_no_sense(tmp_path: Path) -> None:
    async def main() -> None:
        async with connect("https://api.anthropic.com", ca_file=str(tmp_path / "none.pem")):
            pass

    with pytest.raises(SettingsError, match=r"none\.pem"):
        anyio.run(main)


def test_the_environments_proxies_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://{closed_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://{closed_port()}")
    _, error = answer(Says("Hi"))
    assert error is None


def test_no_error_holds_the_key() -> None:
    _, error = outcome(f"http://{closed_port()}")
    assert error is not None
    assert (None, True) == (error.__cause__, error.__suppress_context__)


def test_many_sends_share_one_transport() -> None:
    async def main(url: str) -> list[str]:
        texts: list[str] = []
        async with connect(url) as below:
            send = sender(below("POST", ""))

            async def one() -> None:
                so_far = Fold()
                async for delta in send(BODY):
                    so_far.add(delta)
                texts.append(so_far.text)

            async with anyio.create_task_group() as tasks:
                for _ in range(20):
                    tasks.start_soon(one)
        return texts

    with ScriptedServer(lambda _: Says("Hi")) as server:
        assert ["Hi"] * 20 == anyio.run(main, server.url)


def test_between_two_chunks_of_a_reply_the_event_loop_hears_of_everything_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("storygen.model.turns.GLANCE", 0)

    async def main(url: str) -> list[int]:
        now, heard = 0, list[int]()

        async def beat() -> None:
            nonlocal now
            while True:
                now += 1
                await anyio.lowlevel.checkpoint()

        async with connect(url) as below, anyio.create_task_group() as tasks:
            tasks.start_soon(beat)
            async with below("POST", "")({"content-type": "application/json"}, BODY) as reply:
                heard = [now async for _ in reply.chunks]
            tasks.cancel_scope.cancel()
        return heard

    with ScriptedServer([Says(PROSE, slices=7)]) as server:
        heard = anyio.run(main, server.url)
    assert sorted(set(heard)) == heard


def test_only_this_module_pays_for_httpx() -> None:
    code = "import sys, storygen.model.send, storygen.model.wire; print('httpx' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False\n" == shown.stdout


def test_a_reader_may_leave_early() -> None:
    async def main(url: str) -> Delta:
        async with connect(url) as below, aclosing(sender(below("POST", ""))(BODY)) as deltas:  # type: ignore[type-var]
            first: Delta = await anext(deltas)
            return first

    with ScriptedServer([Says(PROSE)]) as server:
        assert isinstance(anyio.run(main, server.url), Opened)
    gc.collect()


def test_a_run_may_be_cancelled_in_the_middle_of_a_reply() -> None:
    async def main(url: str) -> str:
        so_far = Fold()
        async with connect(url) as below:
            with anyio.CancelScope() as scope:
                async with aclosing(sender(below("POST", ""))(BODY)) as deltas:  # type: ignore[type-var]
                    async for delta in deltas:
                        so_far.add(delta)
                        if so_far.size:
                            scope.cancel()
        return so_far.text

    with ScriptedServer([Breaks(Break.SILENCE, PROSE)]) as server:
        assert PROSE.startswith(anyio.run(main, server.url))
