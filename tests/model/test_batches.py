from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import anyio
import pytest

from storygen.catalogue import catalogue
from storygen.errors import Cut, Rejected, Unreachable
from storygen.messages import Message, Reply, Request, Role, StopReason
from storygen.model.answer import SLOWEST
from storygen.model.batches import Batch, Batches, Result, read_result
from storygen.model.deadlines import Deadlines
from storygen.model.deltas import fold
from storygen.model.keys import Key
from storygen.model.wire import encoder, unstreamed
from tests.servers.shore import Fails, Sends, Shore

T = TypeVar("T")
BODY = unstreamed(encoder(catalogue())(Request("sonnet", (Message(Role.USER, "Write."),), max_tokens=100)))
PLAIN = BODY.replace(b"claude-sonnet-5-5", b"claude-haiku-4-5")
SAMPLING = PLAIN.removesuffix(b"}") + b',"temperature":0.5}'
MESSAGE = b'{"id": "msg_1", "type": "message", "role": "assistant", "content": []}'
NEW = datetime(2026, 11, 29, tzinfo=UTC)


def done(shore: Shore, call: Callable[[Batches], Awaitable[T]]) -> T:
    """Do one call at *shore*."""

    async def main() -> T:
        return await call(shore.batches)

    return anyio.run(main)


async def all_results(batches: Batches, id_: str) -> dict[str, Result]:
    async with aclosing(batches.results(id_)) as lines:
        return {name: result async for name, result in lines}


def test_a_batch_goes_from_its_making_to_its_results() -> None:
    async def main(batches: Batches) -> tuple[Batch, Batch, dict[str, Result]]:
        made = await batches.create({"a": BODY, "b": BODY})
        ended = await batches.look(made.id)
        return made, ended, await all_results(batches, made.id)

    made, ended, results = done(Shore(), main)
    replies = [fold(results[name]) for name in ("a", "b")]  # type: ignore[arg-type]

    assert [(False, 2), (True, 2)] == [(each.ended, each.requests) for each in (made, ended)]
    assert [StopReason.END_TURN] * 2 == [reply.stop_reason for reply in replies]
    assert made.created == NEW.timestamp()


def test_a_request_is_in_the_batch_as_it_would_be_alone() -> None:
    shore = Shore()
    done(shore, lambda batches: batches.create({"a": BODY}))

    assert {"requests": [{"custom_id": "a", "params": json.loads(BODY)}]} == json.loads(shore.calls[0][2])
    assert "stream" not in json.loads(BODY)


@pytest.mark.parametrize("bodies", [(SAMPLING,), (SAMPLING, PLAIN)])
def test_a_batch_speaks_the_version_that_all_its_requests_need(bodies: tuple[bytes, ...]) -> None:
    """Under the newest version a temperature is an error for any model."""

    async def main(batches: Batches) -> dict[str, Result]:
        made = await batches.create({f"r{number}": body for number, body in enumerate(bodies)})
        await batches.look(made.id)
        return await all_results(batches, made.id)

    assert [tuple] * len(bodies) == list(map(type, done(Shore(), main).values()))


def test_a_server_without_batches_is_told_apart() -> None:
    shore = Shore({("POST", "/batches"): [Fails(404)]})
    with pytest.raises(Rejected) as caught:
        done(shore, lambda batches: batches.create({"a": BODY}))

    assert "this server may have no batches: leave out --batch; or check the base URL" == caught.value.help


@pytest.mark.parametrize(
    "body", [b"{}", b'{"id": 7}', b'{"id": "../../v1/files"}', b"[]", b"<html>", MESSAGE]
)
def test_what_is_no_batch_is_not_taken_for_one(body: bytes) -> None:
    shore = Shore({("POST", "/batches"): [Sends(body)]})
    with pytest.raises(Cut, match="this is not the Message"):
        done(shore, lambda batches: batches.create({"a": BODY}))


def test_only_batches_made_since_are_listed_newest_first() -> None:
    shore = Shore()
    made = []
    for _ in range(3):
        made.append(done(shore, lambda batches: batches.create({"a": BODY})).id)
        shore.now += timedelta(hours=1)

    since = (NEW + timedelta(hours=1)).timestamp()
    found = done(shore, lambda batches: batches.made_since(since))

    assert [made[2], made[1]] == [each.id for each in found]


def test_a_long_list_is_read_page_by_page() -> None:
    shore = Shore()
    made = [done(shore, lambda batches: batches.create({"a": BODY})).id for _ in range(101)]

    found = done(shore, lambda batches: batches.made_since(0))

    assert (made[::-1], 2) == ([each.id for each in found], shore.count("GET", "/batches?"))


def test_a_list_that_never_ends_is_read_until_nothing_new_comes() -> None:
    batch = {"id": "msgbatch_1", "processing_status": "ended", "created_at": NEW.isoformat()}
    page = Sends(json.dumps({"data": [batch], "has_more": True}).encode())
    shore = Shore({("GET", "/batches"): [page] * 4})

    found = done(shore, lambda batches: batches.made_since(0))

    assert (["msgbatch_1"], 2) == ([each.id for each in found], shore.count("GET", "/batches?"))


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_without_batches_has_made_none(status: int) -> None:
    shore = Shore({("GET", "/batches"): [Fails(status)]})

    assert () == done(shore, lambda batches: batches.made_since(0))


def test_results_of_which_nothing_comes_are_not_waited_for_longer_than_for_any_reply() -> None:
    @asynccontextmanager
    async def silent(_headers: Mapping[str, str], _body: bytes) -> AsyncIterator[Reply]:
        await anyio.sleep_forever()
        yield Reply(200, {}, None)  # type: ignore[arg-type]

    async def main() -> None:
        with anyio.fail_after(10):
            await all_results(Batches(lambda _method, _path: silent, deadlines=Deadlines(headers=0)), "a")

    with pytest.raises(Cut, match="no answer came"):
        anyio.run(main)


def test_a_large_batch_has_the_time_that_it_takes_to_leave() -> None:
    batches = Batches(Shore().below, Key("sk-test"), Deadlines(headers=0))
    body = BODY.replace(b"Write.", b"Write. " * SLOWEST)

    async def main() -> int:
        return (await batches.create({"a": body})).requests

    assert 1 == anyio.run(main)


def line(result: object) -> bytes:
    return json.dumps({"custom_id": "a", "result": result}).encode()


OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
INVALID = {"type": "error", "error": {"type": "invalid_request_error", "message": "no"}}


@pytest.mark.parametrize(
    ("result", "kind", "retry"),
    [
        ({"type": "errored", "error": OVERLOADED}, Rejected, True),
        ({"type": "errored", "error": INVALID}, Rejected, False),
        ({"type": "expired"}, Unreachable, True),
        ({"type": "canceled"}, Unreachable, False),
        ({"type": "succeeded", "message": {"id": "msg_1"}}, Cut, False),
        ({"type": "succeeded"}, Cut, False),
        ({"type": "something new"}, Cut, False),
        ({"type": "errored", "error": "no"}, Cut, True),
    ],
)
def test_a_result_without_a_reply_is_the_error_it_stands_for(
    result: object, kind: type[Exception], *, retry: bool
) -> None:
    found = read_result(line(result))[1]

    assert isinstance(found, Rejected | Unreachable | Cut)
    assert (kind, retry) == (type(found), found.retry)


@pytest.mark.parametrize("spoilt", [b"{", b"[]", b'{"custom_id":"a"}', b'{"custom_id":"a","result":7}'])
def test_a_result_that_is_none_is_read_again(spoilt: bytes) -> None:
    with pytest.raises(Cut, match="a result of the batch") as caught:
        read_result(spoilt)
    assert caught.value.retry


def test_lines_of_results_may_come_in_any_pieces() -> None:
    lines = line({"type": "expired"}) + b"\n\n" + line({"type": "canceled"}).replace(b'"a"', b'"b"')
    shore = Shore({("GET", "/batches/ID/results"): [Sends(lines)]})

    async def main(batches: Batches) -> dict[str, Result]:
        made = await batches.create({"a": BODY})
        return await all_results(batches, made.id)

    assert ["a", "b"] == list(done(shore, main))


def test_results_that_are_not_there_yet_are_an_error() -> None:
    async def main(batches: Batches) -> dict[str, Result]:
        return await all_results(batches, (await batches.create({"a": BODY})).id)

    with pytest.raises(Rejected) as caught:
        done(Shore(), main)
    assert 404 == caught.value.status
