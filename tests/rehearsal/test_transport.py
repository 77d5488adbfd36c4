from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storygen.catalogue import catalogue
from storygen.rehearsal.transport import rehearsal

VERSION = {"anthropic-version": "2026-10-21"}
STORY = """\
<card>
Title: The boat
Point of view: Anna
Words: 350 to 450, about 400

1. Tom the boatman refuses payment.
2. Anna sees the lamp already lit.
</card>
"""
PAGE = """\
<card>
Title: Install
Type: how-to
Words: 350 to 450, about 400

1. Install the package with pip.
2. Check that the server answers.
</card>
"""
PREFILLING, ANCHORING = "claude-sonnet-4-5", "claude-sonnet-5-5"
CARDS = [STORY, PAGE]


def body(card: str = PAGE, **fields: Any) -> dict[str, Any]:
    asked = {"role": "user", "content": card}
    return {"model": ANCHORING, "max_tokens": 4000, "messages": [asked]} | fields


def events(answered: Any) -> list[dict[str, Any]]:
    frames = b"".join(answered.chunks).decode().removesuffix("\n\n").split("\n\n")
    return [json.loads(frame.partition("\ndata: ")[2]) for frame in frames]


def test_a_stream_and_a_message_say_the_same(ask: Callable[..., Any]) -> None:
    streamed = events(ask(body(stream=True)))
    deltas = [event["delta"].get("text", "") for event in streamed if event["type"] == "content_block_delta"]
    assert ask(body()).text == "".join(deltas)


def test_the_same_body_gets_the_same_bytes(ask: Callable[..., Any]) -> None:
    assert ask(body(stream=True)).chunks == ask(body(stream=True)).chunks


def test_a_stream_is_announced_as_one(ask: Callable[..., Any]) -> None:
    assert ask(body(stream=True)).headers["content-type"].startswith("text/event-stream")


def test_a_text_that_fits_ends_by_itself(ask: Callable[..., Any]) -> None:
    assert "end_turn" == ask(body()).json["stop_reason"]


@pytest.mark.parametrize("limit", [2, 30, 200])
def test_a_limit_cuts_the_text_and_says_so(ask: Callable[..., Any], limit: int) -> None:
    answered = ask(body(max_tokens=limit)).json
    assert ("max_tokens", True) == (answered["stop_reason"], 0 < answered["usage"]["output_tokens"] <= limit)


def test_thinking_takes_its_share_of_the_limit(ask: Callable[..., Any]) -> None:
    usage = ask(body(max_tokens=200)).json["usage"]
    assert (10, True) == (usage["output_tokens_details"]["thinking_tokens"], usage["output_tokens"] <= 200)


def test_a_model_that_is_told_not_to_think_does_not(ask: Callable[..., Any]) -> None:
    kinds = [block["type"] for block in ask(body(thinking={"type": "between_tools"})).json["content"]]
    assert ["text"] == kinds


def test_a_full_window_ends_the_text(ask: Callable[..., Any]) -> None:
    filling = {"role": "user", "content": "sea " * 190_300}
    asked = body(PAGE, model=PREFILLING, messages=[filling, {"role": "user", "content": PAGE}])
    assert "model_context_window_exceeded" == ask(asked).json["stop_reason"]


def test_a_stop_sequence_ends_the_text_and_is_not_in_it(ask: Callable[..., Any]) -> None:
    answered = ask(body(stop_sequences=["Check that"]))
    assert ("stop_sequence", "Check that") == (answered.json["stop_reason"], answered.json["stop_sequence"])
    assert "Check that" not in answered.text


def test_the_text_depends_on_the_card_alone(ask: Callable[..., Any]) -> None:
    around = f"<recap>\n- Before: something else.\n</recap>\n\n<tail>\nShe slept.\n</tail>\n\n{PAGE}\nWrite."
    assert ask(body()).text == ask(body(around, system="- Install: do it.\n- Remove: undo it.")).text


def _whole(ask: Callable[..., Any], card: str) -> str:
    text: str = ask(body(card, model=PREFILLING)).text
    return text


def _continued(ask: Callable[..., Any], card: str, kept: str) -> str:
    quoted = re.search(r"(?:\S+\s+){0,11}\S+$", kept)[0]  # type: ignore[index]
    turns = [
        {"role": "user", "content": card},
        {"role": "assistant", "content": kept},
        {"role": "user", "content": f"Begin by repeating exactly\n<anchor>{quoted}</anchor>\nand go on."},
    ]
    reply: str = ask(body(messages=turns)).text
    assert reply.startswith(quoted)
    return kept + reply.removeprefix(quoted)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(card=st.sampled_from(CARDS), limit=st.integers(20, 400))
def test_a_text_cut_at_any_token_and_prefilled_is_the_whole_text(
    ask: Callable[..., Any], card: str, limit: int
) -> None:
    cut = ask(body(card, model=PREFILLING, max_tokens=limit)).text
    kept = cut[: max(cut.rfind(" "), cut.rfind("\n"))].rstrip()
    turns = [{"role": "user", "content": card}, {"role": "assistant", "content": kept}]
    assert _whole(ask, card) == kept + ask(body(model=PREFILLING, messages=turns)).text


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(card=st.sampled_from(CARDS), limit=st.integers(40, 400))
def test_a_text_cut_at_any_token_and_anchored_is_the_whole_text(
    ask: Callable[..., Any], card: str, limit: int
) -> None:
    cut = ask(body(card, max_tokens=limit)).text
    kept = cut[: max(cut.rfind(" "), cut.rfind("\n"))].rstrip()
    assert _whole(ask, card) == _continued(ask, card, kept)


def test_a_text_that_is_all_there_is_not_begun_again(ask: Callable[..., Any]) -> None:
    turns = [{"role": "user", "content": PAGE}, {"role": "assistant", "content": _whole(ask, PAGE)}]
    answered = ask(body(model=PREFILLING, messages=turns)).json
    assert ("end_turn", []) == (answered["stop_reason"], answered["content"])


def test_pauses_are_taken_between_events() -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async def run() -> int:
        raw = json.dumps(body(stream=True)).encode()
        async with rehearsal(catalogue(), sleep=sleep)(VERSION, raw) as reply:
            return len([chunk async for chunk in reply.chunks])

    assert anyio.run(run) == len(pauses)
