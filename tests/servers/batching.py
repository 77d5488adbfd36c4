"""The rehearsal's API on loopback with bad days by script: pages that are declined, results that fail.

    with BatchServer(Script(declines="Page 9", errs="Page 5", expires="Page 7")) as server:
        ...  # base URL: server.url
    assert server.made == [200, 3]

A page is known by its title. It is declined every time, in a batch or not; a result fails the first time
that its page comes along in a batch.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Queue
from types import TracebackType
from typing import Any, Self

import anyio
from anyio.from_thread import start_blocking_portal

from storygen.catalogue import catalogue
from storygen.messages import Reply, Transport
from storygen.rehearsal.api import rehearsal_api
from storygen.rehearsal.batches import Outcome, answered_by
from storygen.rehearsal.call import Call
from storygen.rehearsal.transport import rehearsal
from storygen.web.http import serve
from storygen.web.loopback import loopback
from tests.servers.replies import stream

_BATCHES = ("v1", "messages", "batches")


@dataclass(frozen=True, slots=True)
class Script:
    """Which page is declined, which result errs, and which expires, by the titles of the pages.

    Where it `lags`, nobody is told how a batch is doing.
    """

    declines: str = ""
    errs: str = ""
    expires: str = ""
    lags: bool = False


@dataclass(slots=True)
class BatchServer:
    """A server that is told by its `script` what goes wrong; a context manager that runs it.

    `calls` are all calls that it got, each with its status, `made` the sizes of the batches that were made.
    """

    script: Script = Script()
    calls: list[tuple[Call, int]] = field(default_factory=list)
    url: str = ""
    _failed: set[str] = field(default_factory=set)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Begin to listen."""
        urls: Queue[str] = Queue()
        portal = self._stack.enter_context(start_blocking_portal())
        running = portal.start_task_soon(self._serve, urls)
        self._stack.callback(running.cancel)
        self.url = urls.get(timeout=30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._stack.close()

    @property
    def made(self) -> list[int]:
        """How many requests each batch has that was made, in their order."""
        return [len(self._requests(call)) for call in self._made()]

    @property
    def titles(self) -> list[str]:
        """The title of every request that came in a batch, in their order."""
        return [_title(each["params"]) for call in self._made() for each in self._requests(call)]

    def _made(self) -> Iterator[Call]:
        ok = 200
        return (
            call
            for call, status in self.calls
            if (call.method, *call.path) == ("POST", *_BATCHES) and status == ok
        )

    @staticmethod
    def _requests(call: Call) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(call.body)["requests"]
        return found

    async def _serve(self, urls: Queue[str]) -> None:
        transport = self._declining(rehearsal(catalogue()))
        api = rehearsal_api(
            catalogue(),
            now=lambda: datetime.now(UTC),
            transport=transport,
            outcome=self._failing(answered_by(transport)),
        )
        async with loopback("127.0.0.1", 0) as (listener, authority):
            urls.put(f"http://{authority}")
            await serve(listener, api, tell=lambda call, status: self.calls.append((call, status)))

    def _declining(self, transport: Transport) -> Transport:
        """Return *transport* but for the page that is declined."""

        @asynccontextmanager
        async def answer(headers: Mapping[str, str], body: bytes) -> AsyncIterator[Reply]:
            fields = json.loads(body)
            if not self._is_about(fields, self.script.declines):
                async with transport(headers, body) as reply:
                    yield reply
            elif fields.get("stream"):
                events = stream("", "refusal", model=fields["model"])
                yield Reply(200, {"content-type": "text/event-stream"}, _each(*events))
            else:
                yield Reply(200, {"content-type": "application/json"}, _each(_refusal(fields["model"])))

        return answer

    def _failing(self, outcome: Outcome) -> Outcome:
        """Return *outcome* but for the results that fail."""

        async def fail(spoken: str, params: object) -> dict[str, Any]:
            if self.script.lags:
                await anyio.sleep_forever()
            for title, result in ((self.script.errs, _ERRORED), (self.script.expires, {"type": "expired"})):
                if self._is_about(params, title) and title not in self._failed:
                    self._failed.add(title)
                    return result
            return await outcome(spoken, params)

        return fail

    @staticmethod
    def _is_about(params: Any, title: str) -> bool:
        return bool(title) and _title(params) == title


_ERRORED = {
    "type": "errored",
    "error": {"type": "error", "error": {"type": "api_error", "message": "Internal server error"}},
}


def _title(params: Any) -> str:
    return json.dumps(params).rpartition("Title: ")[2].partition("\\n")[0]


def _refusal(model: str) -> bytes:
    usage = {"input_tokens": 10, "output_tokens": 1}
    message = {"id": "msg_scripted", "type": "message", "role": "assistant", "model": model, "content": []}
    return json.dumps(message | {"stop_reason": "refusal", "usage": usage}).encode()


async def _each(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
