"""One send: bytes leave, deltas come back, and what goes wrong has a name."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Iterator
from contextlib import AsyncExitStack, aclosing, contextmanager
from dataclasses import dataclass, replace

import anyio

from storygen.errors import Cut, ModelError, Rejected
from storygen.messages import Delta, Opened, Reply, Send, Transport
from storygen.model.deadlines import Deadlines
from storygen.model.keys import Key, refused, without_keys
from storygen.model.limits import limits, request_id
from storygen.model.reader import LARGEST_TEXT, Reader, read_whole
from storygen.model.sse import Decoder
from storygen.model.verdict import Hide, judge, not_the_api, redirected
from storygen.model.wire import version

LARGEST_ERROR = 64 << 10
"""How many bytes of an error's body are read."""

_OK = 200
_UNAUTHORIZED = 401
_REDIRECTS = range(300, 400)
_STREAM = "text/event-stream"
_JSON = "application/json"
_IDENTITY = "identity"
_AGAIN = "try again; the text so far is kept"


def sender(transport: Transport, *, key: Key | None = None, deadlines: Deadlines = Deadlines()) -> Send:
    """Return the function that sends one body over *transport* and yields the reply's deltas.

    The deltas begin with `Opened`; a reply that simply ends brings no `Ended`. Raises Rejected where the
    server says no, Unreachable where nothing was sent, and Cut where the reply breaks, goes silent or makes
    no sense; whatever came before that has been yielded. Whoever stops early closes the iterator.
    """
    hide = key.hide if key else without_keys

    async def send(body: bytes) -> AsyncGenerator[Delta, None]:
        watch = Watch.start(deadlines)
        async with AsyncExitStack() as stack:
            stack.enter_context(naming(key))
            opening = stack.enter_async_context(transport(headers(version(body), key=key), body))
            reply = hidden(await watch.opened(opening), hide)
            await _admit(reply, watch, hide)
            read = _stream if _media_type(reply) == _STREAM else _whole
            deltas = await stack.enter_async_context(aclosing(read(reply, watch, _reader(reply, hide))))
            async for delta in deltas:
                yield delta

    return send


def headers(spoken: str, *, key: Key | None = None) -> dict[str, str]:
    """Return the headers of a call in the version that is *spoken*; the key is in one of them, in clear."""
    fields = {
        "content-type": _JSON,
        "accept": f"{_STREAM}, {_JSON}",
        "accept-encoding": _IDENTITY,
        "anthropic-version": spoken,
        "user-agent": "storygen",
    }
    return fields | (dict([key.header]) if key else {})


def hidden(reply: Reply, hide: Hide) -> Reply:
    """Return *reply* without the keys that its headers may repeat: ids from there are shown and written."""
    return replace(reply, headers={name: hide(value) for name, value in reply.headers.items()})


@contextmanager
def naming(key: Key | None) -> Iterator[None]:
    """Let an error of the block that wants another key say where this one came from, and what to do."""
    try:
        yield
    except Rejected as error:
        if error.status == _UNAUTHORIZED:
            whence, error.help = refused(key)
            error.notes = (whence, *error.notes)
        raise


@dataclass(slots=True)
class Watch:
    """Keeps the deadlines of one send by the event loop's clock; `steps` is how far the reply has come."""

    deadlines: Deadlines
    began: float
    moved: float
    steps: int = 0

    @classmethod
    def start(cls, deadlines: Deadlines) -> Watch:
        """Begin to count."""
        now = anyio.current_time()
        return cls(deadlines, began=now, moved=now)

    def note(self, steps: int) -> None:
        """Take note of how far the reply has come."""
        if steps > self.steps:
            self.steps, self.moved = steps, anyio.current_time()

    async def opened(self, opening: Awaitable[Reply]) -> Reply:
        """Wait for the headers of the reply."""
        seconds = self.deadlines.headers
        with anyio.CancelScope(deadline=self.began + seconds):
            return await opening
        raise Cut(f"no answer came for {seconds:g} seconds", _AGAIN)

    async def chunk(self, reply: Reply) -> bytes | None:
        """Wait for the next chunk of the reply; None at its end."""
        limit, now = self.deadlines, anyio.current_time()
        ends = (now + limit.silence, self.moved + limit.progress, self.began + limit.attempt)
        with anyio.CancelScope(deadline=min(ends)):
            return await anext(reply.chunks, None)
        sentences = (
            f"the reply was silent for {limit.silence:g} seconds",
            f"the reply did not move for {limit.progress:g} seconds",
            f"the reply took longer than {limit.attempt:g} seconds",
        )
        raise Cut(sentences[ends.index(min(ends))], _AGAIN)


async def _admit(reply: Reply, watch: Watch, hide: Hide) -> None:
    """Raise the error that a reply is if its deltas are not worth reading."""
    if reply.status in _REDIRECTS:
        raise redirected(reply.status, reply.headers, hide=hide)
    compressed = reply.headers.get("content-encoding", _IDENTITY).strip().lower() != _IDENTITY
    start = b"" if compressed or _is_the_api(reply) else await start_of(reply, watch)
    if reply.status >= _REDIRECTS.stop:
        raise judge(reply.status, reply.headers, start, hide=hide)
    if compressed:
        raise Cut("the reply is compressed, which was not asked for", "check the base URL", retry=False)
    if not _is_the_api(reply):
        raise not_the_api(reply.headers, start, hide=hide)


async def start_of(reply: Reply, watch: Watch) -> bytes:
    """Return the beginning of an error's body, as much of it as came."""
    body = bytearray()
    try:
        while len(body) < LARGEST_ERROR and (chunk := await watch.chunk(reply)) is not None:
            body += chunk
    except Cut:
        pass  # the status alone is verdict enough
    return bytes(body[:LARGEST_ERROR])


async def _stream(reply: Reply, watch: Watch, reader: Reader) -> AsyncGenerator[Delta, None]:
    decoder = Decoder()
    try:
        while (chunk := await watch.chunk(reply)) is not None:
            for event in decoder.feed(chunk):
                for delta in reader.read(event.data):
                    yield delta
            if reader.over:
                return
            watch.note(reader.steps)
        for event in decoder.flush():
            for delta in reader.read(event.data):
                yield delta
    except ModelError:
        if not reader.stopped:
            raise
    for delta in reader.end():
        yield delta


async def _whole(reply: Reply, watch: Watch, reader: Reader) -> AsyncGenerator[Delta, None]:
    body = bytearray()
    while (chunk := await watch.chunk(reply)) is not None:
        body += chunk
        if len(body) > LARGEST_TEXT:
            raise Cut(f"the reply is larger than {LARGEST_TEXT:,} bytes", "check the base URL", retry=False)
    for delta in read_whole(reader, bytes(body)):
        yield delta


def _reader(reply: Reply, hide: Hide) -> Reader:
    id_ = request_id(reply.headers)
    return Reader(Opened(reply.status, request_id=id_, limits=limits(reply.headers)), hide=hide)


def _is_the_api(reply: Reply) -> bool:
    return reply.status == _OK and _media_type(reply) in {_STREAM, _JSON}


def _media_type(reply: Reply) -> str:
    return reply.headers.get("content-type", "").partition(";")[0].strip().lower()
