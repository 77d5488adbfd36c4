from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import anyio
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from trio.testing import MockClock

from storygen.errors import Cut, ModelError, Rejected
from storygen.messages import Usage
from storygen.model.flow import EVERY, ONE, Flight, Flow, Need
from storygen.model.limiter import Limiter, need_of

MINUTE = 60.0


def room(left: int, most: int = 100) -> dict[str, str]:
    """Return what a server says that has *left* requests of *most* a minute to give."""
    return {"requests-limit": str(most), "requests-remaining": str(left)}


def refusal(
    status: int = 429, *, retry_after: float | None = None, limits: Mapping[str, str] | None = None
) -> Rejected:
    error = Rejected("no", status=status, kind="x", retry=True, retry_after=retry_after)
    error.limits = limits or {}
    return error


def started(flow: Flow, *, now: float, need: Need = ONE) -> list[Flight]:
    """Start as many as may at this moment."""
    flights = []
    while not flow.delay(need, now):
        flights.append(flow.start(need, now))
    return flights


@pytest.mark.parametrize(("most", "quarter"), [(1, 1), (2, 1), (4, 1), (5, 2), (64, 16), (1_000, 250)])
def test_a_quarter_starts_at_once(most: int, quarter: int) -> None:
    assert quarter == len(started(Flow(most), now=100.0))


@given(st.integers(1, 200), st.lists(st.floats(0, 5), max_size=20))
def test_then_one_stream_every_fifty_milliseconds(most: int, moments: list[float]) -> None:
    flow = Flow(most)
    started(flow, now=0.0)
    for now in sorted(moments):
        started(flow, now=now)
        assert len(flow.flights) <= min(most, math.ceil(most / 4) + now / EVERY + 1e-3)


def test_a_refusal_halves_and_each_success_adds_one() -> None:
    flow = Flow(64)
    flights = started(flow, now=0.0)
    flow.refused(flights[0], 1.0, pause=0, limits={})
    widths = [flow.width]
    for flight in flights[1:4]:
        flow.succeeded(flight, 1.0, used=ONE)
        widths.append(flow.width)

    assert [8, 9, 10, 11] == widths


def test_a_wave_of_refusals_halves_once() -> None:
    flow = Flow(64)
    for flight in started(flow, now=0.0):
        flow.refused(flight, 1.0, pause=0, limits={})

    assert 8 == flow.width


def test_after_a_refusal_time_alone_adds_nothing() -> None:
    flow = Flow(64)
    flow.refused(started(flow, now=0.0)[0], 1.0, pause=0, limits={})

    assert math.inf == flow.delay(ONE, now=3_600.0)


def test_a_rate_limit_pauses_everybody() -> None:
    flow = Flow(64)
    flow.refused(flow.start(ONE, 0.0), 1.0, pause=30.0, limits=room(0))

    assert 30.0 == flow.delay(ONE, now=1.0)


def test_a_lone_refusal_with_room_left_delays_only_itself() -> None:
    flow = Flow(64)
    flow.refused(flow.start(ONE, 0.0), 1.0, pause=30.0, limits=room(50))

    assert (0.0, 16) == (flow.delay(ONE, now=1.0), flow.width)


def test_a_second_refusal_soon_after_is_not_alone() -> None:
    flow = Flow(64)
    for flight in started(flow, now=0.0):
        flow.land(flight)
        flow.refused(flight, 1.0, pause=30.0, limits=room(50))

    assert (30.0, 8) == (flow.delay(ONE, now=1.0), flow.width)


def test_a_refusal_without_limits_shows_no_room() -> None:
    flow = Flow(64)
    flow.refused(flow.start(ONE, 0.0), 1.0, pause=30.0, limits={})

    assert 30.0 == flow.delay(ONE, now=1.0)


def test_an_empty_pool_fills_up_within_its_minute() -> None:
    flow = Flow(64)
    flow.learn(room(0, most=60), 0.0)

    assert (1.0, 0.0) == (flow.delay(ONE, now=0.0), flow.delay(ONE, now=1.0))


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_server_only_ever_lowers_what_is_known(first: int, second: int) -> None:
    flow = Flow(1_000)
    flow.learn(room(first), 0.0)
    flow.learn(room(second), 0.0)

    assert min(250, first, second) == len(started(flow, now=0.0))


def test_an_hourly_limit_fills_up_in_an_hour() -> None:
    flow = Flow(64)
    flow.learn(room(0, most=60) | {"requests-reset": "3600"}, 0.0)

    assert MINUTE == flow.delay(ONE, now=0.0)


def test_a_request_larger_than_its_limit_goes_when_the_pool_is_full() -> None:
    flow = Flow(64)
    flow.learn({"input-tokens-limit": "1000", "input-tokens-remaining": "0"}, 0.0)

    assert pytest.approx(MINUTE) == flow.delay({"input-tokens": 50_000.0}, now=0.0)


def test_what_no_limit_can_hold_leaves_no_debt_of_hours() -> None:
    flow = Flow(64)
    flow.learn({"input-tokens-limit": "1000", "input-tokens-remaining": "1000"}, 0.0)
    flow.start({"input-tokens": 50_000.0}, 0.0)

    assert pytest.approx(MINUTE) == flow.delay({"input-tokens": 50_000.0}, now=0.0)


def test_an_overloaded_server_halves_the_width_whatever_its_limits_show() -> None:
    async def main() -> int:
        limiter = Limiter(Flow(64))
        async with limiter.slot() as flight:
            limiter.heard(flight, refusal(529, limits=room(50)), Usage())
        return limiter.flow.width

    assert 8 == trio.run(main, clock=MockClock(autojump_threshold=0))


def test_tokens_that_were_reserved_and_not_used_come_back() -> None:
    flow = Flow(64)
    flow.learn({"output-tokens-limit": "8000", "output-tokens-remaining": "8000"}, 0.0)
    large = {"output-tokens": 8_000.0}
    flight = flow.start(large, 0.0)
    before = flow.delay({"output-tokens": 4_000.0}, now=0.0)
    flow.succeeded(flight, 0.0, used={"output-tokens": 4_000.0})

    assert pytest.approx((30.0, 0.0)) == (before, flow.delay({"output-tokens": 4_000.0}, now=0.0))


@pytest.mark.parametrize(
    "limits",
    [
        {"requests-limit": "0", "requests-remaining": "0"},
        {"requests-limit": "50"},
        {"requests-remaining": "0"},
        {"requests-limit": "50", "requests-remaining": "51"},
        {"requests-limit": "-50", "requests-remaining": "-51"},
        {"requests-limit": "nan", "requests-remaining": "0"},
        {"requests-limit": "inf", "requests-remaining": "0"},
        {"requests-limit": "many", "requests-remaining": "few"},
    ],
)
def test_limits_without_sense_are_as_if_unsaid(limits: dict[str, str]) -> None:
    flow = Flow(64)
    flow.learn(limits, 0.0)

    assert 16 == len(started(flow, now=0.0))


class AnyRun(RuleBasedStateMachine):
    """Requests come, end and are refused in any order, while the clock goes on."""

    @initialize(most=st.integers(1, 40))
    def begin(self, most: int) -> None:
        self.flow = Flow(most)
        self.now = 0.0
        self.flying: list[Flight] = []
        self.paused = 0.0

    @rule(seconds=st.floats(0, 90))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(need=st.sampled_from([ONE, need_of(b"x" * 8_000, 3_000), need_of(b"", 10**6)]))
    def one_wants_to_start(self, need: Need) -> None:
        if not self.flow.delay(need, self.now):
            assert self.now >= self.paused - 1e-3
            self.flying.append(self.flow.start(need, self.now))

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), fate=st.sampled_from(["answered", "refused", "lost"]), left=st.integers(0, 100))
    def one_lands(self, data: st.DataObject, fate: str, left: int) -> None:
        flight = self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))
        if fate == "answered":
            self.flow.learn(room(left), self.now)
            self.flow.succeeded(flight, self.now, used=need_of(b"x" * 400, 100))
        if fate == "refused":
            self.flow.refused(flight, self.now, pause=20.0, limits=room(0))
            self.paused = self.now + 20.0
        self.flow.land(flight)

    @invariant()
    def never_more_than_allowed_are_on_their_way(self) -> None:
        assert (len(self.flying), True) == (len(self.flow.flights), 1 <= self.flow.width <= self.flow.most)
        assert len(self.flow.flights) <= self.flow.most

    @invariant()
    def whoever_waits_long_enough_may_start(self) -> None:
        seconds = self.flow.delay(ONE, self.now)
        if math.isinf(seconds):
            assert self.flying
        else:
            assert seconds <= 2 * MINUTE
            assert not self.flow.delay(ONE, self.now + seconds)


AnyRun.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestAnyRun = AnyRun.TestCase


@dataclass(slots=True)
class Server:
    """A server with so many requests a minute that answers in a second, by the event loop's clock."""

    most: int
    left: float
    tells: bool = True
    arrivals: list[float] = field(default_factory=list)
    refusals: int = 0
    flying: int = 0
    busiest: int = 0
    at: float = 0.0

    async def answer(self) -> tuple[ModelError | None, dict[str, str]]:
        """Take one request as it comes."""
        now = anyio.current_time()
        self.left, self.at = min(self.most, self.left + (now - self.at) * self.most / MINUTE), now
        self.arrivals.append(now)
        self.flying += 1
        self.busiest = max(self.busiest, self.flying)
        granted = self.left >= 1
        self.left -= granted
        self.refusals += not granted
        said = room(int(self.left), self.most) if self.tells else {}
        await anyio.sleep(1.0 if granted else 0.01)
        self.flying -= 1
        return (None if granted else refusal(retry_after=20.0, limits=said)), said


def simulate(server: Server, *, tasks: int, jobs: int) -> float:
    """Let *tasks* be done through one limiter while the clock jumps; return how many seconds it took."""

    async def one(limiter: Limiter) -> None:
        error: ModelError | None = refusal()
        while error:
            async with limiter.slot() as flight:
                error, said = await server.answer()
                limiter.learn(said)
                limiter.heard(flight, error, Usage(100, output_tokens=100))
            if error:
                await anyio.sleep(20.0)

    async def main() -> float:
        limiter = Limiter(Flow(jobs))
        server.at = anyio.current_time()
        with anyio.fail_after(7_200):
            async with anyio.create_task_group() as group:
                for _ in range(tasks):
                    group.start_soon(one, limiter)
        return anyio.current_time() - server.arrivals[0]

    return trio.run(main, clock=MockClock(autojump_threshold=0))


def busiest_second(arrivals: list[float], *, after: float = 0.0) -> int:
    """Return how many requests came in the busiest second that began *after* seconds in or later."""
    late = [moment for moment in arrivals if moment >= arrivals[0] + after]
    return max((sum(moment <= other < moment + 1 for other in late) for moment in late), default=0)


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("most", [10, 50, 200])
def test_after_a_storm_of_refusals_there_is_no_herd(most: int, tells: bool) -> None:  # noqa: FBT001 - a column
    server = Server(most=most, left=0, tells=tells)
    simulate(server, tasks=64, jobs=64)

    assert (16, 64) == (server.arrivals.count(server.arrivals[0]), len(server.arrivals) - server.refusals)
    assert busiest_second(server.arrivals, after=1.0) <= most
    assert server.refusals == 16 or not tells


def test_what_the_headers_say_is_never_asked_for_in_vain() -> None:
    server = Server(most=50, left=50)
    seconds = simulate(server, tasks=200, jobs=64)

    assert (0, True) == (server.refusals, seconds < 4 * MINUTE)


def test_all_jobs_are_used_where_nothing_stands_against_it() -> None:
    server = Server(most=100_000, left=100_000)
    seconds = simulate(server, tasks=640, jobs=64)

    assert (64, True) == (server.busiest, seconds < 15)


@pytest.mark.parametrize("jobs", [1, 2, 7, 100])
def test_never_more_than_jobs_are_on_their_way(jobs: int) -> None:
    server = Server(most=100_000, left=100_000)
    simulate(server, tasks=150, jobs=jobs)

    assert server.busiest <= jobs


def test_who_comes_first_is_served_first() -> None:
    served: list[int] = []

    async def one(limiter: Limiter, number: int) -> None:
        async with limiter.slot():
            served.append(number)
            await anyio.sleep(1)

    async def main() -> None:
        limiter = Limiter()
        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(one, limiter, number)
                await anyio.sleep(0.001)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert [0, 1, 2, 3, 4] == served


def leaving(ways: Sequence[int]) -> list[int]:
    """Return in which order requests leave that come a moment after each other with so long *ways*."""
    left: list[int] = []

    async def one(limiter: Limiter, way: int) -> None:
        async with limiter.slot(way=way):
            left.append(way)

    async def main() -> None:
        limiter = Limiter()
        limiter.learn(room(0, most=60))
        async with anyio.create_task_group() as group:
            for way in ways:
                group.start_soon(one, limiter, way)
                await anyio.sleep(0.001)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    return left


@given(st.lists(st.integers(0, 5_000), unique=True, max_size=8))
def test_whoever_has_the_longest_way_leaves_first(ways: list[int]) -> None:
    assert sorted(ways, reverse=True) == leaving(ways)


def test_one_that_is_cancelled_in_the_queue_holds_nobody_up() -> None:
    async def main() -> None:
        limiter = Limiter()
        async with limiter.slot():
            with anyio.move_on_after(1):
                async with limiter.slot():
                    pass
        with anyio.fail_after(1):
            async with limiter.slot():
                assert 1 == len(limiter.flow.flights)

    trio.run(main, clock=MockClock(autojump_threshold=0))


def test_one_that_fails_gives_its_place_back() -> None:
    async def main() -> int:
        limiter = Limiter()
        with pytest.raises(Cut):
            async with limiter.slot():
                raise Cut("gone")
        return len(limiter.flow.flights)

    assert 0 == trio.run(main, clock=MockClock(autojump_threshold=0))


def test_a_long_wait_is_told_beforehand_and_may_be_declined() -> None:
    told: list[float] = []

    def declines(seconds: float) -> None:
        told.append(seconds)
        raise Cut("too long")

    async def main() -> None:
        limiter = Limiter()
        limiter.learn(room(0, most=6))
        with pytest.raises(Cut):
            async with limiter.slot(before=declines):
                pass
        assert 0 == len(limiter.flow.flights)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert [10.0] == told


@pytest.mark.parametrize(("status", "seconds"), [(429, 5.0), (529, 0.0), (500, 0.0)])
def test_only_a_rate_limit_pauses_by_itself(status: int, seconds: float) -> None:
    async def main() -> float:
        limiter = Limiter()
        async with limiter.slot() as flight:
            limiter.heard(flight, refusal(status), Usage())
        return limiter.flow.delay(ONE, anyio.current_time())

    assert seconds == trio.run(main, clock=MockClock(autojump_threshold=0))
