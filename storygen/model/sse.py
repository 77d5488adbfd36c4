"""Server-sent events: bytes in, whole events out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from storygen.errors import Cut

LARGEST_EVENT = 1 << 20
"""How many bytes one event may have."""

_ENDS = (b"\n", b"\r")
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
        if self._after_cr:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        for line in chunk.splitlines(keepends=True):  # of bytes: at CR, LF and CRLF only
            self._grow(len(line))
            if not line.endswith(_ENDS):
                self._line.append(line)
                return
            if event := self._take(line):
                yield event
        self._after_cr = chunk.endswith(b"\r")

    def flush(self) -> Iterator[Event]:
        """Yield the last event if only its blank line is missing; a half line is no event."""
        self._line.clear()
        if event := self._event():
            yield event

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > self.largest:
            raise Cut(
                f"one event of the reply is larger than {self.largest:,} bytes",
                "this server does not stream as the Messages API does; check the base URL",
                retry=False,
            )

    def _take(self, line: bytes) -> Event | None:
        """Take a line with its end; return the event that a blank one completes."""
        if self._line:
            line = b"".join((*self._line, line))
            self._line.clear()
        if self._first:
            self._first = False
            line = line.removeprefix(_BOM)
        name, colon, value = line.rstrip(b"\r\n").partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
        elif name == b"event":
            self._name = value.removeprefix(b" ")
        elif name or colon:
            self._size -= len(line)
        else:
            return self._event()
        return None

    def _event(self) -> Event | None:
        name, data = self._name, self._data
        self._name, self._data, self._size = b"", [], 0
        return Event(_text(name), _text(b"\n".join(data))) if data else None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Cut(
            "the reply holds bytes that are not UTF-8", "try again, or ask who runs the server"
        ) from None
