"""What lies below the messages, in this process and without a socket: it fails as a test says.

    shore = Shore({("POST", "/batches"): [Lost(), Answered()]})
    Batches(shore.below)  # the first batch is made, and nobody is told; the next one is made and told of

A call beyond what its list says is answered.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from anyio.lowlevel import checkpoint

from storygen.catalogue import catalogue
from storygen.errors import Cut, Unreachable
from storygen.messages import Reply, Transport
from storygen.model.batches import Batches
from storygen.model.keys import Key
from storygen.rehearsal.api import below_rehearsal


@dataclass(frozen=True, slots=True)
class Fails:
    """The server says no, with this status and these headers."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lost:
    """The call arrives and does its work; its answer is lost."""


@dataclass(frozen=True, slots=True)
class Away:
    """There is no way to the server."""


@dataclass(frozen=True, slots=True)
class Sends:
    """The server answers with these bytes, whatever it was asked."""

    body: bytes


Behaviour: TypeAlias = Fails | Lost | Away | Sends


@dataclass(slots=True)
class Shore:
    """The rehearsal's batches behind a script; `calls` are those that came: method, path and body."""

    script: dict[tuple[str, str], list[Behaviour | None]] = field(default_factory=dict)
    calls: list[tuple[str, str, bytes]] = field(default_factory=list)
    now: datetime = datetime(2026, 11, 29, tzinfo=UTC)

    def __post_init__(self) -> None:
        """Open the rehearsal's own."""
        self._below = below_rehearsal(catalogue(), now=lambda: self.now)

    _below: Any = None

    @property
    def batches(self) -> Batches:
        """The batches of this shore."""
        return Batches(self.below, Key("sk-test"))

    @property
    def made(self) -> list[list[str]]:
        """The names of the requests in every batch that was asked for, in their order."""
        bodies = (body for method, path, body in self.calls if (method, path) == ("POST", "/batches"))
        return [[each["custom_id"] for each in json.loads(body)["requests"]] for body in bodies]

    def count(self, method: str, path: str) -> int:
        """Return how many calls came for a *path* that begins so."""
        return sum((each[0], each[1][: len(path)]) == (method, path) for each in self.calls)

    def below(self, method: str, path: str) -> Transport:
        """Return the transport that leads to *path*."""

        @asynccontextmanager
        async def transport(headers: Mapping[str, str], body: bytes) -> AsyncIterator[Reply]:
            await checkpoint()
            self.calls.append((method, path, body))
            match self._next(method, path):
                case Fails(status=status, headers=said):
                    yield Reply(status, said, _each(_error(status)))
                case Away():
                    raise Unreachable("nothing can be reached")
                case Sends(body=sent):
                    yield Reply(200, {"content-type": "application/json"}, _each(sent))
                case Lost():
                    async with self._below(method, path)(headers, body):
                        raise Cut("the connection broke", "try again")
                case None:
                    async with self._below(method, path)(headers, body) as reply:
                        yield reply

        return transport

    def _next(self, method: str, path: str) -> Behaviour | None:
        wanted = (method, path.partition("?")[0].replace(_id(path), "ID"))
        waiting = self.script.get(wanted, [])
        return waiting.pop(0) if waiting else None


def _id(path: str) -> str:
    return next((part for part in path.partition("?")[0].split("/") if part.startswith("msgbatch_")), "\0")


def _error(status: int) -> bytes:
    kind = {404: "not_found_error", 401: "authentication_error"}.get(status, "api_error")
    return json.dumps({"type": "error", "error": {"type": kind, "message": "no"}}).encode()


async def _each(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
