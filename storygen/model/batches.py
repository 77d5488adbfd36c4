"""The Message Batches API: many requests leave at once and are answered within a day, at half the price."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from storygen.errors import Cut, Rejected, Unreachable
from storygen.messages import Below, Delta, Opened, Reply
from storygen.model.answer import answer
from storygen.model.deadlines import Deadlines
from storygen.model.keys import Key, without_keys
from storygen.model.reader import LARGEST_TEXT, Reader, read_message
from storygen.model.send import Watch, headers, hidden, naming, start_of
from storygen.model.strict_json import read_json
from storygen.model.verdict import Hide, judge, rejected_in_stream
from storygen.model.wire import NEWEST_VERSION, SAMPLING_VERSION, version

MOST = 100_000
"""How many requests a batch may have."""

LARGEST = 256 << 20
"""How many bytes a batch may have."""

FRAME = 128
"""Bytes that a request takes in a batch beside its own."""

_PATH = "/batches"
_OK = 200
_NOT_OFFERED = {404, 405, 501}
_PAGE = 100
_UNANSWERED = {
    "expired": ("the batch expired", "try again", True),
    "canceled": ("the batch was cancelled", "run again to have it asked for", False),
}
"""Why a request was not answered, by the word for it: in words, what to do, whether to try again at once."""

Fields: TypeAlias = Mapping[str, object]
Result: TypeAlias = tuple[Delta, ...] | Rejected | Unreachable | Cut
"""What became of one request of a batch: the deltas of its reply, or the error that it would have met."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as its server tells of it: whether it has ended, of how many requests it is.

    `created` is seconds since 1970 by the server's clock, 0 where it does not say.
    """

    id: str
    ended: bool
    requests: int
    created: float


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches of one endpoint; `below` leads there.

    Every method raises Rejected where the server says no, Unreachable where nothing was sent, and Cut where
    the answer broke off or makes no sense.
    """

    below: Below
    key: Key | None = None
    deadlines: Deadlines = Deadlines()

    async def create(self, bodies: Mapping[str, bytes]) -> Batch:
        """Have a batch made of *bodies*, each by the name that its result will have: 64 of [a-zA-Z0-9_-]."""
        try:
            return _batch(await self._answer("POST", "", _spelled(bodies), spoken=_version(bodies)))
        except (Rejected, Cut) as error:
            if not error.retry if isinstance(error, Cut) else error.status in _NOT_OFFERED:
                error.help = "this server may have no batches: leave out --batch; or check the base URL"
            raise

    async def look(self, id: str) -> Batch:  # noqa: A002 - the word
        """Return the batch of that *id* as it is now."""
        return _batch(await self._answer("GET", f"/{id}"))

    async def made_since(self, moment: float) -> tuple[Batch, ...]:
        """Return the batches that were created at *moment*, in seconds since 1970, or later; newest first."""
        found: dict[str, Batch] = {}
        after = ""
        while True:
            page = await self._page(after)
            newer = {each.id: each for each in _listed(page) if each.created >= moment or not each.created}
            if newer.keys() <= found.keys():
                return tuple(found.values())
            found |= newer
            if not page.get("has_more"):
                return tuple(found.values())
            after = f"&after_id={[*newer][-1]}"

    async def results(self, id: str) -> AsyncGenerator[tuple[str, Result], None]:  # noqa: A002 - the word
        """Yield the results of the batch of that *id*, which has ended, each with its request's name."""
        hide = self.key.hide if self.key else without_keys
        transport = self.below("GET", f"{_PATH}/{id}/results")
        watch = Watch.start(self.deadlines)
        async with AsyncExitStack() as stack:
            stack.enter_context(naming(self.key))
            opening = stack.enter_async_context(transport(headers(NEWEST_VERSION, key=self.key), b""))
            reply = hidden(await watch.opened(opening), hide)
            if reply.status != _OK:
                raise judge(reply.status, reply.headers, await start_of(reply, watch), hide=hide)
            lines = await stack.enter_async_context(aclosing(_lines(reply, watch)))
            async for line in lines:
                yield read_result(line, hide=hide)

    async def _page(self, after: str) -> Fields:
        """Return a page of all batches; of a server that has none, an empty one."""
        try:
            return await self._answer("GET", f"?limit={_PAGE}{after}")
        except Rejected as error:
            if error.status in _NOT_OFFERED:
                return {}
            raise

    async def _answer(
        self, method: str, path: str, body: bytes = b"", *, spoken: str = NEWEST_VERSION
    ) -> Fields:
        transport = self.below(method, f"{_PATH}{path}")
        return await answer(transport, body, spoken=spoken, key=self.key, deadlines=self.deadlines)


async def _lines(reply: Reply, watch: Watch) -> AsyncGenerator[bytes, None]:
    rest = bytearray()
    while (chunk := await watch.chunk(reply)) is not None:
        *lines, last = (bytes(rest) + chunk).split(b"\n")
        rest = bytearray(last)
        if len(rest) > 2 * LARGEST_TEXT:
            raise Cut(
                f"a result is larger than {2 * LARGEST_TEXT:,} bytes", "check the base URL", retry=False
            )
        for line in filter(bytes.strip, lines):
            watch.note(watch.steps + 1)
            yield line
    if rest.strip():
        yield bytes(rest)


def read_result(line: bytes, *, hide: Hide = without_keys) -> tuple[str, Result]:
    """Return the name of the request that *line* of a batch's results answers, and what became of it.

    >>> read_result(b'{"custom_id":"a","result":{"type":"expired"}}')[1].message
    'the batch expired before it came to this request; nothing of it was billed'
    """
    try:
        fields = _fields(read_json(line))
    except ValueError:
        raise Cut("a result of the batch is no JSON", "try again") from None
    return str(fields.get("custom_id")), _result(_fields(fields.get("result")), hide)


def _result(result: Fields, hide: Hide) -> Result:
    kind = str(result.get("type"))
    if kind in _UNANSWERED:
        why, help_, retry = _UNANSWERED[kind]
        return Unreachable(
            f"{why} before it came to this request; nothing of it was billed", help_, retry=retry
        )
    try:
        if kind == "errored":
            return rejected_in_stream(_fields(result.get("error")), request_id=None, hide=hide)
        return tuple(read_message(Reader(Opened(_OK), hide=hide), result.get("message")))
    except (Rejected, Cut) as error:
        return error


def _spelled(bodies: Mapping[str, bytes]) -> bytes:
    orders = (b'{"custom_id":"%b","params":%b}' % (name.encode(), body) for name, body in bodies.items())
    return b'{"requests":[%b]}' % b",".join(orders)


def _version(bodies: Mapping[str, bytes]) -> str:
    """Return the version that all of *bodies* can be spoken in: the newest does not sample."""
    return SAMPLING_VERSION if SAMPLING_VERSION in map(version, bodies.values()) else NEWEST_VERSION


def _listed(page: Fields) -> list[Batch]:
    data = page.get("data")
    return [_batch(each) for each in data if isinstance(each, Mapping)] if isinstance(data, list) else []


def _batch(fields: Fields) -> Batch:
    counts = fields.get("request_counts")
    numbers = counts.values() if isinstance(counts, Mapping) else ()
    id_, status = fields.get("id"), fields.get("processing_status")
    named = isinstance(id_, str) and id_.replace("_", "").replace("-", "").isalnum()
    if not named or not isinstance(status, str):
        raise Cut(
            "this is not the Message Batches API: it tells of no batch", "check the base URL", retry=False
        )
    return Batch(
        str(id_),
        ended=status == "ended",
        requests=sum(each for each in numbers if isinstance(each, int)),
        created=_moment(fields.get("created_at")),
    )


def _moment(raw: object) -> float:
    try:
        return datetime.fromisoformat(str(raw)).timestamp()
    except ValueError:
        return 0.0


def _fields(value: object) -> Fields:
    if not isinstance(value, Mapping):
        raise Cut("a result of the batch makes no sense", "try again")
    return value
