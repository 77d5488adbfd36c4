"""One HTTP request as the rehearsal model's API reads it, and how it replies; no sockets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote

from storygen.messages import Reply
from storygen.rehearsal import events
from storygen.rehearsal.rules import Problem

Found: TypeAlias = Mapping[str, Any] | AsyncIterator[bytes] | Problem
"""An object to send as JSON, the lines of a file, or why there is neither."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request as it came: method, target, headers in lower case, body."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> tuple[str, ...]:
        """The words between the slashes.

        >>> Call("GET", "/v1/models/claude-opus-5-5?limit=2").path
        ('v1', 'models', 'claude-opus-5-5')
        """
        return tuple(unquote(word) for word in self.target.partition("?")[0].strip("/").split("/"))

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """What stands after the question mark, name by name, a list's brackets left out.

        >>> Call("GET", "/v1/models?limit=2&lifecycle[]=retired").query
        (('limit', '2'), ('lifecycle', 'retired'))
        """
        pairs = parse_qsl(self.target.partition("?")[2], keep_blank_values=True)
        return tuple((name.removesuffix("[]"), value) for name, value in pairs)

    @property
    def id(self) -> str:
        """What the ids of the reply are made from; equal calls have equal ids."""
        return events.digest(f"{self.method} {self.target}\n".encode() + self.body)


Answering: TypeAlias = Callable[[Call], AbstractAsyncContextManager[Reply]]
"""A call in; a reply out, open for as long as the context is."""


def read_object(body: bytes) -> dict[str, Any] | Problem:
    """Return the JSON object that *body* is, or what the API says where it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        return invalid(f"The request body is not valid JSON: {error}")
    return found if isinstance(found, dict) else invalid("Input should be a valid dictionary")


def invalid(message: str) -> Problem:
    """Return the refusal of a request that makes no sense."""
    return Problem(400, "invalid_request_error", message)


def not_found(message: str) -> Problem:
    """Return the refusal of a request for what there is not."""
    return Problem(404, "not_found_error", message)


def reply(found: Found, call: Call) -> Reply:
    """Return the reply to *call* that carries *found*: status, headers and body."""
    if isinstance(found, AsyncIterator):
        return Reply(200, events.headers(call.id, kind="application/x-jsonl"), found)
    headers = events.headers(call.id, kind="application/json")
    if isinstance(found, Problem):
        return Reply(found.status, headers, _whole(events.error(found, call.id)))
    return Reply(200, headers, _whole(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")))


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    yield body
