"""HTTP/1.1 on sockets: calls in, replies out; the one place that knows h11."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from http.client import responses
from typing import TypeAlias

import anyio
import h11
from anyio.abc import ByteStream, Listener

from storygen.messages import Reply
from storygen.rehearsal.call import Answering, Call, reply
from storygen.rehearsal.rules import Problem

_LARGEST = 256 * 1024 * 1024
"""The most bytes of a body that are read; which call may bring so many is for others to say."""

_GONE = (anyio.BrokenResourceError, anyio.ClosedResourceError)
_NOBODY = Call("", "")

Tell: TypeAlias = Callable[[Call, int], None]
"""Hears of every call, and the status that it gets, before the reply goes out."""


async def serve(listener: Listener[ByteStream], answer: Answering, *, tell: Tell) -> None:
    """Answer whoever connects to *listener*, many at once, until cancelled."""

    async def talk(stream: ByteStream) -> None:
        async with stream:
            with suppress(*_GONE):
                await _converse(_Wire(stream), answer, tell)

    await listener.serve(talk)


async def _converse(wire: _Wire, answer: Answering, tell: Tell) -> None:
    """Answer one call after the other, until either end has had enough."""
    try:
        while call := await wire.call():
            await _answer(wire, call, answer, tell)
            if not wire.reusable():
                return
    except h11.RemoteProtocolError as error:
        await wire.refuse(_NOBODY, error.error_status_hint, "invalid_request_error", str(error))


async def _answer(wire: _Wire, call: Call, answer: Answering, tell: Tell) -> None:
    try:
        async with answer(call) as found:
            tell(call, found.status)
            await wire.reply(call, found)
    except _GONE:
        raise
    except Exception as error:  # noqa: BLE001 - one call that goes wrong is no reason to leave the others
        tell(call, 500)
        await wire.refuse(call, 500, "api_error", f"Internal server error: {type(error).__name__}")


class _Wire:
    """One connection: h11 says what the bytes mean, the stream moves them."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._http = h11.Connection(h11.SERVER)

    async def call(self) -> Call | None:
        """Return the next call, whole; None where the other end has left."""
        opening = await self._event()
        if not isinstance(opening, h11.Request):
            return None
        body = bytearray()
        while isinstance(event := await self._event(), h11.Data):
            body += event.data
            if len(body) > _LARGEST:
                raise h11.RemoteProtocolError("Request exceeds the maximum size", error_status_hint=413)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in opening.headers}
        return Call(opening.method.decode("ascii"), opening.target.decode("latin-1"), headers, bytes(body))

    async def reply(self, call: Call, found: Reply) -> None:
        """Send a reply, each chunk as it comes; to HEAD only its headers."""
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in found.headers.items()]
        reason = responses.get(found.status, "").encode("ascii")
        await self._send(h11.Response(status_code=found.status, headers=headers, reason=reason))
        if call.method != "HEAD":
            async for chunk in found.chunks:
                await self._send(h11.Data(data=chunk))
        await self._send(h11.EndOfMessage())

    async def refuse(self, call: Call, status: int, kind: str, message: str) -> None:
        """Send an error if no reply has begun; one that has begun stays cut."""
        if self._http.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            found = reply(Problem(status, kind, message), call)
            await self.reply(call, Reply(status, {**found.headers, "connection": "close"}, found.chunks))

    def reusable(self) -> bool:
        """Whether another call may come on this connection; if so, it is ready for it."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[]))
            try:
                self._http.receive_data(await self._stream.receive())
            except anyio.EndOfStream:
                self._http.receive_data(b"")
        return event

    async def _send(self, event: h11.Event) -> None:
        await self._stream.send(self._http.send(event) or b"")
