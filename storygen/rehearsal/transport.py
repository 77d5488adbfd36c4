"""The rehearsal model as a transport: a request in; status, headers and chunks out; no sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from anyio.lowlevel import checkpoint

from storygen.catalogue import Catalogue
from storygen.messages import Reply, Transport
from storygen.rehearsal import events, meter
from storygen.rehearsal.answer import answer
from storygen.rehearsal.diagnosis import Diagnoses
from storygen.rehearsal.rules import Problem, admit, too_long

_PAUSE = 0.02
"""Seconds between two events, for those who want to watch."""


def rehearsal(
    catalogue: Catalogue, *, sleep: Callable[[float], Awaitable[object]] | None = None
) -> Transport:
    """Return a transport that answers like the models of *catalogue*, from the request alone.

    The same requests in the same order always get the same bytes. With *sleep* it pauses between events, as
    a model that writes does; without, events come as fast as they are taken.
    """
    seen: set[bytes] = set()
    diagnoses = Diagnoses()

    @asynccontextmanager
    async def transport(headers: Mapping[str, str], body: bytes) -> AsyncIterator[Reply]:
        yield _reply(headers, body, catalogue, seen, diagnoses, sleep)

    return transport


def _reply(
    headers: Mapping[str, str],
    body: bytes,
    catalogue: Catalogue,
    seen: set[bytes],
    diagnoses: Diagnoses,
    sleep: Callable[[float], Awaitable[object]] | None,
) -> Reply:
    request = events.digest(body)
    asked = admit(headers, body, catalogue)
    if isinstance(asked, Problem):
        return _refusal(asked, request)
    prompt = meter.weigh(asked.body, asked.model, seen)
    problem = too_long(prompt.usage.prompt_tokens, asked.model)
    if problem:
        return _refusal(problem, request)
    reply = answer(asked, prompt, request)
    reply = replace(reply, diagnostics=diagnoses.take(asked.body, prompt.usage, id=reply.id))
    if asked.body.get("stream"):
        kind, chunks = "text/event-stream; charset=utf-8", events.stream(reply)
        return Reply(200, events.headers(request, kind=kind), _paced(chunks, sleep))
    whole = [events.message(reply)]
    return Reply(200, events.headers(request, kind="application/json"), _paced(whole, None))


def _refusal(problem: Problem, request: str) -> Reply:
    chunks = _paced([events.error(problem, request)], None)
    return Reply(problem.status, events.headers(request, kind="application/json"), chunks)


async def _paced(
    chunks: Iterable[bytes], sleep: Callable[[float], Awaitable[object]] | None
) -> AsyncIterator[bytes]:
    for chunk in chunks:
        await (sleep(_PAUSE) if sleep else checkpoint())
        yield chunk
