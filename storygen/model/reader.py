"""The events of a reply become deltas."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from storygen.errors import Cut
from storygen.messages import (
    Counted,
    Delta,
    Ended,
    Opened,
    OtherBlock,
    StopReason,
    Text,
    Usage,
)
from storygen.model.keys import without_keys
from storygen.model.strict_json import read_json
from storygen.model.verdict import rejected_in_stream

LARGEST_TEXT = 8 << 20
"""How many characters of text one reply may bring."""

LARGEST_ENVELOPE = 16 << 10
"""How many characters the fields around a reply's content may have; more is not kept."""

_AGAIN = "try again; the text so far is kept"
_DONE = "[DONE]"
_HALF_PAIR = re.compile("[\ud800-\udfff]")
"""JSON may hold half a surrogate pair, and no file may."""

_ABSURD = 10**10
"""No reply has so many tokens; a server that says so has miscounted."""

Fields: TypeAlias = Mapping[str, object]
Deltas: TypeAlias = tuple[Delta, ...]


@dataclass(slots=True)
class Reader:
    """Reads the events of one reply, whatever else is among them, and says what they mean.

    `opened` is what the headers already told; it comes first, completed by `message_start`. Events,
    blocks, deltas and fields that nobody knows are passed over. Raises Rejected for an `error` event and
    Cut for what cannot be part of a reply. After `stopped` there is a stop reason; after `over` nothing
    counts any more. `steps` counts all events but pings: how far the reply has come. `hide` takes keys out
    of a server's words.
    """

    opened: Opened
    hide: Callable[[str], str] = without_keys
    steps: int = 0
    over: bool = False
    _begun: bool = False
    _size: int = 0
    _usage: Usage = Usage()
    _envelope: Fields = field(default_factory=dict)
    _ended: Ended | None = None

    @property
    def stopped(self) -> bool:
        """Whether the reply has given its stop reason."""
        return self._ended is not None

    def read(self, data: str) -> Deltas:
        """Take the data of one event and return its deltas."""
        if self.over or data.strip() == _DONE:
            return ()
        try:
            event = _fields(read_json(data), "an event")
        except ValueError:
            raise Cut("an event of the reply is not JSON", _AGAIN) from None
        return self.take(event)

    def take(self, event: Fields) -> Deltas:
        """Take one event as fields and return its deltas."""
        kind = event.get("type", "error" if "error" in event else None)
        if kind == "ping" or self.over:
            return ()
        self.steps += 1
        deltas = self._meaning(kind, event)
        return self._opened_first(deltas) if deltas else ()

    def end(self) -> Deltas:
        """Say that nothing more comes; return what is owed, an unclean end after a stop reason."""
        return () if self.over else self._finish(clean=False)

    def _meaning(self, kind: object, event: Fields) -> Deltas:
        match kind:
            case "content_block_delta":
                return self._text(_fields(event.get("delta"), "content_block_delta"))
            case "content_block_start":
                return self._block(_fields(event.get("content_block"), "content_block_start"))
            case "message_start":
                return self._start(_fields(event.get("message"), "message_start"))
            case "message_delta":
                self._stop(_fields(event.get("delta"), "message_delta"))
                self._complete(_fields(event["delta"], "message_delta"), event.get("usage"))
                return self._count(event.get("usage"))
            case "message_stop":
                return self._finish(clean=True)
            case "error":
                raise rejected_in_stream(event, request_id=self.opened.request_id, hide=self.hide)
            case _:
                return ()

    def _opened_first(self, deltas: Deltas) -> Deltas:
        if self._begun:
            return deltas
        self._begun = True
        return (self.opened, *deltas)

    def _start(self, message: Fields) -> Deltas:
        if self._begun:
            raise Cut("a second message began within the reply", _AGAIN)
        self._envelope = {name: value for name, value in message.items() if name != "content"}
        id_, model = self._word(message.get("id")), self._word(message.get("model"))
        self.opened = replace(self.opened, message_id=id_, model=model)
        return self._opened_first(self._count(message.get("usage")))

    def _block(self, block: Fields) -> Deltas:
        kind = self._word(block.get("type"))
        if kind == "text":
            return self._piece(block.get("text") or "")
        return (OtherBlock(kind),) if kind else ()

    def _text(self, delta: Fields) -> Deltas:
        return self._piece(delta.get("text")) if delta.get("type") == "text_delta" else ()

    def _piece(self, text: object) -> Deltas:
        if not isinstance(text, str):
            raise Cut("a piece of the reply's text is no text", _AGAIN)
        self._size += len(text)
        if self._size > LARGEST_TEXT:
            raise Cut(
                f"the reply is longer than {LARGEST_TEXT:,} characters",
                "no section is that long; look at what was kept",
                retry=False,
            )
        return (Text(_HALF_PAIR.sub("\ufffd", text)),) if text else ()

    def _stop(self, delta: Fields) -> None:
        word = self._word(delta.get("stop_reason"))
        if word is None:
            return
        details = delta.get("stop_details")
        category = self._word(details.get("category")) if isinstance(details, Mapping) else None
        detail = category or self._word(delta.get("stop_sequence"))
        self._ended = Ended(StopReason.read(word), word, detail, clean=False)

    def _complete(self, delta: Fields, usage: object) -> None:
        """Add the fields that come at the end to those that came first; later counts replace earlier ones."""
        first = self._envelope.get("usage")
        counts = {
            **(first if isinstance(first, Mapping) else {}),
            **(usage if isinstance(usage, Mapping) else {}),
        }
        rest = {name: value for name, value in delta.items() if name not in {"content", "usage"}}
        self._envelope = {**self._envelope, **rest, "usage": counts}

    def _count(self, raw: object) -> Deltas:
        usage = _most(self._usage, _usage(raw))
        if usage == self._usage:
            return ()
        self._usage = usage
        return (Counted(usage),)

    def _word(self, value: object) -> str | None:
        return self.hide(value) if isinstance(value, str) and value else None

    def _finish(self, *, clean: bool) -> Deltas:
        self.over = True
        if self._ended is None:
            return self._opened_first(())
        envelope = self.hide(json.dumps(self._envelope, ensure_ascii=True))
        kept = envelope if len(envelope) <= LARGEST_ENVELOPE else ""
        return self._opened_first((replace(self._ended, clean=clean, envelope=kept),))


def read_whole(reader: Reader, body: str | bytes) -> Iterator[Delta]:
    """Yield the deltas of a message that came in one piece, where a stream was asked for.

    Raises Rejected for an error and Cut for any other JSON.
    """
    try:
        message = read_json(body)
    except ValueError:
        raise Cut("the reply is no whole JSON", _AGAIN) from None
    yield from read_message(reader, message)


def read_message(reader: Reader, message: object) -> Iterator[Delta]:
    """Yield the deltas of a whole *message*; raises as `read_whole` does."""
    if isinstance(message, Mapping) and "error" in message:
        reader.take({**message, "type": "error"})
    if not isinstance(message, Mapping) or not isinstance(message.get("content"), list):
        raise Cut("the reply is JSON, but no message", "check the base URL", retry=False)
    for event in _events(message, message["content"]):
        yield from reader.take(event)


def _events(message: Fields, content: list[object]) -> Iterator[Fields]:
    """Spell a whole message as the stream that would have brought it."""
    yield {"type": "message_start", "message": message}
    for block in content:
        yield {"type": "content_block_start", "content_block": block}
    yield {"type": "message_delta", "delta": message, "usage": message.get("usage")}
    yield {"type": "message_stop"}


def _fields(value: object, where: str) -> Fields:
    if not isinstance(value, Mapping):
        raise Cut(f"{where} of the reply makes no sense", _AGAIN)
    return value


def _usage(raw: object) -> Usage:
    if not isinstance(raw, Mapping):
        return Usage()
    details = raw.get("output_tokens_details")
    return Usage(
        input_tokens=_tokens(raw.get("input_tokens")),
        cache_creation_input_tokens=_tokens(raw.get("cache_creation_input_tokens")),
        cache_read_input_tokens=_tokens(raw.get("cache_read_input_tokens")),
        output_tokens=_tokens(raw.get("output_tokens")),
        thinking_tokens=_tokens(details.get("thinking_tokens")) if isinstance(details, Mapping) else 0,
    )


def _tokens(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < _ABSURD else 0


def _most(one: Usage, other: Usage) -> Usage:
    """Usage is cumulative, so the larger of two counts is the later one."""
    return Usage(
        max(one.input_tokens, other.input_tokens),
        max(one.cache_creation_input_tokens, other.cache_creation_input_tokens),
        max(one.cache_read_input_tokens, other.cache_read_input_tokens),
        max(one.output_tokens, other.output_tokens),
        max(one.thinking_tokens, other.thinking_tokens),
    )
