from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import anyio
import pytest

from storygen.errors import Cut, Rejected
from storygen.model.count import PATH, counted_part, counter
from storygen.model.deadlines import Deadlines
from storygen.model.http import connect
from storygen.model.keys import Key
from tests.servers.scripted import Behaviour, Break, Fails, Floods, HangsUp, ScriptedServer, Sends

BODY = (
    b'{"model":"m","max_tokens":9,"stream":true,"temperature":1,"stop_sequences":["x"],'
    b'"system":"s","messages":[{"role":"user","content":"Say \xc3\xa9"}],"thinking":{"type":"adaptive"}}'
)
JSON = {"content-type": "application/json"}


def counts(server: ScriptedServer, *, deadlines: Deadlines = Deadlines()) -> int:
    """Have BODY counted by *server*."""

    async def main() -> int:
        async with connect(server.url) as below:
            key = Key("sk-ant-sentinel-0123456")
            count: Callable[[bytes], Awaitable[int]] = counter(
                below("POST", PATH), key=key, deadlines=deadlines
            )
            return await count(BODY)

    return anyio.run(main)


def test_a_count_is_asked_for_below_the_messages() -> None:
    with ScriptedServer([Sends(b'{"input_tokens": 17}', headers=JSON)]) as server:
        found = counts(server)

    assert (17, "/v1/messages/count_tokens") == (found, server.asked[0].path)


def test_what_is_no_part_of_the_prompt_is_not_sent() -> None:
    assert ["model", "system", "messages", "thinking"] == list(json.loads(counted_part(BODY)))


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"input_tokens": "17"}', b'{"input_tokens": -1}', b'{"input_tokens": true}']
)
def test_an_answer_without_a_count_is_no_count(body: bytes) -> None:
    with (
        ScriptedServer([Sends(body, headers=JSON)]) as server,
        pytest.raises(Cut, match="not the Messages API"),
    ):
        counts(server)


@pytest.mark.parametrize(("status", "retry"), [(404, False), (429, True), (401, False)])
def test_an_error_is_judged_as_any_other(status: int, *, retry: bool) -> None:
    answers: list[Behaviour] = [Fails(status)]
    with ScriptedServer(answers) as server, pytest.raises(Rejected) as caught:
        counts(server)
    assert (status, retry) == (caught.value.status, caught.value.retry)


def test_a_refused_key_is_named_by_where_it_came_from() -> None:
    with ScriptedServer([Fails(401, "authentication_error")]) as server, pytest.raises(Rejected) as caught:
        counts(server)
    assert "key from: ANTHROPIC_API_KEY (ends in …3456)" == caught.value.notes[0]


@pytest.mark.parametrize("late", [HangsUp(Break.SILENCE), Floods(b" ", pace=0.01)])
def test_a_count_that_does_not_come_is_given_up(late: Behaviour) -> None:
    with ScriptedServer([late]) as server, pytest.raises(Cut, match=r"no answer came for 0\.2 seconds"):
        counts(server, deadlines=Deadlines(headers=0.2))
