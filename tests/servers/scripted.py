"""A Messages API on loopback that does what a test tells it to, and remembers what it was asked.

    with ScriptedServer([Fails(529), Says("Once upon a time.")]) as server:
        ...  # base URL: server.url; the first request fails, the second is answered
    assert server.asked[1].json["model"] == "claude-sonnet-5-5"

A script is a list, one behaviour for each request in turn, or a function from the request to a behaviour.
`continuing` is such a function: it writes given texts to the end however often the reply is cut. A request
beyond the list is answered by a 400 that says so. The server lives in threads; it sleeps only where a
behaviour has a `pace`.
"""

from __future__ import annotations

import json
import re
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias

from storygen.rehearsal.events import error as envelope
from storygen.rehearsal.rules import Problem
from storygen.rehearsal.trouble import KINDS
from tests.servers.replies import beginning, event, pieces_of, sliced, stream

_AFTER = 3
"""Events that follow the text of a reply."""

_LONGEST = 120
"""Seconds after which nobody will come any more."""

_ANCHOR = re.compile(r"<anchor>\s*(.*?)\s*</anchor>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came: path, headers in lower case, body."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as fields."""
        fields: dict[str, Any] = json.loads(self.body)
        return fields

    @property
    def turns(self) -> list[tuple[str, str]]:
        """The messages as (role, text), blocks joined by blank lines."""
        return [(turn["role"], _text(turn["content"])) for turn in self.json["messages"]]


class Behaviour(Protocol):
    """What the server does with one request."""

    def play(self, wire: Wire, asked: Asked) -> None:
        """Write the answer to *asked* on *wire*."""


Script: TypeAlias = Sequence[Behaviour] | Callable[[Asked], Behaviour]


@dataclass(frozen=True, slots=True)
class Says:
    """A reply with *text*; `slices` cuts the bytes of the stream into pieces of that many."""

    text: str
    stop: str = "end_turn"
    slices: int = 0

    def play(self, wire: Wire, asked: Asked) -> None:
        """Stream the whole reply."""
        wire.open_stream()
        reply = stream(self.text, self.stop, model=asked.json["model"])
        for part in sliced(reply, self.slices):
            wire.chunk(part)
        wire.end()


class Break(Enum):
    """How a reply goes wrong after some text."""

    END = auto()
    """The body ends properly, and no stop reason came."""
    CLOSE = auto()
    """The connection closes within the body."""
    RESET = auto()
    """The connection is reset."""
    SILENCE = auto()
    """Nothing more comes until the client leaves."""
    ERROR = auto()
    """An `error` event of type `overloaded_error` comes."""

    def play(self, wire: Wire) -> None:
        """Go wrong."""
        match self:
            case Break.END:
                wire.end()
            case Break.ERROR:
                wire.chunk(event("error", error={"type": "overloaded_error", "message": "Overloaded"}))
                wire.end()
            case Break.RESET:
                wire.reset()
            case Break.SILENCE:
                wire.wait_for_the_client_to_leave()
            case Break.CLOSE:
                pass


@dataclass(frozen=True, slots=True)
class Breaks:
    """A reply that brings *text* and then goes wrong; without text it does so before the first event."""

    how: Break
    text: str = ""

    def play(self, wire: Wire, asked: Asked) -> None:
        """Stream what there is, then break."""
        wire.open_stream()
        for part in beginning(self.text, model=asked.json["model"]) if self.text else ():
            wire.chunk(part)
        self.how.play(wire)


@dataclass(frozen=True, slots=True)
class Waits:
    """A reply with *text* that stands still after so many *pieces* of it, until the test sets `go`.

    `came` is set when they have left. The reply then goes on to its end, or breaks as *then* says.
    """

    text: str
    pieces: int
    then: Break | None = None
    came: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    @property
    def head(self) -> str:
        """The text before the pause."""
        return "".join(pieces_of(self.text)[: self.pieces])

    def play(self, wire: Wire, asked: Asked) -> None:
        """Stream the beginning, wait, then stream the rest or break."""
        events = list(stream(self.text, "end_turn", model=asked.json["model"]))
        before = len(events) - len(pieces_of(self.text)) - _AFTER + self.pieces
        wire.open_stream()
        for part in events[:before]:
            wire.chunk(part)
        self.came.set()
        self.go.wait(_LONGEST)
        if self.then:
            self.then.play(wire)
            return
        for part in events[before:]:
            wire.chunk(part)
        wire.end()


@dataclass(frozen=True, slots=True)
class HangsUp:
    """No headers at all: the connection closes, is reset, or stays silent."""

    how: Break = Break.CLOSE

    def play(self, wire: Wire, asked: Asked) -> None:  # noqa: ARG002 - the same for every request
        """Leave the client alone."""
        self.how.play(wire)


@dataclass(frozen=True, slots=True)
class Streams:
    """An event stream of exactly these bytes, then what *then* says.

    `slices` cuts them into pieces of that many, with `pace` seconds between two. Without `chunked` only the
    end of the connection ends the stream.
    """

    body: bytes
    then: Break = Break.END
    slices: int = 0
    pace: float = 0
    chunked: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)

    def play(self, wire: Wire, asked: Asked) -> None:  # noqa: ARG002 - the same for every request
        """Send the bytes as they are."""
        wire.open_stream(self.headers, chunked=self.chunked)
        for part in sliced([self.body], self.slices):
            wire.chunk(part)
            wire.pause(self.pace)
        self.then.play(wire)


@dataclass(frozen=True, slots=True)
class Floods:
    """An event stream that never ends: *head*, then *unit* again and again, `pace` seconds apart."""

    unit: bytes
    head: bytes = b""
    pace: float = 0
    headers: Mapping[str, str] = field(default_factory=dict)

    def play(self, wire: Wire, asked: Asked) -> None:  # noqa: ARG002 - the same for every request
        """Send until the client leaves."""
        wire.open_stream(self.headers)
        if self.head:
            wire.chunk(self.head)
        while True:
            wire.chunk(self.unit)
            wire.pause(self.pace)


@dataclass(frozen=True, slots=True)
class Fails:
    """An error status, with the envelope of the API or with *body* as it is; `kind` by the status."""

    status: int
    kind: str | None = None
    message: str = "scripted"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def play(self, wire: Wire, asked: Asked) -> None:  # noqa: ARG002 - the same for every request
        """Answer with the error."""
        kind = self.kind or KINDS.get(self.status, "api_error")
        problem = Problem(self.status, kind, self.message)
        body = envelope(problem, "scripted") if self.body is None else self.body
        wire.whole(self.status, {"content-type": "application/json"} | dict(self.headers), body)


@dataclass(frozen=True, slots=True)
class Sends:
    """Any bytes under any status and headers: a page, a redirect, something compressed."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "text/html"})

    def play(self, wire: Wire, asked: Asked) -> None:  # noqa: ARG002 - the same for every request
        """Answer with the bytes."""
        wire.whole(self.status, self.headers, self.body)


def continuing(texts: Mapping[str, str] | str, *, tokens: int = 400) -> Callable[[Asked], Behaviour]:
    """Return a script that writes *texts* to their ends, *tokens* at most in one reply.

    *texts* is one text for every request, or texts by title: the one whose title stands in the last card of
    the request (`Title: The boat`) is meant. Where to go on is read from the request alone: after a prefill,
    or from the words in `<anchor>`, which the reply repeats. What the client makes of the replies has to be
    the text itself.
    """

    def script(asked: Asked) -> Behaviour:
        text = texts if isinstance(texts, str) else texts[meant(asked, texts)]
        start = where_to_go_on(asked, text)
        if start is None:
            return Fails(400, message="the text to continue is none of this server's")
        pieces = pieces_of(text[start:])
        most = min(tokens, asked.json["max_tokens"])
        stop = "max_tokens" if len(pieces) > most else "end_turn"
        return Says("".join(pieces[:most]), stop)

    return script


def meant(asked: Asked, titles: Iterable[str]) -> str:
    """Return which of *titles* stands in the last card of the request; raises LookupError without one."""
    prompt = "\n".join(text for role, text in asked.turns if role == "user")
    named = {title: prompt.rfind(f"Title: {title}\n") for title in titles}
    title = max(named, key=lambda title: named[title])
    if named[title] < 0:
        raise LookupError(f"none of the titles {list(named)} stands in a card of the request")
    return title


class Wire:
    """The server's end of one connection."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self._handler = handler
        self._chunked = True

    def open_stream(self, headers: Mapping[str, str] | None = None, *, chunked: bool = True) -> None:
        """Send the headers of an event stream."""
        self._chunked = chunked
        framing = {"transfer-encoding": "chunked"} if chunked else {}
        self._head(200, {"content-type": "text/event-stream"} | framing | dict(headers or {}))

    def chunk(self, part: bytes) -> None:
        """Send some bytes of the stream."""
        self._handler.wfile.write(b"%x\r\n%b\r\n" % (len(part), part) if self._chunked else part)

    def end(self) -> None:
        """End the stream as HTTP wants it."""
        if self._chunked:
            self._handler.wfile.write(b"0\r\n\r\n")

    def pause(self, seconds: float) -> None:
        """Wait so long; raise ConnectionError if the client leaves meanwhile."""
        if seconds and select.select([self._handler.connection], [], [], seconds)[0]:
            raise ConnectionResetError

    def whole(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Send an answer in one piece."""
        self._head(status, {"content-length": str(len(body))} | dict(headers))
        self._handler.wfile.write(body)

    def reset(self) -> None:
        """Reset the connection instead of closing it."""
        connection = self._handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    def wait_for_the_client_to_leave(self) -> None:
        """Say nothing until the other end is closed."""
        self._handler.connection.recv(1)

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self._handler.send_response_only(status)
        usual = {
            "date": self._handler.date_time_string(),
            "request-id": "req_scripted",
            "connection": "close",
        }
        for name, value in {**usual, **headers}.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()


class _Listener(ThreadingHTTPServer):
    request_queue_size = 1_024  # as many as come at once
    accepted = 0

    def get_request(self) -> tuple[socket.socket, Any]:
        self.accepted += 1
        return super().get_request()


class ScriptedServer:
    """The server: `url` is its base URL, `asked` every request so far; with a `certificate` it speaks TLS."""

    def __init__(self, script: Script, *, certificate: Path | None = None) -> None:
        self.asked: list[Asked] = []
        self._script = script
        self._failures: list[Exception] = []
        self._lock = threading.Lock()
        self._http = _Listener(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self._http.server_port}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)

    @property
    def connections(self) -> int:
        """How many connections came so far; one lasts where the answer's headers keep it alive."""
        return self._http.accepted

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, close every socket, and raise what went wrong in the script."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        if error is None and self._failures:
            raise self._failures[0]

    def _next(self, asked: Asked) -> Behaviour:
        with self._lock:
            self.asked.append(asked)
            if callable(self._script):
                return self._script(asked)
            if len(self.asked) > len(self._script):
                return Fails(400, message="the script has ended")
            return self._script[len(self.asked) - 1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:
                    pass  # the client may leave when it has heard enough
                except Exception as error:  # noqa: BLE001 - a test has to see what its script did wrong
                    server._failures.append(error)

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    raise ConnectionResetError
                names = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.path, names, body)
                self.close_connection = True  # until an answer's headers say otherwise
                server._next(asked).play(Wire(self), asked)

            def log_message(self, *args: object) -> None:
                """Stay silent."""

        return Handler


def _text(content: str | list[dict[str, Any]]) -> str:
    return content if isinstance(content, str) else "\n\n".join(block["text"] for block in content)


def where_to_go_on(asked: Asked, text: str) -> int | None:
    """Return where in *text* the reply begins; None where the request continues some other text."""
    kept = next((said for role, said in reversed(asked.turns) if role == "assistant"), "").rstrip()
    if not text.startswith(kept):
        return None
    if asked.turns[-1][0] == "assistant":
        return len(kept)
    anchor = _ANCHOR.search(asked.turns[-1][1])
    if not kept or anchor is None:
        return len(kept)
    start = text.rfind(anchor[1], 0, len(kept))
    return start if start >= 0 else None
