"""Server-sent events: bytes in, whole events out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from storygen.errors import Cut

LARGEST_EVENT = 1 << 20
"""How many bytes one event may have."""

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name, empty where none was given, and its data lines joined by newlines."""

    name: str
    data: str


@dataclass(slots=True)
class Decoder:
    r"""Collects bytes in whatever pieces they arrive and yields each event once it is whole.

    Only CR, LF and CRLF end a line, as the standard says, so prose may hold any other separator.
    Raises Cut for an event larger than `largest` bytes, and for bytes that are not UTF-8.

    >>> [event.data for event in Decoder().feed(b"data: one\n\ndata: two\n")]
    ['one']
    """

    largest: int = LARGEST_EVENT
    _line: list[bytes] = field(default_factory=list)
    _data: list[bytes] = field(default_factory=list)
    _name: bytes = b""
    _size: int = 0
    _first: bool = True
    _after_cr: bool = False

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Take the next bytes and yield every event that they complete."""
        if not chunk:
            return
        start = int(self._after_cr and chunk.startswith(b"\n"))
        for end in _LINE_END.finditer(chunk, start):
            self._keep(chunk[start : end.start()])
            start = end.end()
            yield from self._end_line()
        self._keep(chunk[start:])
        self._after_cr = chunk.endswith(b"\r")

    def flush(self) -> Iterator[Event]:
        """Yield the last event if only its blank line is missing; a half line is no event."""
        self._line.clear()
        yield from self._dispatch()

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self.largest:
            raise Cut(
                f"one event of the reply is larger than {self.largest:,} bytes",
                "this server does not stream as the Messages API does",
            )
        if part:
            self._line.append(part)

    def _end_line(self) -> Iterator[Event]:
        line = b"".join(self._line)
        self._line.clear()
        if self._first:
            self._first = False
            line = line.removeprefix(_BOM)
        if not line:
            yield from self._dispatch()
            return
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._name = value
        else:
            self._size -= len(line)

    def _dispatch(self) -> Iterator[Event]:
        name, data = self._name, self._data
        self._name, self._data, self._size = b"", [], 0
        if data:
            yield Event(_text(name), _text(b"\n".join(data)))


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Cut("the reply holds bytes that are not UTF-8", "try again, or ask who runs the server") from None
