"""The API that the rehearsal model answers through: a call in, a reply out; no sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from storygen.catalogue import Catalogue
from storygen.messages import Below, Reply, Transport
from storygen.rehearsal import listing
from storygen.rehearsal.batches import Batch, Batches, Outcome, answered_by, described
from storygen.rehearsal.call import Answering, Call, Found, invalid, not_found, reply
from storygen.rehearsal.counting import count
from storygen.rehearsal.rules import Problem, version_problem
from storygen.rehearsal.transport import rehearsal
from storygen.rehearsal.trouble import Troubles, limit_headers

_RATE_LIMIT = 429
_ORGANIZATION = {"anthropic-organization-id": "rehearsal"}


def rehearsal_api(
    catalogue: Catalogue,
    *,
    now: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[object]] | None = None,
    transport: Transport | None = None,
    outcome: Outcome | None = None,
) -> Answering:
    """Return what answers the calls of the Messages API and its neighbours for the models of *catalogue*.

    Any key will do, and none is kept; *now* dates batches and rate limits; *sleep* paces streams.
    *transport* and *outcome* replace what answers a request by itself and in a batch.
    """
    transport = transport or rehearsal(catalogue, sleep=sleep)
    batches = Batches(outcome or answered_by(transport), now=now)
    troubles = Troubles()

    @asynccontextmanager
    async def answer(call: Call) -> AsyncIterator[Reply]:
        problem = troubles.find(call.headers) or _unversioned(call)
        if problem:
            yield _refusal(problem, call, now)
        elif (call.method, *call.path) == ("POST", "v1", "messages"):
            async with transport(call.headers, call.body) as streaming:
                yield _marked(streaming)
        else:
            yield _marked(reply(await _found(call, catalogue, batches), call))

    return answer


def below_rehearsal(catalogue: Catalogue, *, now: Callable[[], datetime]) -> Below:
    """Return the way to what lies below the messages of the rehearsal model, in this process."""
    api = rehearsal_api(catalogue, now=now)

    def below(method: str, path: str) -> Transport:
        @asynccontextmanager
        async def transport(headers: Mapping[str, str], body: bytes) -> AsyncIterator[Reply]:
            async with api(Call(method, f"/v1/messages{path}", headers, body)) as answered:
                yield answered

        return transport

    return below


async def _found(call: Call, catalogue: Catalogue, batches: Batches) -> Found:  # noqa: PLR0911 - a route each
    match call.method, *call.path:
        case "POST", "v1", "messages", "count_tokens":
            return count(call.headers, call.body, catalogue)
        case "GET", "v1", "models":
            return listing.models(catalogue, call.query)
        case "GET", "v1", "models", name:
            return listing.model(catalogue, name)
        case "POST", "v1", "messages", "batches":
            return _described(batches.create(call.headers, call.body), call)
        case "GET", "v1", "messages", "batches":
            return batches.listed(call.query, _origin(call))
        case "GET", "v1", "messages", "batches", id_:
            return _described(await batches.retrieve(id_), call)
        case "DELETE", "v1", "messages", "batches", id_:
            return batches.delete(id_)
        case "POST", "v1", "messages", "batches", id_, "cancel":
            return _described(batches.cancel(id_), call)
        case "GET", "v1", "messages", "batches", id_, "results":
            return batches.results(id_)
        case _:
            return not_found(f"{call.method} /{'/'.join(call.path)} is not a part of this API")


def _unversioned(call: Call) -> Problem | None:
    found = version_problem(call.headers.get("anthropic-version", ""))
    return invalid(found) if found else None


def _described(batch: Batch | Problem, call: Call) -> Found:
    return batch if isinstance(batch, Problem) else described(batch, _origin(call))


def _origin(call: Call) -> str:
    return f"http://{call.headers.get('host', '')}"


def _refusal(problem: Problem, call: Call, now: Callable[[], datetime]) -> Reply:
    refused = _marked(reply(problem, call))
    if problem.status != _RATE_LIMIT:
        return refused
    return Reply(refused.status, {**refused.headers, **limit_headers(now())}, refused.chunks)


def _marked(plain: Reply) -> Reply:
    return Reply(plain.status, {**plain.headers, **_ORGANIZATION}, plain.chunks)
