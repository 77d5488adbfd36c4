"""Asks an endpoint how long a prompt is in the model's own tokens; it costs nothing."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from storygen.errors import Cut
from storygen.messages import Transport
from storygen.model.answer import answer
from storygen.model.deadlines import Deadlines
from storygen.model.keys import Key
from storygen.model.wire import version

PATH = "/count_tokens"
"""Where under the messages prompts are counted."""

ExactCount: TypeAlias = Callable[[bytes], Awaitable[int]]
"""The bytes of a request's body in; how many tokens its prompt has, by the server's own count."""

_NO_PART_OF_A_PROMPT = {"max_tokens", "stream", "metadata", "stop_sequences", "temperature", "top_p"}


def counter(
    transport: Transport, *, key: Key | None = None, deadlines: Deadlines = Deadlines()
) -> ExactCount:
    """Return the function that has a body's prompt counted over *transport*, which leads to PATH.

    It raises Rejected where the server says no, Unreachable, and Cut for an answer that holds no count.
    """

    async def count(request: bytes) -> int:
        asked = counted_part(request)
        try:
            found = await answer(transport, asked, spoken=version(asked), key=key, deadlines=deadlines)
        except Cut as error:
            error.help = f"{error.help}, or leave out --exact" if error.retry else error.help
            raise
        return _number(found)

    return count


def counted_part(body: bytes) -> bytes:
    """Return what of a request's *body* belongs to its prompt.

    >>> counted_part(b'{"model":"m","max_tokens":9,"stream":true,"messages":[]}')
    b'{"model":"m","messages":[]}'
    """
    fields = json.loads(body)
    kept = {name: value for name, value in fields.items() if name not in _NO_PART_OF_A_PROMPT}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def _number(found: Mapping[str, object]) -> int:
    number = found.get("input_tokens")
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise Cut(
            "this is not the Messages API: its answer holds no count", "check the base URL", retry=False
        )
    return number
