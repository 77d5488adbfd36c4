from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from storygen.catalogue import catalogue
from storygen.rehearsal.rules import LARGEST_BODY

USER = {"role": "user", "content": "Write a line about the sea."}
PREFILL = {"role": "assistant", "content": "The sea"}
BODY: dict[str, Any] = {"model": "claude-sonnet-5-5", "max_tokens": 50, "messages": [USER]}
OLDER = {"anthropic-version": "2023-06-01"}
NEWEST = {"anthropic-version": "2026-10-21"}
OLD_MODEL = {"model": "claude-sonnet-4-5"}

PREFILL_REFUSED = (
    "This model does not support assistant message prefill. The conversation must end with a user message."
)
REFUSED: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "no version": ({}, {}, "anthropic-version: header is required"),
    "unknown version": ({}, {"anthropic-version": "2020-01-01"}, '"2020-01-01" is not a valid version'),
    "unknown field": ({"mood": "calm"}, NEWEST, "mood: Extra inputs are not permitted"),
    "unknown field of a turn": (
        {"messages": [USER | {"name": "Ann"}]},
        NEWEST,
        "messages.0.name: Extra inputs are not permitted",
    ),
    "no messages": ({"messages": []}, NEWEST, "messages: at least one message is required"),
    "a strange role": (
        {"messages": [USER | {"role": "narrator"}]},
        NEWEST,
        "messages.0.role: Input should be",
    ),
    "assistant first": (
        {"messages": [PREFILL, USER]},
        NEWEST,
        'messages: first message must use the "user" role',
    ),
    "system first": (
        {"messages": [{"role": "system", "content": "Be brief."}, USER]},
        NEWEST,
        'messages: first message must use the "user" role',
    ),
    "system in the middle, old model": (
        OLD_MODEL | {"messages": [USER, {"role": "system", "content": "Be brief."}]},
        NEWEST,
        "messages.1.role: Input should be",
    ),
    "empty text": ({"messages": [{"role": "user", "content": ""}]}, NEWEST, "non-whitespace text"),
    "empty block": (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]},
        NEWEST,
        "messages.0: text content blocks must be non-empty",
    ),
    "empty system block": (
        {"system": [{"type": "text", "text": ""}]},
        NEWEST,
        "system: text content blocks must be non-empty",
    ),
    "unknown block": (
        {"messages": [{"role": "user", "content": [{"type": "smell"}]}]},
        NEWEST,
        "messages.0.content.0.type: Input should be one of",
    ),
    "a word for a number": ({"max_tokens": "many"}, NEWEST, "max_tokens: Input should be a valid integer"),
    "negative max_tokens": ({"max_tokens": -1}, NEWEST, "max_tokens: Input should be greater than"),
    "nothing to stream": (
        {"max_tokens": 0, "stream": True},
        NEWEST,
        "max_tokens: Input should be greater than",
    ),
    "too many max_tokens": (
        {"max_tokens": 128_001},
        NEWEST,
        "max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens for claude-sonnet",
    ),
    "a blank stop sequence": (
        {"stop_sequences": [" "]},
        NEWEST,
        "each stop sequence must contain non-whitespace",
    ),
    "prefill": (
        {"messages": [USER, PREFILL]},
        NEWEST,
        PREFILL_REFUSED,
    ),
    "prefill of an unknown model": (
        {"model": "somebody-elses", "messages": [USER, PREFILL]},
        NEWEST,
        "This model does not support assistant message prefill.",
    ),
    "prefill that ends blank": (
        OLD_MODEL | {"messages": [USER, {"role": "assistant", "content": "The sea "}]},
        NEWEST,
        "messages: final assistant content cannot end with trailing whitespace",
    ),
    "temperature in the newest version": (
        OLD_MODEL | {"temperature": 1},
        NEWEST,
        "temperature: Extra inputs are not permitted",
    ),
    "top_k in the newest version": ({"top_k": 5}, NEWEST, "top_k: Extra inputs are not permitted"),
    "temperature of a model without": ({"temperature": 0.5}, OLDER, "temperature: this model accepts only"),
    "temperature above one": (
        OLD_MODEL | {"temperature": 1.5},
        OLDER,
        "temperature: Input should be less than or equal to 1",
    ),
    "two kinds of sampling": (
        OLD_MODEL | {"temperature": 0.5, "top_p": 0.5},
        OLDER,
        "`temperature` and `top_p` cannot both be specified for this model.",
    ),
    "thinking that cannot be disabled": (
        {"thinking": {"type": "disabled"}},
        NEWEST,
        "thinking.type: 'disabled' is not supported by this model",
    ),
    "thinking disabled at full effort": (
        {"model": "claude-haiku-5-5", "thinking": {"type": "disabled"}, "output_config": {"effort": "max"}},
        NEWEST,
        "thinking.type: 'disabled' is not supported at effort 'max'",
    ),
    "thinking without a budget": (
        OLD_MODEL | {"thinking": {"type": "enabled"}},
        NEWEST,
        "thinking.enabled.budget_tokens: Field required",
    ),
    "thinking over the limit": (
        OLD_MODEL | {"thinking": {"type": "enabled", "budget_tokens": 2000}},
        NEWEST,
        "`max_tokens` must be greater than `thinking.budget_tokens`",
    ),
    "an effort that the model does not know": (
        {"output_config": {"effort": "huge"}},
        NEWEST,
        "output_config.effort: Input should be one of 'low'",
    ),
    "effort of a model without": (
        OLD_MODEL | {"output_config": {"effort": "low"}},
        NEWEST,
        "output_config.effort: this model does not support",
    ),
    "five cache marks": (
        {"system": [{"type": "text", "text": "A", "cache_control": {"type": "ephemeral"}}] * 5},
        NEWEST,
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_api_refuses_is_refused_in_its_words(ask: Callable[..., Any], name: str) -> None:
    change, headers, expected = REFUSED[name]
    answered = ask(BODY | change, headers)
    envelope = answered.json
    assert (400, "error", "invalid_request_error") == (
        answered.status,
        envelope["type"],
        envelope["error"]["type"],
    )
    assert expected in envelope["error"]["message"]
    assert envelope["request_id"] == answered.headers["request-id"]


@pytest.mark.parametrize("field", ["model", "max_tokens", "messages"])
def test_a_missing_field_is_named(ask: Callable[..., Any], field: str) -> None:
    body = {name: value for name, value in BODY.items() if name != field}
    assert f"{field}: Field required" == ask(body).json["error"]["message"]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"thinking": {"type": "between_tools"}},
        {"output_config": {"effort": "max"}},
        {"max_tokens": 0},
        {"metadata": {"user_id": "x"}, "service_tier": "auto"},
        {"messages": [USER, {"role": "system", "content": "Be brief."}]},
        {"messages": [USER, USER]},
        {"model": "claude-3-7-sonnet", "messages": [USER, PREFILL]},
        {"model": "somebody-elses"},
    ],
)
def test_what_the_api_takes_is_taken(ask: Callable[..., Any], change: dict[str, Any]) -> None:
    assert 200 == ask(BODY | change).status


def test_the_older_version_takes_a_temperature_where_the_model_does(ask: Callable[..., Any]) -> None:
    assert 200 == ask(BODY | {"model": "claude-3-7-sonnet", "temperature": 0.7, "top_p": 0.9}, OLDER).status


@pytest.mark.parametrize("model", catalogue().models, ids=lambda model: model.id)
def test_every_model_of_the_catalogue_rehearses(ask: Callable[..., Any], model: Any) -> None:
    assert model.id == ask(BODY | {"model": model.id}).json["model"]


def test_a_body_over_the_limit_is_too_large(ask: Callable[..., Any]) -> None:
    answered = ask(b" " * (LARGEST_BODY + 1))
    assert (413, "request_too_large") == (answered.status, answered.json["error"]["type"])


def test_a_body_that_is_no_json_is_refused(ask: Callable[..., Any]) -> None:
    assert "not valid JSON" in ask(b"{").json["error"]["message"]


@pytest.mark.parametrize("body", [b"\xff", b"[" * 100_000, b'{"model": "\\ud800"}', b"[]", b"null"])
def test_a_body_that_is_no_object_of_whole_characters_is_refused(
    ask: Callable[..., Any], body: bytes
) -> None:
    assert 400 == ask(body).status


def test_a_prompt_beyond_the_window_is_too_long(ask: Callable[..., Any]) -> None:
    message = ask(BODY | OLD_MODEL | {"messages": [{"role": "user", "content": "sea " * 200_000}]}).json[
        "error"
    ]["message"]
    assert message.startswith("prompt is too long: ")
    assert message.endswith(" tokens > 200000 maximum")
