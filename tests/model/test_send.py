from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager

import anyio
import pytest
import trio
from trio.testing import MockClock

from storygen.errors import Cut, ModelError, Rejected, Unreachable
from storygen.messages import Completion, Opened, Reply, StopReason, Transport
from storygen.model.deadlines import Deadlines
from storygen.model.deltas import Fold
from storygen.model.keys import Key, Source
from storygen.model.send import LARGEST_ERROR, headers, sender
from storygen.model.wire import NEWEST_VERSION, version
from tests.servers.replies import beginning, event, stream

BODY = b'{"model":"m"}'
STREAM = {"content-type": "text/event-stream; charset=utf-8", "request-id": "req_1"}
ONCE = tuple(beginning("Once upon", model="m"))
WHOLE = tuple(stream("Once upon", "end_turn", model="m"))


class Scripted:
    """A transport that replies with some chunks; an error among them is raised, a number is slept."""

    def __init__(
        self, *chunks: bytes | Exception | float, status: int = 200, replied: Mapping[str, str] = STREAM
    ) -> None:
        self.chunks = chunks
        self.reply = Reply(status, replied, self._play())
        self.headers: Mapping[str, str] = {}
        self.taken = 0
        self.closed = False

    @asynccontextmanager
    async def __call__(self, headers: Mapping[str, str], body: bytes) -> AsyncIterator[Reply]:
        assert body == BODY
        self.headers = headers
        try:
            yield self.reply
        finally:
            self.closed = True

    async def _play(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            if isinstance(chunk, Exception):
                raise chunk
            if isinstance(chunk, float):
                await anyio.sleep(chunk)
            else:
                self.taken += len(chunk)
                yield chunk


def outcome(transport: Transport, *, key: Key | None = None) -> tuple[Completion, ModelError | None]:
    """Send over *transport* while the clock jumps; return what was folded and what was raised."""

    async def main() -> tuple[Completion, ModelError | None]:
        so_far = Fold()
        try:
            async with aclosing(sender(transport, key=key)(BODY)) as deltas:  # type: ignore[type-var]
                async for delta in deltas:
                    so_far.add(delta)
        except ModelError as error:
            return so_far.completion, error
        return so_far.completion, None

    return trio.run(main, clock=MockClock(autojump_threshold=0))


def test_a_whole_reply_becomes_a_completion() -> None:
    completion, error = outcome(Scripted(*WHOLE))
    assert ("Once upon", StopReason.END_TURN, True, None) == (
        completion.text,
        completion.stop_reason,
        completion.clean,
        error,
    )


def test_the_limits_that_a_reply_tells_come_with_its_first_delta() -> None:
    seen: list[object] = []

    async def main() -> None:
        told = STREAM | {"anthropic-ratelimit-requests-remaining": "49"}
        seen.extend([delta async for delta in sender(Scripted(*WHOLE, replied=told))(BODY)])

    trio.run(main)
    assert Opened(200, "req_1", "msg_scripted", "m", {"requests-remaining": "49"}) == seen[0]


def test_what_is_left_after_the_end_is_not_waited_for() -> None:
    _, error = outcome(Scripted(*WHOLE, 9_999.0, Cut("never")))
    assert error is None


def test_a_stream_that_simply_ends_is_a_cut_completion() -> None:
    completion, error = outcome(Scripted(*ONCE))
    assert ("Once upon", StopReason.CUT, None) == (completion.text, completion.stop_reason, error)


@pytest.mark.parametrize(
    "broken",
    [
        Cut("the line broke"),
        b"data: junk\n\n",
        b"data: \xff\n\n",
        event("error", error={"type": "overloaded_error"}),
    ],
)
def test_text_before_a_break_is_kept_and_the_break_is_raised(broken: bytes | Exception) -> None:
    completion, error = outcome(Scripted(*ONCE, broken))
    assert ("Once upon", StopReason.CUT) == (completion.text, completion.stop_reason)
    assert isinstance(error, Cut | Rejected)


@pytest.mark.parametrize("broken", [Cut("the line broke"), 9_999.0, b"data: junk\n\n"])
def test_a_break_after_the_stop_reason_is_only_an_unclean_end(broken: bytes | float | Exception) -> None:
    completion, error = outcome(Scripted(*WHOLE[:-1], broken, b"x"))
    assert (StopReason.END_TURN, False, None) == (completion.stop_reason, completion.clean, error)


def pings(seconds: float) -> Iterable[bytes | float]:
    for _ in range(1_000):
        yield event("ping")
        yield seconds


def trickle(seconds: float) -> Iterable[bytes | float]:
    for _ in range(1_000):
        yield WHOLE[3]
        yield seconds


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ((*ONCE, 91.0), "silent for 90 seconds"),
        ((*ONCE, *pings(30.0)), "did not move for 900 seconds"),
        ((*ONCE, *trickle(30.0)), "longer than 3600 seconds"),
    ],
)
def test_a_reply_that_does_not_come_on_is_cut(chunks: tuple[bytes | float, ...], expected: str) -> None:
    completion, error = outcome(Scripted(*chunks))
    assert completion.text.startswith("Once upon")
    assert expected in str(error)


def test_long_thinking_is_not_silence() -> None:
    thinking = event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": "Hm."})
    slow = [part for _ in range(50) for part in (thinking, 60.0)]
    _, error = outcome(Scripted(*ONCE, *slow, *WHOLE[3:]))
    assert error is None


def test_headers_that_never_come_are_a_cut() -> None:
    @asynccontextmanager
    async def mute(headers: Mapping[str, str], body: bytes) -> AsyncIterator[Reply]:  # noqa: ARG001 - a transport's shape
        await anyio.sleep_forever()
        yield Scripted().reply

    _, error = outcome(mute)
    assert "no answer came for 120 seconds" in str(error)


def test_what_the_transport_raises_passes_through() -> None:
    @asynccontextmanager
    async def dead(headers: Mapping[str, str], body: bytes) -> AsyncIterator[Reply]:
        assert "x-api-key" not in headers
        if not body:
            yield Scripted().reply
        raise Unreachable("no route")

    _, error = outcome(dead)
    assert isinstance(error, Unreachable)


def json_reply(body: bytes, status: int = 200, **more: str) -> Scripted:
    return Scripted(body, status=status, replied={"content-type": "application/json", **more})


def test_a_message_in_one_piece_is_taken_too() -> None:
    completion, error = outcome(
        json_reply(b'{"content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn"}')
    )
    assert ("Hi", StopReason.END_TURN, None) == (completion.text, completion.stop_reason, error)


def test_an_error_status_is_judged() -> None:
    _, error = outcome(json_reply(b'{"error":{"type":"overloaded_error","message":"Overloaded"}}', 529))
    assert isinstance(error, Rejected)
    assert (529, True) == (error.status, error.retry)


@pytest.mark.parametrize("broken", [Cut("the line broke"), 9_999.0])
def test_an_error_whose_body_breaks_is_judged_by_its_status(broken: float | Exception) -> None:
    _, error = outcome(Scripted(b'{"err', broken, status=429, replied={"retry-after": "3"}))
    assert isinstance(error, Rejected)
    assert (429, 3.0) == (error.status, error.retry_after)


def test_an_endless_error_is_not_read_to_its_end() -> None:
    transport = Scripted(*[b"x" * 4_096] * 1_000, status=500)
    outcome(transport)
    assert LARGEST_ERROR == transport.taken


@pytest.mark.parametrize(
    "replied",
    [
        {"content-type": "text/html"},
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/octet-stream"},
    ],
)
def test_a_page_is_not_the_api(replied: Mapping[str, str]) -> None:
    _, error = outcome(Scripted(b"<h1>Hotel</h1>", replied=replied))
    assert isinstance(error, Cut)
    assert ("Hotel" in error.message, False) == (True, error.retry)


@pytest.mark.parametrize("status", [204, 206])
def test_a_success_of_another_kind_is_not_the_api(status: int) -> None:
    _, error = outcome(Scripted(status=status))
    assert "not the Messages API" in str(error)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_compressed_reply_is_not_unpacked(encoding: str) -> None:
    transport = Scripted(*WHOLE, replied=STREAM | {"content-encoding": encoding})
    _, error = outcome(transport)
    assert ("compressed" in str(error), 0) == (True, transport.taken)


def test_a_compressed_error_is_judged_by_its_status() -> None:
    _, error = outcome(Scripted(b"\x1f\x8b", status=529, replied={"content-encoding": "gzip"}))
    assert isinstance(error, Rejected)
    assert (529, True) == (error.status, error.retry)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused(status: int) -> None:
    _, error = outcome(Scripted(status=status, replied={"location": "https://evil.example"}))
    assert "https://evil.example" in str(error)


def test_the_connection_is_let_go_when_the_reader_leaves_early() -> None:
    transport = Scripted(*WHOLE)

    async def main() -> None:
        async with aclosing(sender(transport)(BODY)) as deltas:  # type: ignore[type-var]
            await anext(deltas)

    trio.run(main)
    assert transport.closed


def test_the_key_is_in_one_header_only() -> None:
    sent = headers(NEWEST_VERSION, key=Key("sk-ant-sentinel"))
    assert ["x-api-key"] == [name for name, value in sent.items() if "sentinel" in value]


def test_without_a_key_no_header_speaks_of_one() -> None:
    assert not {"x-api-key", "authorization"} & headers(NEWEST_VERSION).keys()


def test_the_headers_say_what_the_body_needs() -> None:
    assert "2023-06-01" == headers(version(b'{"temperature":1}'))["anthropic-version"]
    assert "identity" == headers(NEWEST_VERSION)["accept-encoding"]


def test_a_key_that_the_server_echoes_is_not_shown() -> None:
    key = Key("gateway-key-0123456789")
    for transport in (
        json_reply(b'{"error":{"message":"bad key gateway-key-0123456789"}}', 401),
        Scripted(event("error", error={"message": "bad key gateway-key-0123456789"})),
        Scripted(b"gateway-key-0123456789", replied={}),
    ):
        _, error = outcome(transport, key=key)
        assert "0123456789" not in str(error)


@pytest.mark.parametrize(
    "transport",
    [
        lambda: json_reply(b'{"error":{"type":"authentication_error"}}', 401),
        lambda: Scripted(*ONCE, event("error", error={"type": "authentication_error"})),
    ],
)
def test_a_key_that_is_not_taken_is_named_by_where_it_came_from(transport: Callable[[], Transport]) -> None:
    _, error = outcome(transport(), key=Key("gateway-key-0123456789", Source.STORYGEN_KEY))

    assert error is not None
    assert ("key from: STORYGEN_API_KEY (ends in …6789)", True) == (
        error.notes[0],
        "STORYGEN_API_KEY" in error.help,
    )


def test_deadlines_are_settings() -> None:
    async def main() -> None:
        send = sender(Scripted(*ONCE, 6.0), deadlines=Deadlines(silence=5))
        with pytest.raises(Cut, match="silent for 5 seconds"):
            _ = [delta async for delta in send(BODY)]

    trio.run(main, clock=MockClock(autojump_threshold=0))
