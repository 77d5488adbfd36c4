from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from storygen.catalogue import catalogue
from storygen.messages import Transport
from storygen.rehearsal.transport import rehearsal

NEWEST = {"anthropic-version": "2026-10-21"}


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, read to its end."""

    status: int
    headers: Mapping[str, str]
    chunks: tuple[bytes, ...]

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(b"".join(self.chunks))
        return found

    @property
    def text(self) -> str:
        return "".join(block["text"] for block in self.json["content"] if block["type"] == "text")


Ask = Callable[..., Answered]


async def _send(transport: Transport, headers: Mapping[str, str], body: bytes) -> Answered:
    async with transport(headers, body) as reply:
        return Answered(reply.status, reply.headers, tuple([chunk async for chunk in reply.chunks]))


@pytest.fixture
def ask() -> Ask:
    """One rehearsal model, and the way to ask it: a body in, everything that comes back out."""
    transport = rehearsal(catalogue())

    def asking(body: dict[str, Any] | bytes, headers: Mapping[str, str] = NEWEST) -> Answered:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return anyio.run(_send, transport, headers, raw)

    return asking
