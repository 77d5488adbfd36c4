from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.catalogue import catalogue
from storygen.messages import Message, Request, Role
from storygen.model.wire import dropped, encoder, native, output_limit, plain, version

STORY = Message(Role.USER, "Write a short story about space exploration.")


def ask(model: str = "claude-sonnet-5-5", *messages: Message, **rest: Any) -> Request:
    return Request(model, messages or (STORY,), max_tokens=rest.pop("max_tokens", 1000), **rest)


def body(request: Request) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(encoder(catalogue())(request))
    return fields


def plain_body(request: Request) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(encoder(catalogue(), plain)(request))
    return fields


def test_the_oldest_model_gets_the_four_parameters_it_was_asked_with() -> None:
    expected = {
        "model": "claude-3-7-sonnet",
        "max_tokens": 1000,
        "stream": True,
        "messages": [{"role": "user", "content": "Write a short story about space exploration."}],
        "temperature": 0.7,
    }
    assert expected == body(ask("claude-3-7-sonnet", temperature=0.7))


def test_the_system_message_stands_apart_and_carries_the_cache_mark() -> None:
    request = ask("sonnet", Message(Role.SYSTEM, "Be brief.", cached=True), STORY)
    marked = {"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}
    assert [marked] == body(request)["system"]


def test_an_uncached_system_message_is_plain_text() -> None:
    assert "Be brief." == body(ask("sonnet", Message(Role.SYSTEM, "Be brief."), STORY))["system"]


def test_neighbours_of_one_role_share_a_turn_and_keep_their_own_cache_marks() -> None:
    done = Message(Role.USER, "Chapter one.", cached=True)
    expected = [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Chapter one.", "cache_control": {"type": "ephemeral"}},
                {"type": "text", "text": STORY.text},
            ],
        }
    ]
    assert expected == body(ask("sonnet", done, STORY))["messages"]


def test_a_prefill_is_the_last_turn() -> None:
    request = ask("claude-haiku-4-5", STORY, Message(Role.ASSISTANT, "Once"))
    assert {"role": "assistant", "content": "Once"} == body(request)["messages"][-1]


def test_an_alias_is_sent_as_the_model_that_it_means() -> None:
    assert "claude-opus-5-5" == body(ask("opus"))["model"]


@pytest.mark.parametrize("model", ["sonnet", "claude-opus-4-7", "nobody-knows-me"])
def test_sampling_never_reaches_a_model_that_refuses_it(model: str) -> None:
    assert not {"temperature", "top_p"} & body(ask(model, temperature=0.7, top_p=0.9)).keys()


def test_of_temperature_and_top_p_a_model_gets_one() -> None:
    sent = body(ask("claude-haiku-4-5", temperature=0.7, top_p=0.9))
    assert (0.7, False) == (sent["temperature"], "top_p" in sent)


def test_a_model_that_is_told_to_think_is_not_told_how_to_sample() -> None:
    assert "temperature" not in body(ask("claude-opus-4-6", temperature=0.7, thinking="adaptive"))


def test_effort_and_thinking_are_spelt_as_the_api_spells_them() -> None:
    sent = body(ask("sonnet", effort="low", thinking="between_tools", stop_sequences=("THE END",)))
    expected = ({"effort": "low"}, {"type": "between_tools"}, ["THE END"])
    assert expected == (sent["output_config"], sent["thinking"], sent["stop_sequences"])


def test_thinking_with_a_budget_gets_the_room_beside_the_text() -> None:
    sent = body(ask("claude-haiku-4-5", thinking="enabled", max_tokens=2000))
    assert {"type": "enabled", "budget_tokens": sent["max_tokens"] - 2000} == sent["thinking"]


@pytest.mark.parametrize(
    ("model", "rest", "expected"),
    [
        ("claude-3-7-sonnet", {}, 1000),
        ("sonnet", {}, 17_000),
        ("sonnet", {"effort": "low"}, 3_000),
        ("sonnet", {"effort": "unheard-of"}, 17_000),
        ("sonnet", {"thinking": "between_tools"}, 1000),
        ("sonnet", {"max_tokens": 127_000}, 128_000),
        ("claude-haiku-5-5", {"thinking": "disabled"}, 1000),
        ("claude-opus-4-8", {"thinking": "adaptive"}, 17_000),
    ],
)
def test_thinking_gets_room_beside_the_text(model: str, rest: dict[str, Any], expected: int) -> None:
    assert expected == output_limit(ask(model, **rest), native(catalogue().find(model)))


def test_a_stranger_at_a_strange_endpoint_gets_the_plain_subset_and_its_sampling() -> None:
    system = Message(Role.SYSTEM, "Be brief.", cached=True)
    request = ask("qwen3", system, STORY, temperature=0.7, top_p=0.9, effort="low", thinking="adaptive")
    expected = {
        "model": "qwen3",
        "max_tokens": 1000,
        "stream": True,
        "system": "Be brief.",
        "messages": [{"role": "user", "content": STORY.text}],
        "temperature": 0.7,
        "top_p": 0.9,
    }
    assert expected == plain_body(request)


def test_a_known_model_that_refuses_sampling_refuses_it_at_every_endpoint() -> None:
    assert "temperature" not in plain_body(ask("claude-sonnet-5-5", temperature=0.7))


def test_only_a_body_that_samples_asks_for_the_older_version() -> None:
    encode = encoder(catalogue())
    versions = [version(encode(ask(model, temperature=0.7))) for model in ("claude-3-7-sonnet", "sonnet")]
    assert ["2023-06-01", "2026-10-21"] == versions


def test_what_is_left_out_is_said() -> None:
    request = ask("sonnet", temperature=0.7, top_p=1.0, thinking="disabled", effort="low", max_tokens=200_000)
    expected = (
        "max_tokens 200,000 (it writes at most 128,000)",
        "temperature 0.7 (it takes none)",
        "top_p 1 (it takes none)",
        "thinking disabled (not taken here)",
    )
    assert expected == dropped(request, native(catalogue().find("sonnet")))


def test_nothing_is_left_out_of_what_a_model_takes() -> None:
    assert () == dropped(
        ask("claude-3-7-sonnet", temperature=1.0), native(catalogue().find("claude-3-7-sonnet"))
    )


def test_half_a_surrogate_pair_does_not_stop_a_request() -> None:
    assert "a?b" == body(ask("sonnet", Message(Role.USER, "a\ud800b")))["messages"][0]["content"]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_arrives_as_it_was(text: str) -> None:
    assert text == body(ask("sonnet", Message(Role.USER, text)))["messages"][0]["content"]


def test_an_opaque_user_is_named_to_anthropic_and_to_nobody_else() -> None:
    request = Request("claude-sonnet-5-5", (Message(Role.USER, "Go on."),), 100, user_id="u-1")
    bodies = [json.loads(encoder(catalogue(), accepts)(request)) for accepts in (native, plain)]

    assert [{"user_id": "u-1"}, None] == [body.get("metadata") for body in bodies]
