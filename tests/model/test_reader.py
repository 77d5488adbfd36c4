from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.errors import Cut, Rejected
from storygen.messages import Completion, Counted, Delta, Ended, Opened, OtherBlock, StopReason, Text, Usage
from storygen.model.deltas import fold
from storygen.model.reader import LARGEST_TEXT, Reader
from storygen.model.sse import Decoder
from tests.servers.replies import event, stream

GOLDEN = b"".join(
    [
        event(
            "message_start",
            message={
                "id": "msg_1",
                "model": "claude-sonnet-5-5",
                "content": [],
                "stop_reason": None,
                "usage": {"input_tokens": 9, "cache_read_input_tokens": 400, "output_tokens": 1},
            },
        ),
        event("content_block_start", index=0, content_block={"type": "thinking", "thinking": ""}),
        event("ping"),
        event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": "Hm."}),
        event("content_block_delta", index=0, delta={"type": "signature_delta", "signature": "c2ln"}),
        event("content_block_stop", index=0),
        event("content_block_start", index=1, content_block={"type": "text", "text": ""}),
        event("content_block_delta", index=1, delta={"type": "text_delta", "text": "The boat\u2028came – "}),
        event("content_block_delta", index=1, delta={"type": "text_delta", "text": "late. 🚢"}),
        event("content_block_stop", index=1),
        event(
            "message_delta",
            delta={"stop_reason": "end_turn", "stop_sequence": None, "stop_details": None},
            usage={"output_tokens": 30, "output_tokens_details": {"thinking_tokens": 12}},
        ),
        event("message_stop"),
    ]
)
TEXT = "The boat\u2028came – late. 🚢"
OPENED = Opened(200, "req_1")


def read(wire: bytes) -> list[Delta]:
    decoder, reader = Decoder(), Reader(OPENED)
    deltas = [delta for part in decoder.feed(wire) for delta in reader.read(part.data)]
    deltas += [delta for part in decoder.flush() for delta in reader.read(part.data)]
    return deltas + list(reader.end())


def start(**message: object) -> bytes:
    return event("message_start", message=message)


def text(piece: object) -> bytes:
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})


def stop(word: object = "end_turn", **delta: object) -> bytes:
    return event("message_delta", delta={"stop_reason": word, **delta})


def test_a_whole_reply_is_read_to_the_letter() -> None:
    expected = Completion(
        text=TEXT,
        stop_reason=StopReason.END_TURN,
        usage=Usage(9, 0, 400, 30, 12),
        stop_word="end_turn",
        request_id="req_1",
        message_id="msg_1",
        model="claude-sonnet-5-5",
        blocks=("thinking",),
        clean=True,
    )
    assert expected == replace(fold(read(GOLDEN)), envelope="")


def test_a_stream_cut_at_any_byte_is_never_a_clean_end() -> None:
    ends = range(len(GOLDEN) - len("\n"))  # only the blank line of the last event may be missing
    assert [] == [end for end in ends if fold(read(GOLDEN[:end])).clean]


def test_a_stream_cut_before_its_stop_reason_is_cut_and_keeps_its_text() -> None:
    completions = [fold(read(GOLDEN[:end])) for end in range(GOLDEN.index(b"message_delta"))]
    assert {StopReason.CUT} == {completion.stop_reason for completion in completions}
    assert all(TEXT.startswith(completion.text) for completion in completions)


def test_the_deltas_come_in_the_order_of_the_wire() -> None:
    kinds = [type(delta) for delta in read(GOLDEN)]
    assert [Opened, Counted, OtherBlock, Text, Text, Counted, Ended] == kinds


@pytest.mark.parametrize(
    ("word", "delta", "expected"),
    [
        ("stop_sequence", {"stop_sequence": "THE END"}, (StopReason.STOP_SEQUENCE, "THE END")),
        ("refusal", {"stop_details": {"category": "cyber"}}, (StopReason.REFUSAL, "cyber")),
        ("refusal", {"stop_details": None}, (StopReason.REFUSAL, None)),
        ("bored", {}, (StopReason.UNKNOWN, None)),
        (None, {}, (StopReason.CUT, None)),
        (7, {}, (StopReason.CUT, None)),
        ("", {}, (StopReason.CUT, None)),
    ],
)
def test_stop_reasons(word: object, delta: dict[str, Any], expected: tuple[StopReason, str | None]) -> None:
    completion = fold(read(start() + text("Once") + stop(word, **delta) + event("message_stop")))
    assert expected == (completion.stop_reason, completion.stop_detail)


def test_the_word_of_an_unknown_stop_reason_is_kept() -> None:
    assert "bored" == fold(read(stop("bored"))).stop_word


def test_what_nobody_knows_is_passed_over() -> None:
    wire = (
        event("weather", sun=True)
        + start(content=[], new={"field": 1})
        + event("content_block_start", index=0, content_block={"type": "hologram"})
        + event("content_block_delta", index=0, delta={"type": "hologram_delta"})
        + b"data: {}\n\nevent: only a name\n\n"
        + text("Once")
        + stop()
        + event("message_stop")
        + b"data: [DONE]\n\n"
    )
    assert ("Once", StopReason.END_TURN, True) == (
        (done := fold(read(wire))).text,
        done.stop_reason,
        done.clean,
    )


def test_nothing_counts_after_the_end() -> None:
    assert TEXT == fold(read(GOLDEN + text("More") + b"data: junk\n\n" + event("error", error={}))).text


def test_the_type_decides_and_not_the_name_of_the_event() -> None:
    assert "Once" == fold(read(text("Once").replace(b"event: content_block_delta", b"event: message"))).text


def test_a_block_may_begin_with_text() -> None:
    wire = event("content_block_start", index=0, content_block={"type": "text", "text": "Once"})
    assert "Once upon" == fold(read(wire + text(" upon"))).text


def test_a_reply_without_its_beginning_is_opened_all_the_same() -> None:
    assert [OPENED, Text("Once")] == read(text("Once"))


def test_a_reply_without_events_is_opened_and_cut() -> None:
    assert [OPENED] == read(b"")


def test_usage_never_goes_down_or_below_zero() -> None:
    wire = start(usage={"input_tokens": 9, "output_tokens": 5})
    wire += event("message_delta", delta={}, usage={"input_tokens": 0, "output_tokens": -1})
    wire += event(
        "message_delta", delta={}, usage={"output_tokens": 10**30, "cache_read_input_tokens": "many"}
    )
    assert Usage(input_tokens=9, output_tokens=5) == fold(read(wire)).usage


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert [Text("a\ufffd")] == read(text("a@").replace(b"@", rb"\ud83d"))[1:]


@pytest.mark.parametrize(
    "data",
    [
        "junk",
        '{"type": "ping"',
        "[]",
        "null",
        '"text"',
        '{"type": "message_start"}',
        '{"type": "content_block_delta", "delta": null}',
        '{"type": "content_block_delta", "delta": {"type": "text_delta", "text": 7}}',
        '{"type": "content_block_delta", "delta": {"type": "text_delta"}}',
        '{"type": "message_delta", "delta": "end_turn"}',
        '{"type": "x", "y": NaN}',
        "[" * 100_000,
        '{"type": ' + "9" * 5_000 + "}",
    ],
)
def test_what_makes_no_sense_cuts_the_reply(data: str) -> None:
    with pytest.raises(Cut):
        list(Reader(OPENED).read(data))


def test_two_messages_in_one_reply_make_no_sense() -> None:
    with pytest.raises(Cut, match="second message"):
        read(start() + start())


def test_a_reply_longer_than_any_book_is_cut() -> None:
    piece = "x" * (1 << 19)
    with pytest.raises(Cut, match="longer than"):
        read(text(piece) * (LARGEST_TEXT // len(piece) + 1))


@pytest.mark.parametrize(
    ("kind", "status", "retry"),
    [
        ("overloaded_error", 529, True),
        ("rate_limit_error", 429, True),
        ("api_error", 500, True),
        ("internal_error", 500, True),
        ("timeout_error", 504, True),
        ("invalid_request_error", 400, False),
        ("authentication_error", 401, False),
        ("brand_new_error", 200, False),
    ],
)
def test_an_error_within_the_stream_is_judged_by_its_type(kind: str, status: int, retry: bool) -> None:  # noqa: FBT001 - a column
    with pytest.raises(Rejected) as caught:
        read(start() + text("Once") + event("error", error={"type": kind, "message": "so"}))
    assert (status, retry, "req_1") == (caught.value.status, caught.value.retry, caught.value.request_id)


def test_an_error_without_an_outer_type_is_an_error() -> None:
    with pytest.raises(Rejected, match="no memory left"):
        read(b'data: {"error": "no memory left"}\n\n')


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.sampled_from(["message_start", "text_delta"]),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["type", "delta", "usage", "text", "error"]), inner)
        ),
    )
)
def test_no_event_whatever_raises_anything_but_our_errors(value: object) -> None:
    reader = Reader(OPENED)
    with suppress(Cut, Rejected):
        reader.read(json.dumps(value))
        reader.end()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_survives_the_stream(prose: str) -> None:
    wire = b"".join(stream(prose, "end_turn", model="m"))
    assert prose == fold(read(wire)).text


EVENTS = [
    start(id="msg_1", usage={"input_tokens": 9}),
    event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    event("content_block_start", index=3, content_block={"type": "thinking"}),
    event("content_block_stop", index=7),
    event("ping"),
    event("weather", sun=True),
    text("Once "),
    stop(None),
    stop("max_tokens"),
    event("message_stop"),
    b"data: [DONE]\n\n",
]


@given(st.lists(st.sampled_from(EVENTS)))
def test_whatever_the_order_a_reply_opens_first_and_ends_last_and_once(events: list[bytes]) -> None:
    try:
        kinds = [type(delta) for delta in read(b"".join(events))]
    except Cut:
        return  # two beginnings
    assert [Opened] == kinds[:1]
    assert (1, True) == (kinds.count(Opened), Ended not in kinds[:-1])


@given(st.binary())
def test_no_bytes_whatever_raise_anything_but_our_errors(wire: bytes) -> None:
    with suppress(Cut, Rejected):
        read(b"data: " + wire + b"\n\n")


def test_every_field_of_the_reply_but_its_content_is_kept() -> None:
    begun = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": "m",
        "usage": {"input_tokens": 3},
    }
    ended = {
        "stop_reason": "refusal",
        "stop_details": {"category": "bio", "explanation": "no"},
        "container": None,
    }
    reader = Reader(Opened(200))
    deltas = [
        *reader.take({"type": "message_start", "message": begun}),
        *reader.take(
            {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 1, "service_tier": "batch"}}
        ),
        *reader.take({"type": "message_stop"}),
    ]
    kept = json.loads(fold(deltas).envelope)

    assert {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        **ended,
        "usage": {"input_tokens": 3, "output_tokens": 1, "service_tier": "batch"},
    } == kept
