from __future__ import annotations

import json
from dataclasses import replace

import pytest

from storygen.errors import Cut, Rejected
from storygen.messages import Completion, Delta, Opened, StopReason, Usage
from storygen.model.deltas import fold
from storygen.model.reader import Reader, read_whole


def whole(fields: object) -> list[Delta]:
    return list(read_whole(Reader(Opened(200, "req_1")), json.dumps(fields)))


MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "The boat came."}],
    "model": "claude-sonnet-5-5",
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {
        "input_tokens": 9,
        "cache_read_input_tokens": 400,
        "output_tokens": 30,
        "output_tokens_details": {"thinking_tokens": 12},
    },
}


def test_a_message_in_one_piece_is_the_completion_that_its_stream_would_be() -> None:
    expected = Completion(
        text="The boat came.",
        stop_reason=StopReason.END_TURN,
        usage=Usage(9, 0, 400, 30, 12),
        stop_word="end_turn",
        request_id="req_1",
        message_id="msg_1",
        model="claude-sonnet-5-5",
        blocks=("thinking",),
        clean=True,
    )
    assert expected == replace(fold(whole(MESSAGE)), envelope="")


def test_a_message_without_a_stop_reason_is_cut() -> None:
    assert StopReason.CUT == fold(whole(MESSAGE | {"stop_reason": None})).stop_reason


@pytest.mark.parametrize(
    "fields", [{"error": {"type": "overloaded_error"}}, {"type": "error", "error": "so"}]
)
def test_an_error_with_status_200_is_an_error(fields: object) -> None:
    with pytest.raises(Rejected):
        whole(fields)


@pytest.mark.parametrize(
    "fields", [{"status": "ok"}, [], "hello", {"content": "a string"}, {"content": ["a"]}]
)
def test_any_other_json_is_no_message(fields: object) -> None:
    with pytest.raises(Cut):
        whole(fields)
