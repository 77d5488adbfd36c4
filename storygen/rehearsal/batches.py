"""`/v1/messages/batches`: many requests at once, answered while somebody asks how they are doing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from anyio import Lock

from storygen.messages import Transport
from storygen.rehearsal.call import Found, invalid, not_found, read_object
from storygen.rehearsal.events import digest, error
from storygen.rehearsal.pages import page
from storygen.rehearsal.rules import Problem

LARGEST_BATCH = 256 * 1024 * 1024
_MOST_REQUESTS = 100_000
_EACH_TIME = 100
"""How many requests are answered each time that somebody looks, so that no look takes long."""

_CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_LIFE = timedelta(hours=24)
_OUTCOMES = ("succeeded", "errored", "canceled", "expired")
_CANCELED = {"type": "canceled"}

Outcome: TypeAlias = Callable[[str, object], Awaitable[dict[str, Any]]]
"""The version that is spoken and the params of a request in; its result out, as the API spells it."""


@dataclass(frozen=True, slots=True)
class _Order:
    """One request of a batch: what its sender calls it, and the body that it would have alone."""

    custom_id: str
    params: Any


@dataclass(slots=True)
class Batch:
    """A batch on its way: created, perhaps cancelled, ended once it has results."""

    id: str
    version: str
    orders: tuple[_Order, ...]
    created: datetime
    cancelled: datetime | None = None
    ended: datetime | None = None
    results: list[dict[str, Any]] = field(default_factory=list)
    working: Lock = field(default_factory=Lock)


class Batches:
    """All batches of one server, newest first; they live as long as it does."""

    def __init__(self, outcome: Outcome, *, now: Callable[[], datetime]) -> None:
        """Keep what becomes of each request, and the clock that dates the batches."""
        self._outcome = outcome
        self._now = now
        self._made = 0
        self._all: dict[str, Batch] = {}

    def create(self, headers: Mapping[str, str], body: bytes) -> Batch | Problem:
        """Take a batch in; nothing of it is answered yet."""
        if len(body) > LARGEST_BATCH:
            return Problem(413, "request_too_large", "Request exceeds the maximum size")
        orders = _orders(read_object(body))
        if isinstance(orders, Problem):
            return orders
        self._made += 1
        id_ = f"msgbatch_{digest(f'{self._made} '.encode() + body)}"
        batch = Batch(id_, headers.get("anthropic-version", ""), orders, self._now())
        self._all = {id_: batch} | self._all
        return batch

    async def retrieve(self, id_: str) -> Batch | Problem:
        """Return a batch after some more work on it; a small one has ended the first time."""
        batch = self.find(id_)
        if isinstance(batch, Batch):
            async with batch.working:  # two may ask at the same time
                await self._go_on(batch)
        return batch

    def find(self, id_: str) -> Batch | Problem:
        """Return a batch as it is."""
        return self._all.get(id_) or not_found(f"message batch {id_} not found")

    def listed(self, query: Iterable[tuple[str, str]], origin: str) -> Found:
        """Return a page of the batches, newest first."""
        return page([described(batch, origin) for batch in self._all.values()], query)

    def cancel(self, id_: str) -> Batch | Problem:
        """Cancel what is not answered yet; a batch that has ended stays as it is."""
        batch = self.find(id_)
        if isinstance(batch, Batch) and batch.ended is None:
            batch.cancelled = batch.cancelled or self._now()
        return batch

    def delete(self, id_: str) -> Found:
        """Forget a batch that has ended."""
        batch = self.find(id_)
        if isinstance(batch, Problem):
            return batch
        if batch.ended is None:
            return invalid(f"message batch {id_} has not ended; cancel it first")
        del self._all[id_]
        return {"id": id_, "type": "message_batch_deleted"}

    def results(self, id_: str) -> AsyncIterator[bytes] | Problem:
        """Return the results, one line of JSON each, in no promised order."""
        batch = self.find(id_)
        if isinstance(batch, Problem):
            return batch
        return _lines(batch) if batch.ended else not_found(f"message batch {id_} has no results yet")

    async def _go_on(self, batch: Batch) -> None:
        done = len(batch.results)
        for order in batch.orders[done : done + _EACH_TIME]:
            outcome = _CANCELED if batch.cancelled else await self._outcome(batch.version, order.params)
            batch.results.append({"custom_id": order.custom_id, "result": outcome})
        if batch.ended is None and len(batch.results) == len(batch.orders):
            batch.ended = self._now()


def answered_by(transport: Transport) -> Outcome:
    """Return what has every request of a batch answered by *transport*, as it would be alone."""

    async def outcome(spoken: str, params: object) -> dict[str, Any]:
        body = json.dumps(params).encode()
        problem = _only_alone(params)
        if problem:
            return {"type": "errored", "error": json.loads(error(problem, digest(body)))}
        async with transport({"anthropic-version": spoken}, body) as reply:
            found = json.loads(b"".join([chunk async for chunk in reply.chunks]))
        if found["type"] == "error":
            return {"type": "errored", "error": found}
        found["usage"]["service_tier"] = "batch"
        return {"type": "succeeded", "message": found}

    return outcome


def described(batch: Batch, origin: str) -> dict[str, Any]:
    """Return a batch as the API describes it; its results lie at *origin*."""
    tally = Counter(result["result"]["type"] for result in batch.results if batch.ended)
    status = "canceling" if batch.cancelled else "in_progress"
    return {
        "id": batch.id,
        "type": "message_batch",
        "processing_status": "ended" if batch.ended else status,
        "request_counts": {
            "processing": 0 if batch.ended else len(batch.orders),
            **{outcome: tally[outcome] for outcome in _OUTCOMES},
        },
        "created_at": batch.created.isoformat(),
        "expires_at": (batch.created + _LIFE).isoformat(),
        "cancel_initiated_at": batch.cancelled.isoformat() if batch.cancelled else None,
        "ended_at": batch.ended.isoformat() if batch.ended else None,
        "archived_at": None,
        "results_url": f"{origin}/v1/messages/batches/{batch.id}/results" if batch.ended else None,
    }


def _orders(fields: dict[str, Any] | Problem) -> tuple[_Order, ...] | Problem:
    if isinstance(fields, Problem):
        return fields
    raw = fields.get("requests")
    if not isinstance(raw, list) or not 1 <= len(raw) <= _MOST_REQUESTS:
        return invalid(f"requests: Input should be a list of 1 to {_MOST_REQUESTS:,} requests")
    for index, item in enumerate(raw):
        if not isinstance(item, dict) or not {"custom_id", "params"} <= item.keys():
            return invalid(f"requests.{index}: Field required: custom_id and params")
        if not (isinstance(item["custom_id"], str) and _CUSTOM_ID.fullmatch(item["custom_id"])):
            return invalid(f"requests.{index}.custom_id: String should match {_CUSTOM_ID.pattern}")
    names = Counter(item["custom_id"] for item in raw)
    twice = next((name for name, times in names.items() if times > 1), None)
    if twice:
        return invalid(f"requests: custom_id {twice} is not unique")
    return tuple(_Order(item["custom_id"], item["params"]) for item in raw)


def _only_alone(params: object) -> Problem | None:
    """Return why a request that would do alone has no place in a batch, or None."""
    if not isinstance(params, dict):
        return None
    if params.get("stream"):
        return invalid("stream: streaming is not supported in batches")
    if params.get("max_tokens") == 0:
        return invalid("max_tokens: Input should be greater than or equal to 1")
    return None


async def _lines(batch: Batch) -> AsyncIterator[bytes]:
    for result in reversed(batch.results):  # no order is promised, and this one shows it
        yield json.dumps(result, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
