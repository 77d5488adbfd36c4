"""Anthropic's own SDK as the judge of the rehearsal server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic.types.messages.batch_create_params import Request

from storygen.catalogue import catalogue

ASKING: list[Any] = [{"role": "user", "content": "Write a short story about space exploration."}]
NEW, OLD = "claude-sonnet-5-5", "claude-3-7-sonnet"
Connect = Callable[..., anthropic.Anthropic]


@pytest.fixture
def connect(url: str) -> Iterator[Connect]:
    """Return what makes clients of the rehearsal server; they are closed in the end."""
    clients = []

    def connecting(key: str = "any") -> anthropic.Anthropic:
        client = anthropic.Anthropic(
            api_key=key, base_url=url, max_retries=0, _strict_response_validation=True
        )
        clients.append(client)
        return client

    yield connecting
    for client in clients:
        client.close()


def order(custom_id: str, **fields: Any) -> Request:
    params: Any = {"model": NEW, "max_tokens": 200, "messages": ASKING} | fields
    return Request(custom_id=custom_id, params=params)


def test_the_call_as_it_was_asked_for_has_every_field_of_a_success(connect: Connect) -> None:
    message = connect().messages.create(model="claude-3-7-sonnet", max_tokens=1000, messages=ASKING)
    found = message.to_dict()

    assert ("message", "assistant", OLD, "end_turn", None) == tuple(
        found[name] for name in ("type", "role", "model", "stop_reason", "stop_sequence")
    )
    assert ([("text", True)], True, True) == (
        [(block.type, bool(block.text)) for block in message.content if block.type == "text"],
        message.id.startswith("msg_"),
        message.usage.input_tokens > 0 < message.usage.output_tokens,
    )


def test_a_stream_says_what_a_message_says(connect: Connect) -> None:
    client = connect()
    asked: dict[str, Any] = {"model": NEW, "max_tokens": 600, "messages": ASKING}
    with client.messages.stream(**asked) as stream:
        streamed = "".join(stream.text_stream)
        final = stream.get_final_message()
    whole = client.messages.create(**asked)

    assert [block.text for block in whole.content if block.type == "text"] == [streamed]
    assert (whole.stop_reason, whole.usage.output_tokens) == (final.stop_reason, final.usage.output_tokens)


def test_tokens_are_counted_as_they_are_billed(connect: Connect) -> None:
    client = connect()
    counted = client.messages.count_tokens(model=NEW, messages=ASKING, system="Be brief.")
    billed = client.messages.create(model=NEW, max_tokens=10, messages=ASKING, system="Be brief.")

    assert billed.usage.input_tokens == counted.input_tokens


def test_all_models_are_listed_page_by_page(connect: Connect) -> None:
    listed = [model.id for model in connect().models.list(limit=3)]

    assert [model.id for model in catalogue().models if model.lifecycle != "retired"] == listed


def test_retired_models_are_listed_on_request(connect: Connect) -> None:
    assert [OLD] == [model.id for model in connect().models.list(lifecycle=["retired"])]


def test_a_model_is_described_in_full(connect: Connect) -> None:
    model = connect().models.retrieve(NEW)
    assert model.capabilities is not None

    assert ("Claude Sonnet 5.5", "sonnet", "active", 1_000_000, 128_000, 2026) == (
        model.display_name,
        model.line,
        model.lifecycle,
        model.max_input_tokens,
        model.max_tokens,
        model.created_at.year,
    )
    assert (True, False) == (
        model.capabilities.thinking.types.between_tools.supported,
        model.capabilities.thinking.types.disabled.supported,
    )


def test_a_model_that_is_not_there_is_not_found(connect: Connect) -> None:
    with pytest.raises(anthropic.NotFoundError):
        connect().models.retrieve("claude-nobody")


def test_a_batch_is_polled_to_its_end_and_read(connect: Connect) -> None:
    batches = connect().messages.batches
    made = batches.create(
        requests=[order("first"), order("second", max_tokens=0), order("third", stream=True)]
    )
    ended = batches.retrieve(made.id)
    results = {line.custom_id: line.result for line in batches.results(made.id)}

    assert ("in_progress", 3, "ended", 1, 2) == (
        made.processing_status,
        made.request_counts.processing,
        ended.processing_status,
        ended.request_counts.succeeded,
        ended.request_counts.errored,
    )
    assert {"first": "succeeded", "second": "errored", "third": "errored"} == {
        name: result.type for name, result in results.items()
    }


def test_a_long_batch_takes_more_than_one_look(connect: Connect) -> None:
    batches = connect().messages.batches
    made = batches.create(requests=[order(f"order-{number}", max_tokens=1) for number in range(120)])
    looks = [batches.retrieve(made.id) for _ in range(2)]

    assert [("in_progress", 0), ("ended", 120)] == [
        (look.processing_status, look.request_counts.succeeded) for look in looks
    ]


def test_a_batch_says_what_a_message_says(connect: Connect) -> None:
    client = connect()
    made = client.messages.batches.create(requests=[order("only")])
    client.messages.batches.retrieve(made.id)
    [line] = client.messages.batches.results(made.id)
    alone = client.messages.create(model=NEW, max_tokens=200, messages=ASKING)
    assert line.result.type == "succeeded"

    assert (alone.content[-1], "batch") == (
        line.result.message.content[-1],
        line.result.message.usage.service_tier,
    )


def test_a_cancelled_batch_ends_without_answers(connect: Connect) -> None:
    batches = connect().messages.batches
    made = batches.create(requests=[order("first"), order("second")])
    cancelled = batches.cancel(made.id)
    ended = batches.retrieve(made.id)

    assert ("canceling", "ended", 2) == (
        cancelled.processing_status,
        ended.processing_status,
        ended.request_counts.canceled,
    )


def test_a_batch_is_listed_until_it_is_deleted(connect: Connect) -> None:
    batches = connect().messages.batches
    made = batches.create(requests=[order("first")])
    listed = [batch.id for batch in batches.list(limit=1)]
    batches.retrieve(made.id)
    batches.delete(made.id)

    assert (made.id, False) == (listed[0], made.id in [batch.id for batch in batches.list()])


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, anthropic.BadRequestError),
        (401, anthropic.AuthenticationError),
        (403, anthropic.PermissionDeniedError),
        (404, anthropic.NotFoundError),
        (413, anthropic.APIStatusError),
        (429, anthropic.RateLimitError),
        (500, anthropic.InternalServerError),
        (529, anthropic.APIStatusError),
    ],
)
def test_a_bad_day_is_the_error_that_it_is_asked_to_be(
    connect: Connect, status: int, error: type[anthropic.APIStatusError]
) -> None:
    with pytest.raises(error) as raised:
        connect(f"status-{status}").messages.create(model=NEW, max_tokens=10, messages=ASKING)

    assert (status, True) == (raised.value.status_code, (raised.value.request_id or "").startswith("req_"))


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": [*ASKING, {"role": "assistant", "content": "Once"}]},
        {"extra_body": {"temperature": 0.5}},
        {"thinking": {"type": "disabled"}},
        {"messages": [{"role": "user", "content": ""}]},
        {"max_tokens": 1_000_000},
    ],
    ids=["prefill", "sampling", "thinking", "empty", "max_tokens"],
)
def test_what_the_model_refuses_is_a_bad_request(connect: Connect, fields: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"model": NEW, "max_tokens": 10, "messages": ASKING} | fields
    with pytest.raises(anthropic.BadRequestError, match="invalid_request_error"):
        connect().messages.create(**asked, timeout=30)


@contextmanager
def impatient(seen: list[int]) -> Iterator[httpx2.Client]:
    """Yield an HTTP client that notes each status and makes every wait a short one."""

    def note(response: httpx2.Response) -> None:
        seen.append(response.status_code)
        response.headers["retry-after-ms"] = "1"

    with httpx2.Client(event_hooks={"response": [note]}) as client:
        yield client


def test_a_rate_limit_is_waited_out(url: str) -> None:
    seen: list[int] = []
    with impatient(seen) as http:
        client = anthropic.Anthropic(api_key="status-429-2", base_url=url, max_retries=2, http_client=http)
        client.messages.create(model=NEW, max_tokens=10, messages=ASKING)

    assert [429, 429, 200] == seen


def test_a_rate_limit_says_how_long_to_wait(connect: Connect) -> None:
    with pytest.raises(anthropic.RateLimitError) as raised:
        connect("status-429").messages.create(model=NEW, max_tokens=10, messages=ASKING)
    headers = raised.value.response.headers

    assert ("1", "0") == (headers["retry-after"], headers["anthropic-ratelimit-requests-remaining"])


def test_a_request_that_asks_is_told_why_the_cache_missed(connect: Connect) -> None:
    client = connect()
    asked: dict[str, Any] = {"model": NEW, "max_tokens": 200, "messages": ASKING}
    first = client.messages.create(**asked, system="Be brief.", diagnostics={"previous_message_id": None})
    question: Any = {"previous_message_id": first.id}
    with client.messages.stream(**asked, system="Be long.", diagnostics=question) as stream:
        second = stream.get_final_message()

    told: Any = second.to_dict()["diagnostics"]
    assert (None, "system_changed") == (first.diagnostics, told["cache_miss_reason"]["type"])
