"""A call that is answered by one JSON object, at once: no stream, nothing to pay for."""

from __future__ import annotations

from collections.abc import Mapping

import anyio

from storygen.errors import Cut
from storygen.messages import Reply, Transport
from storygen.model.deadlines import Deadlines
from storygen.model.keys import Key, without_keys
from storygen.model.send import headers, hidden, naming
from storygen.model.strict_json import read_json
from storygen.model.verdict import Hide, judge, not_the_api

LARGEST = 1 << 20
"""How many bytes of an answer are read."""

SLOWEST = 128 << 10
"""Bytes a second that a line carries at least: what is large may take longer to leave."""

_OK = 200


async def answer(
    transport: Transport, body: bytes = b"", *, spoken: str, key: Key | None, deadlines: Deadlines
) -> Mapping[str, object]:
    """Return the object that *transport* answers *body* with, in the version of the API that is *spoken*.

    Raises Rejected where the server says no, Unreachable where nothing was sent, and Cut where no answer
    came in time, or none that is an object.
    """
    seconds = deadlines.headers + len(body) / SLOWEST
    with anyio.move_on_after(seconds):
        async with transport(headers(spoken, key=key), body) as reply:
            hide = key.hide if key else without_keys
            raw = await _read(reply)
            with naming(key):
                return _object(hidden(reply, hide), raw, hide=hide)
    raise Cut(f"no answer came for {round(seconds, 1):g} seconds", "try again")


async def _read(reply: Reply) -> bytes:
    body = bytearray()
    async for chunk in reply.chunks:
        body += chunk
        if len(body) > LARGEST:
            break
    return bytes(body[:LARGEST])


def _object(reply: Reply, body: bytes, *, hide: Hide) -> Mapping[str, object]:
    if reply.status != _OK:
        raise judge(reply.status, reply.headers, body, hide=hide)
    try:
        found = read_json(body)
    except ValueError:
        found = None
    if not isinstance(found, Mapping):
        raise not_the_api(reply.headers, body, hide=hide)
    return found
