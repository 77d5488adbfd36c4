"""The rehearsal server spoken to with bare hands."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import pytest

from storygen.catalogue import catalogue
from storygen.errors import UsageError
from storygen.messages import Reply
from storygen.rehearsal.call import Call, reply
from storygen.web.http import serve
from storygen.web.loopback import loopback
from storygen.web.rehearsal import serve_rehearsal

OLD_VERSION, NEW_VERSION = "2023-06-01", "2026-10-21"
HEADERS = {"x-api-key": "any", "anthropic-version": NEW_VERSION}


def body(**fields: Any) -> dict[str, Any]:
    asked = {"role": "user", "content": "Write a short story about space exploration."}
    return {"model": "claude-3-7-sonnet", "max_tokens": 40, "messages": [asked]} | fields


def post(
    url: str, path: str = "/v1/messages", *, headers: Mapping[str, str] = HEADERS, **fields: Any
) -> httpx.Response:
    return httpx.post(f"{url}{path}", headers=dict(headers), json=body(**fields), trust_env=False)


def raw(url: str, request: bytes) -> bytes:
    """Send bytes and return all that comes back until the server closes."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize(("version", "status"), [(OLD_VERSION, 200), (NEW_VERSION, 400)])
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
def test_temperature_belongs_to_the_older_version(url: str, path: str, version: str, status: int) -> None:
    fields = body(temperature=0.5)
    if path.endswith("count_tokens"):
        del fields["max_tokens"]
    answered = httpx.post(f"{url}{path}", headers=HEADERS | {"anthropic-version": version}, json=fields)

    assert status == answered.status_code


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"x-api-key": ""}, 401, "authentication_error"),
        ({"x-api-key": "", "authorization": "Bearer any"}, 200, None),
        ({"anthropic-version": ""}, 400, "invalid_request_error"),
        ({"anthropic-version": "2020-01-01"}, 400, "invalid_request_error"),
        ({"host": "example.org"}, 403, "permission_error"),
        ({"origin": "https://example.org"}, 403, "permission_error"),
        ({"origin": "null"}, 403, "permission_error"),
        ({"x-api-key": "status-418"}, 400, "invalid_request_error"),
    ],
)
def test_headers_decide_who_is_answered(
    url: str, headers: Mapping[str, str], status: int, kind: str | None
) -> None:
    answered = post(url, headers={**HEADERS, **headers})
    fields = answered.json()

    assert (status, kind) == (answered.status_code, fields["error"]["type"] if status != 200 else None)
    assert status == 200 or answered.headers["request-id"] == fields["request_id"]


def test_this_machine_may_be_called_localhost(url: str) -> None:
    assert 200 == post(url.replace("127.0.0.1", "localhost")).status_code


def test_no_other_sites_page_may_read_an_answer(url: str) -> None:
    assert [] == [name for name in post(url).headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/complete", "/v1/messages/batches/none", "/v1/../etc"])
def test_what_is_not_there_is_not_found(url: str, path: str) -> None:
    assert 404 == httpx.get(f"{url}{path}", headers=HEADERS).status_code


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"[" * 100_000, b'{"model": "\\ud800"}'])
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens", "/v1/messages/batches"])
def test_a_body_that_is_no_request_is_refused(url: str, path: str, content: bytes) -> None:
    answered = httpx.post(f"{url}{path}", headers=HEADERS, content=content)

    assert (400, "invalid_request_error") == (answered.status_code, answered.json()["error"]["type"])


@pytest.mark.parametrize(
    "requests",
    [
        [],
        {},
        [{"custom_id": "a"}],
        [{"custom_id": "a b", "params": {}}],
        [{"custom_id": 5, "params": {}}],
        [{"custom_id": "a", "params": {}}, {"custom_id": "a", "params": {}}],
    ],
)
def test_a_batch_that_makes_no_sense_is_refused(url: str, requests: Any) -> None:
    answered = httpx.post(f"{url}/v1/messages/batches", headers=HEADERS, json={"requests": requests})

    assert 400 == answered.status_code


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=1001"])
def test_a_page_has_a_size(url: str, query: str) -> None:
    assert 400 == httpx.get(f"{url}/v1/models?{query}", headers=HEADERS).status_code


def test_pages_go_backwards_too(url: str) -> None:
    every = httpx.get(f"{url}/v1/models", headers=HEADERS).json()["data"]
    page = httpx.get(f"{url}/v1/models?limit=2&before_id={every[3]['id']}", headers=HEADERS).json()

    assert ([model["id"] for model in every[1:3]], True) == (
        [model["id"] for model in page["data"]],
        page["has_more"],
    )


def test_one_connection_carries_many_calls(url: str) -> None:
    with httpx.Client(base_url=url, headers=HEADERS, trust_env=False) as client:
        first, second = (client.post("/v1/messages", json=body(stream=True)) for _ in range(2))

    assert first.content == second.content


def test_a_body_too_large_is_a_413(url: str) -> None:
    answered = httpx.post(f"{url}/v1/messages", headers=HEADERS, content=b" " * (32 * 1024 * 1024 + 1))

    assert (413, "request_too_large") == (answered.status_code, answered.json()["error"]["type"])


def test_what_is_not_http_gets_an_answer_all_the_same(url: str) -> None:
    assert raw(url, b"what is this\r\n\r\n").startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("target", ["//[", "*", "/v1/messages?limit=%FF", "http://example.org/v1/models"])
def test_a_strange_target_is_not_found(url: str, target: str) -> None:
    head = f"GET {target} HTTP/1.1\r\nhost: {urlsplit(url).netloc}\r\nx-api-key: any\r\n"
    answered = raw(url, f"{head}anthropic-version: {NEW_VERSION}\r\n\r\n".encode())

    assert answered.startswith(b"HTTP/1.1 404 Not Found\r\n")


def test_a_client_that_wants_to_be_told_to_continue_is_told(url: str) -> None:
    content = json.dumps(body()).encode()
    head = f"POST /v1/messages HTTP/1.1\r\nhost: {urlsplit(url).netloc}\r\nx-api-key: any\r\n"
    head += (
        f"anthropic-version: {NEW_VERSION}\r\nexpect: 100-continue\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(head.encode())
        told = connection.recv(65_536)
        connection.sendall(content)
        answered = connection.recv(65_536)

    assert (b"HTTP/1.1 100 ", b"HTTP/1.1 200 ") == (told[:13], answered[:13])


def test_a_client_that_leaves_early_harms_nobody(url: str) -> None:
    with httpx.stream(
        "POST", f"{url}/v1/messages", headers=HEADERS, json=body(max_tokens=8000, stream=True)
    ) as answered:
        next(answered.iter_raw())

    assert 200 == post(url).status_code


def test_a_call_that_goes_wrong_is_a_500_and_leaves_the_others_alone() -> None:
    @asynccontextmanager
    async def answer(call: Call) -> AsyncIterator[Reply]:
        if call.path == ("wrong",):
            raise LookupError
        yield reply({"right": True}, call)

    async def calling() -> list[int]:
        async with loopback("127.0.0.1", 0) as (listener, authority), anyio.create_task_group() as group:
            group.start_soon(partial(serve, listener, answer, tell=lambda *_: None))
            async with httpx.AsyncClient(base_url=f"http://{authority}", trust_env=False) as client:
                found = [(await client.get(path)).status_code for path in ("/right", "/wrong", "/right")]
            group.cancel_scope.cancel()
        return found

    assert [200, 500, 200] == anyio.run(calling)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_an_address_that_others_reach_is_refused(host: str) -> None:
    async def serving() -> None:
        await serve_rehearsal(catalogue(), host=host, port=0, ready=print, tell=print)

    with pytest.raises(UsageError, match="other machines"):
        anyio.run(serving)
