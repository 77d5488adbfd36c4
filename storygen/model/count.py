"""Asks an endpoint how long a prompt is in the model's own tokens; it costs nothing."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import anyio

from storygen.errors import Cut
from storygen.messages import Reply, Transport
from storygen.model.deadlines import Deadlines
from storygen.model.keys import Key, without_keys
from storygen.model.send import LARGEST_ERROR, headers, hidden, naming
from storygen.model.strict_json import read_json
from storygen.model.verdict import Hide, judge, not_the_api

BELOW = "/count_tokens"
"""Where under the messages prompts are counted."""

ExactCount: TypeAlias = Callable[[bytes], Awaitable[int]]
"""The bytes of a request's body in; how many tokens its prompt has, by the server's own count."""

_OK = 200
_NO_PART_OF_A_PROMPT = {"max_tokens", "stream", "metadata", "stop_sequences", "temperature", "top_p"}


def counter(
    transport: Transport, *, key: Key | None = None, deadlines: Deadlines = Deadlines()
) -> ExactCount:
    """Return the function that has a body's prompt counted over *transport*, which leads to BELOW.

    It raises Rejected where the server says no, Unreachable, and Cut for an answer that holds no count.
    """
    hide = key.hide if key else without_keys

    async def count(request: bytes) -> int:
        asked = counted_part(request)
        with anyio.move_on_after(deadlines.headers):
            async with transport(headers(asked, key=key), asked) as reply:
                body = await _read(reply)
                with naming(key):
                    return _number(hidden(reply, hide), body, hide=hide)
        raise Cut(f"no count came for {deadlines.headers:g} seconds", "try again, or leave out --exact")

    return count


def counted_part(body: bytes) -> bytes:
    """Return what of a request's *body* belongs to its prompt.

    >>> counted_part(b'{"model":"m","max_tokens":9,"stream":true,"messages":[]}')
    b'{"model":"m","messages":[]}'
    """
    fields = json.loads(body)
    kept = {name: value for name, value in fields.items() if name not in _NO_PART_OF_A_PROMPT}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


async def _read(reply: Reply) -> bytes:
    body = bytearray()
    async for chunk in reply.chunks:
        body += chunk
        if len(body) > LARGEST_ERROR:
            break
    return bytes(body[:LARGEST_ERROR])


def _number(reply: Reply, body: bytes, *, hide: Hide) -> int:
    if reply.status != _OK:
        raise judge(reply.status, reply.headers, body, hide=hide)
    try:
        fields = read_json(body)
    except ValueError:
        fields = None
    number = fields.get("input_tokens") if isinstance(fields, dict) else None
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise not_the_api(reply.headers, body, hide=hide)
    return number
