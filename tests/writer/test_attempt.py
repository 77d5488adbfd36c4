from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import anyio
import pytest
import trio
from trio.testing import MockClock

from storygen.book.attempts import Fate
from storygen.book.journal import Journal
from storygen.book.view import view_journal
from storygen.draft import Leg
from storygen.errors import Cut, ModelError, Rejected, Stopped, Unreachable
from storygen.messages import Counted, Delta, Ended, Message, Opened, Request, Role, StopReason, Text, Usage
from storygen.model.verdict import judge
from storygen.model.waits import LONGEST
from storygen.outline.tree import Level, Section, WordTarget
from storygen.writer.attempt import Answer, Line, attempt
from storygen.writer.events import Event, Waiting
from tests.writer.lines import line_to

SECTION = Section("boat", "The boat", 1, 1, Level.SCENE, WordTarget(900, 1_100))
REQUEST = Request("claude-sonnet-5-5", (Message(Role.USER, "Write about the boat."),), max_tokens=100)
NEXT = Leg("", StopReason.CUT)
BUSY = Rejected("busy", status=529, kind="overloaded_error", retry=True)


class Model:
    """Answers each request in its turn, with deltas or an error; the last answer is given for ever."""

    def __init__(self, *answers: list[Delta | Exception]) -> None:
        self.answers = list(answers)
        self.asked: list[bytes] = []

    async def send(self, body: bytes) -> AsyncGenerator[Delta, None]:
        self.asked.append(body)
        for delta in self.answers[min(len(self.asked), len(self.answers)) - 1]:
            if isinstance(delta, Exception):
                raise delta
            yield delta


def says(text: str, reason: StopReason = StopReason.END_TURN) -> list[Delta | Exception]:
    return [
        Opened(200, "req_1"),
        Text(text),
        Counted(Usage(10, output_tokens=5)),
        Ended(reason, reason.value),
    ]


def attempted(line: Line, request: Request = REQUEST) -> Answer:
    async def main() -> Answer:
        return await attempt(request, section=SECTION, leg=NEXT, line=line)

    return trio.run(main, clock=MockClock(autojump_threshold=0))


def fates(journal: Journal) -> list[Fate]:
    return [one.fate for one in journal.attempts()]


def test_an_intent_is_on_the_disk_with_the_digest_of_the_bytes_before_any_leaves(
    journal: Journal, path: Path
) -> None:
    seen: list[tuple[Fate, str]] = []

    async def send(body: bytes) -> AsyncGenerator[Delta, None]:
        with view_journal(path) as view:
            seen.extend((one.fate, one.digest) for one in view.attempts())
        seen.append((Fate.INTENT, sha256(body).hexdigest()))
        for delta in says("It rained."):
            assert not isinstance(delta, Exception)
            yield delta

    attempted(line_to(send, journal))

    assert seen[0] == seen[1]


def test_a_refused_request_is_never_sent_again(journal: Journal) -> None:
    model = Model(says("I would rather", StopReason.REFUSAL), says("It rained."))
    answers = [attempted(line_to(model.send, journal)) for _ in range(3)]

    assert (1, [StopReason.REFUSAL] * 3) == (
        len(model.asked),
        [answer.completion.stop_reason for answer in answers],
    )


def test_another_request_may_follow_a_refusal(journal: Journal) -> None:
    model = Model(says("", StopReason.REFUSAL), says("It rained."))
    attempted(line_to(model.send, journal))
    other = Request(REQUEST.model, (Message(Role.USER, "Write about the rain."),), max_tokens=100)

    assert "It rained." == attempted(line_to(model.send, journal), other).completion.text


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_what_stays_wrong_is_sent_once(journal: Journal, status: int) -> None:
    model = Model([judge(status, {}, b"")])
    with pytest.raises(ModelError):
        attempted(line_to(model.send, journal))

    assert (1, [Fate.REJECTED]) == (len(model.asked), fates(journal))


@pytest.mark.parametrize("error", [BUSY, Unreachable("no route")])
def test_what_may_pass_is_sent_six_times_at_most(journal: Journal, error: Exception) -> None:
    model = Model([error])
    with pytest.raises(ModelError):
        attempted(line_to(model.send, journal))

    assert 6 == len(model.asked)


def test_a_run_retries_twenty_times_at_most(journal: Journal) -> None:
    model = Model([BUSY])
    line = line_to(model.send, journal)
    for _ in range(10):
        with suppress(ModelError, Stopped):
            attempted(line)

    assert 10 + 20 == len(model.asked)


BACKOFF = (5.0, 60.0)
"""From how long to how long a run waits by itself after a 429 that says nothing usable."""


@pytest.mark.parametrize(
    ("said", "bounds"),
    [
        ("0", BACKOFF),
        ("-5", BACKOFF),
        ("NaN", BACKOFF),
        ("inf", BACKOFF),
        ("soon", BACKOFF),
        ("Thu, 01 Jan 1970 00:00:00 GMT", BACKOFF),
        ("Fri, 31 Dec 9999 23:59:59 GMT", BACKOFF),
        ("7", (7.0, 8.0)),
        ("599", (599.0, 600.0)),
    ],
)
def test_a_wait_is_bounded_and_announced(journal: Journal, said: str, bounds: tuple[float, float]) -> None:
    told: list[Event] = []
    moments: list[float] = []

    async def send(body: bytes) -> AsyncGenerator[Delta, None]:
        moments.append(anyio.current_time())
        async for delta in model.send(body):
            yield delta

    model = Model([judge(429, {"retry-after": said}, b"")], says("It rained."))
    attempted(line_to(send, journal, sleep=anyio.sleep, tell=told.append))
    waited = moments[1] - moments[0]

    assert bounds[0] <= waited <= bounds[1]
    assert waited <= sum(event.seconds for event in told if isinstance(event, Waiting)) + 1e-6


@pytest.mark.parametrize("said", ["601", "3600", "1e12", "99999999999999999999"])
def test_a_wait_that_nobody_sits_through_parks_the_run_and_says_until_when(
    journal: Journal, said: str
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    model = Model([judge(429, {"retry-after": said}, b"")])
    with pytest.raises(Stopped, match="boat has to wait") as caught:
        attempted(line_to(model.send, journal, sleep=sleep))

    assert ([], True) == (slept, "run the same command again" in caught.value.help)


def test_the_longest_wait_is_ten_minutes() -> None:
    assert 600.0 == LONGEST


@pytest.mark.parametrize("broken", [Cut("silence"), BUSY, Unreachable("reset")])
def test_no_text_is_lost_where_a_reply_breaks(journal: Journal, broken: Exception) -> None:
    model = Model([Opened(200), Text("It rained"), Text(" all"), broken])
    answer = attempted(line_to(model.send, journal))

    assert ("It rained all", "It rained all") == (answer.completion.text, journal.text(1))


def test_no_text_is_lost_where_a_run_is_told_to_stop(journal: Journal) -> None:
    async def send(_body: bytes) -> AsyncGenerator[Delta, None]:
        yield Text("It rained")
        await anyio.sleep_forever()

    async def main() -> None:
        with anyio.move_on_after(1):
            await attempt(REQUEST, section=SECTION, leg=NEXT, line=line_to(send, journal))

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert ("It rained", [Fate.PARTIAL]) == (journal.text(1), fates(journal))


def test_a_run_that_is_told_to_stop_before_the_first_word_owes_the_worst(journal: Journal) -> None:
    async def send(_body: bytes) -> AsyncGenerator[Delta, None]:
        await anyio.sleep_forever()
        yield Text("never")

    async def main() -> None:
        with anyio.move_on_after(1):
            await attempt(REQUEST, section=SECTION, leg=NEXT, line=line_to(send, journal))

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert [Fate.UNKNOWN] == fates(journal)


def test_a_stream_without_a_stop_reason_is_never_complete(journal: Journal) -> None:
    model = Model([Opened(200), Text("It rained."), Counted(Usage(10, output_tokens=5))])
    attempted(line_to(model.send, journal))

    assert [Fate.PARTIAL] == fates(journal)
