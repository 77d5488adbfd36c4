from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from storygen.messages import StopReason, Usage
from storygen.rehearsal.events import Answer, message, pieces, stream
from storygen.rehearsal.meter import Weighed

ANSWER = Answer(
    request="0123456789abcdef01234567",
    model="claude-sonnet-5-5",
    text="The boat came in late, and nobody spoke.",
    stop_reason=StopReason.END_TURN,
    prompt=Weighed(Usage(11, 600, 0)),
    output_tokens=20,
    thinking=5,
)
GOLDEN = Path(__file__).with_name("stream.sse")


def test_the_stream_is_what_the_api_would_send() -> None:
    assert GOLDEN.read_bytes() == b"".join(stream(ANSWER))


def test_a_model_that_did_not_think_sends_its_text_in_the_first_block() -> None:
    plain = Answer("0", "m", "Text.", StopReason.END_TURN, Weighed(Usage()), 3)
    assert [{"type": "text", "text": "Text."}] == json.loads(message(plain))["content"]


def test_a_reply_without_text_has_no_text_block() -> None:
    silent = Answer("0", "m", "", StopReason.MAX_TOKENS, Weighed(Usage()), 0)
    assert [] == json.loads(message(silent))["content"]


@given(st.text())
def test_pieces_put_together_are_the_text(text: str) -> None:
    assert text == "".join(pieces(text))
