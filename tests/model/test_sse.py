from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.errors import Cut
from storygen.model.sse import Decoder, Event

WIRE = (
    "\ufeffevent: message_start\ndata: {}\n\n\n: a comment\n:\nid: 7\nretry: 10\n\n"
    'data:no blank before\r:\rdata: "line\u2028separator\u0085and\x0bmore"\r\r'
    "event: ping\r\ndata: ẅ – 漢字 🚢\r\n\r\ndata\n\nevent: nothing\n\ndata: last\n\n"
).encode()
EVENTS = [
    Event("message_start", "{}"),
    Event("", 'no blank before\n"line\u2028separator\u0085and\x0bmore"'),
    Event("ping", "ẅ – 漢字 🚢"),
    Event("", ""),
    Event("", "last"),
]


def decode(*chunks: bytes) -> list[Event]:
    decoder = Decoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + list(decoder.flush())


@pytest.mark.parametrize("size", range(1, 20))
def test_slices_of_every_size_bring_the_same_events(size: int) -> None:
    assert EVENTS == decode(*(WIRE[start : start + size] for start in range(0, len(WIRE), size)))


def test_a_cut_anywhere_is_not_noticed() -> None:
    assert [] == [cut for cut in range(len(WIRE)) if EVENTS != decode(WIRE[:cut], b"", WIRE[cut:])]


@given(st.lists(st.integers(0, len(WIRE))))
def test_any_chunking_brings_the_same_events(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(WIRE)]
    assert EVENTS == decode(*(WIRE[start:end] for start, end in pairwise(edges)))


@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))),
    st.sampled_from(["\n", "\r", "\r\n"]),
    st.integers(1, 9),
)
def test_data_comes_out_as_it_went_in(lines: list[str], end: str, size: int) -> None:
    wire = "".join(f"data: {line}{end}{end}" for line in lines).encode()
    chunks = [wire[start : start + size] for start in range(0, len(wire), size)]
    assert lines == [event.data for event in decode(*chunks)]


def test_the_blank_line_of_the_last_event_may_be_missing() -> None:
    assert [Event("", "one")] == decode(b"data: one\n")


def test_half_a_line_is_no_event() -> None:
    assert [] == decode(b"data: on")


def test_an_event_comes_as_soon_as_its_blank_line_does() -> None:
    assert [Event("", "one")] == list(Decoder().feed(b"data: one\r\r"))


@pytest.mark.parametrize(
    "wire", [b"data: " + b"x" * 99, b"data: x\n" * 99, b":" + b"x" * 99, b"event: x\n" * 99]
)
def test_an_endless_event_is_cut(wire: bytes) -> None:
    with pytest.raises(Cut, match="larger than 64 bytes"):
        list(Decoder(largest=64).feed(wire))


def test_comments_without_end_cost_nothing() -> None:
    assert [] == list(Decoder(largest=64).feed(b": keep alive\n" * 99))


def test_bytes_that_are_no_text_are_a_broken_reply() -> None:
    with pytest.raises(Cut, match="not UTF-8"):
        decode(b"data: \xff\n\n")


def test_events_before_broken_bytes_are_kept() -> None:
    events = Decoder().feed(b"data: one\n\ndata: \xff\n\n")
    assert Event("", "one") == next(events)
