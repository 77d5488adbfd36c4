"""What goes over the wire: the stream's events, the whole message, the error envelope."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from storygen.messages import StopReason
from storygen.rehearsal.meter import Weighed
from storygen.rehearsal.rules import Problem

_NOTHING_YET = {"output_tokens": 1, "output_tokens_details": {"thinking_tokens": 0}}
_PIECES = (2, 5, 3, 6, 4)
"""How many words the text deltas have, in turn."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply before it is spelt for the wire.

    `request` is the digest that its ids are made from; `thinking` is None where nothing was thought,
    `diagnostics` where nothing is to be said of the cache.
    """

    request: str
    model: str
    text: str
    stop_reason: StopReason
    prompt: Weighed
    output_tokens: int
    stop_sequence: str | None = None
    thinking: int | None = None
    diagnostics: Mapping[str, Any] | None = None

    @property
    def id(self) -> str:
        """The id of the message."""
        return f"msg_{self.request}"


def digest(body: bytes) -> str:
    """Return the digest of a body, from which the ids of its reply are made."""
    return hashlib.sha256(body).hexdigest()[:24]


def headers(request: str, *, kind: str) -> dict[str, str]:
    """Return the headers of a reply of the content type *kind*."""
    return {"content-type": kind, "request-id": f"req_{request}"}


def error(problem: Problem, request: str) -> bytes:
    """Return the envelope of a refusal."""
    found = {"type": problem.kind, "message": problem.message}
    return _json({"type": "error", "error": found, "request_id": f"req_{request}"})


def message(answer: Answer) -> bytes:
    """Return the whole reply as one JSON message."""
    content: list[dict[str, Any]] = []
    if answer.thinking is not None:
        content.append({"type": "thinking", "thinking": "", "signature": _signature(answer)})
    if answer.text:
        content.append({"type": "text", "text": answer.text})
    return _json(_envelope(answer) | {"content": content} | _ending(answer) | {"usage": _usage(answer)})


def stream(answer: Answer) -> Iterator[bytes]:
    """Yield the reply as server-sent events, one at a time."""
    opening = _envelope(answer) | {"content": [], "stop_reason": None, "stop_sequence": None}
    yield event("message_start", message=opening | {"usage": _usage(answer) | _NOTHING_YET})
    yield event("ping")
    index = 0
    if answer.thinking is not None:
        yield from _block(index, {"type": "thinking", "thinking": "", "signature": ""}, _thought(answer))
        index += 1
    if answer.text:
        written = ({"type": "text_delta", "text": piece} for piece in pieces(answer.text))
        yield from _block(index, {"type": "text", "text": ""}, written)
    yield event("message_delta", delta=_ending(answer), usage=_usage(answer))
    yield event("message_stop")


def event(kind: str, **fields: object) -> bytes:
    r"""Return one server-sent event.

    >>> event("ping")
    b'event: ping\ndata: {"type":"ping"}\n\n'
    """
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), _json({"type": kind} | fields))


def pieces(text: str) -> Iterator[str]:
    """Cut *text* into pieces of a few words; joined, they are the text.

    >>> list(pieces("The boat came in late."))
    ['The boat', ' came in late.']
    """
    words = re.findall(r"\s*\S+|\s+", text)
    start = 0
    for size in cycle(_PIECES):
        if start >= len(words):
            return
        yield "".join(words[start : start + size])
        start += size


def _thought(answer: Answer) -> Iterator[dict[str, str]]:
    yield {"type": "thinking_delta", "thinking": ""}
    yield {"type": "signature_delta", "signature": _signature(answer)}


def _block(index: int, opening: Mapping[str, str], deltas: Iterator[dict[str, str]]) -> Iterator[bytes]:
    yield event("content_block_start", index=index, content_block=opening)
    for delta in deltas:
        yield event("content_block_delta", index=index, delta=delta)
    yield event("content_block_stop", index=index)


def _envelope(answer: Answer) -> dict[str, Any]:
    told = {} if answer.diagnostics is None else {"diagnostics": answer.diagnostics}
    return {"id": answer.id, "type": "message", "role": "assistant", "model": answer.model} | told


def _ending(answer: Answer) -> dict[str, Any]:
    return {"stop_reason": answer.stop_reason.value, "stop_sequence": answer.stop_sequence}


def _usage(answer: Answer) -> dict[str, Any]:
    prompt = answer.prompt.usage
    written = prompt.cache_creation_input_tokens
    return {
        "input_tokens": prompt.input_tokens,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": prompt.cache_read_input_tokens,
        "cache_creation": {
            "ephemeral_5m_input_tokens": 0 if answer.prompt.hour else written,
            "ephemeral_1h_input_tokens": written if answer.prompt.hour else 0,
        },
        "output_tokens": answer.output_tokens,
        "output_tokens_details": {"thinking_tokens": answer.thinking or 0},
        "service_tier": "standard",
    }


def _signature(answer: Answer) -> str:
    return base64.b64encode(hashlib.sha256(answer.request.encode()).digest()).decode()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
