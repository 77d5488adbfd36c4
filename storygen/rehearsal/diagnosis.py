"""Why the cache could not read a prompt as it could have read the one before, where a request asks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from storygen.messages import Usage
from storygen.rehearsal.shape import Body


@dataclass(frozen=True, slots=True)
class _Print:
    """What is remembered of a request: hashes of its parts, in the order in which they are compared."""

    model: str
    system: bytes
    tools: bytes
    messages: tuple[bytes, ...]
    cached: int

    @classmethod
    def of(cls, body: Body, usage: Usage) -> _Print:
        return cls(
            body["model"],
            _hash(body.get("system")),
            _hash(body.get("tools")),
            tuple(map(_hash, body["messages"])),
            usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
        )


@dataclass(slots=True)
class Diagnoses:
    """The requests that have asked so far, by the ids of their replies."""

    _prints: dict[str, _Print] = field(default_factory=dict)

    def take(self, body: Body, usage: Usage, *, id: str) -> Mapping[str, Any] | None:  # noqa: A002 - the API's word
        """Return the `diagnostics` of the reply *id* to *body*, None without any.

        A request that asks for them is remembered, even where it names none before it.
        """
        if body.get("diagnostics") is None:
            return None
        now = self._prints[id] = _Print.of(body, usage)
        previous = body["diagnostics"].get("previous_message_id")
        if previous is None:
            return None
        before = self._prints.get(previous)
        if before is None:
            return {"cache_miss_reason": {"type": "previous_message_not_found"}}
        kind = _changed(now, before)
        missed = max(0, before.cached - usage.cache_read_input_tokens)
        return {"cache_miss_reason": {"type": kind, "cache_missed_input_tokens": missed}} if kind else None


def _changed(now: _Print, before: _Print) -> str:
    """Return what the API calls the first part in which *now* is other than *before*; empty for none."""
    for part in ("model", "system", "tools"):
        if getattr(now, part) != getattr(before, part):
            return f"{part}_changed"
    grown = now.messages[: len(before.messages)] == before.messages
    return "" if grown else "messages_changed"


def _hash(part: object) -> bytes:
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).digest()
