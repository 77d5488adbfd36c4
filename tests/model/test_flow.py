from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.model.flow import MANY, ONE, Flight, Flow

OUTPUT = {"output-tokens-limit": "10000", "output-tokens-remaining": "10000"}


def seen(*, share: float, remaining: str = "10000") -> Flow:
    """Return a flow whose replies use that *share* of their max_tokens; its server says what remains."""
    flow = Flow(most=4)
    for second in range(30):
        flight = flow.start({"output-tokens": 1_000.0}, now=float(second))
        flow.learn(OUTPUT | {"output-tokens-remaining": remaining}, now=float(second))
        flow.land(flight)
        flow.succeeded(flight, now=float(second), used={"output-tokens": 1_000 * share})
    return flow


def test_what_replies_do_not_use_is_not_set_aside_for_ever() -> None:
    assert 0.01 > abs(seen(share=0.4).share - 0.5)


def test_a_reply_never_counts_for_more_than_its_max_tokens() -> None:
    assert 0.01 > abs(seen(share=1.0).share - 1.0)


def test_where_the_server_sets_all_aside_so_do_we() -> None:
    flow = seen(share=0.4)
    flow.start({"output-tokens": 1_000.0}, now=600.0)
    flow.learn(OUTPUT | {"output-tokens-remaining": "9000"}, now=600.0)

    assert 1.0 == flow.share


def told(*remaining: int, asked: float = 1_000.0) -> Flow:
    """Return a flow whose server has said, as one reply after another began, what then remained."""
    flow = Flow(most=64)
    for left in remaining:
        flow.start({"output-tokens": asked}, now=0.0)
        flow.learn(OUTPUT | {"output-tokens-remaining": str(left)}, now=0.0)
    return flow


@given(st.integers(1, 9))
def test_a_server_that_sets_all_aside_is_believed_to_from_the_first_reply(replies: int) -> None:
    flow = told(*(10_000 - 1_000 * number for number in range(1, replies + 1)))
    flow.succeeded(flow.flights[0], now=0.0, used={"output-tokens": 400.0})

    assert 1.0 == flow.share


def test_a_refusal_that_only_a_server_has_that_sets_all_aside_tells_so() -> None:
    flow = seen(share=0.4)
    flight = flow.start({"output-tokens": 1_000.0}, now=600.0)
    flow.refused(flight, 600.0, pause=1.0, limits=OUTPUT | {"output-tokens-remaining": "900"})

    assert 1.0 == flow.share


@pytest.mark.parametrize("remaining", ["0", "5000"])
def test_any_other_refusal_tells_nothing_of_that(remaining: str) -> None:
    flow = seen(share=0.4)
    before = flow.share
    flight = flow.start({"output-tokens": 1_000.0}, now=600.0)
    flow.refused(flight, 600.0, pause=1.0, limits=OUTPUT | {"output-tokens-remaining": remaining})

    assert before == flow.share


def test_what_others_have_just_written_is_not_taken_for_set_aside() -> None:
    flow = told(10_000, 10_000)
    flow.succeeded(flow.flights[0], now=0.0, used={"output-tokens": 400.0})
    flow.start({"output-tokens": 1_000.0}, now=60.0)
    flow.learn(OUTPUT | {"output-tokens-remaining": "7000"}, now=60.0)

    assert flow.share < 1.0


def refused_again(*, replies: int) -> float:
    """Return how long everybody is kept back by a second refusal after so many *replies*."""
    flow = Flow(most=64)
    flights = [flow.start(ONE, now=0.0) for _ in range(2)]
    _refuse(flow, flights[0])
    for _ in range(replies):
        flow.learn(ROOM, now=1.0)
    _refuse(flow, flights[1])
    return flow.delay(ONE, now=1.0)


ROOM = {"requests-limit": "100", "requests-remaining": "50"}


def _refuse(flow: Flow, flight: Flight) -> None:
    flow.refused(flight, 1.0, pause=30.0, limits=ROOM)


@pytest.mark.parametrize(("replies", "seconds"), [(MANY - 1, 30.0), (MANY, 0.0)])
def test_a_refusal_among_many_replies_stands_alone(replies: int, seconds: float) -> None:
    assert seconds == refused_again(replies=replies)
