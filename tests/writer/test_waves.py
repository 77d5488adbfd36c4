"""Requests in waves, over a server that loses answers, fails, and lets batches be found again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import anyio
import anyio.lowlevel
import pytest

from storygen.book.attempts import Fate, Intent
from storygen.book.journal import Journal, open_journal
from storygen.catalogue import catalogue
from storygen.crash_points import IN_BATCHES, CrashPoint
from storygen.draft import Leg
from storygen.errors import Cut, ModelError, Rejected, Stopped, StorygenError, Unreachable
from storygen.messages import Message, Request, Role, StopReason
from storygen.model.deltas import Fold
from storygen.model.wire import encoder, unstreamed
from storygen.writer.attempt import digest_of
from storygen.writer.events import Event, Noted, Polled
from storygen.writer.polling import Poll
from storygen.writer.returns import bring_home
from storygen.writer.waves import Waves
from tests.servers.shore import Away, Fails, Lost, Sends, Shore

ORIGIN = "https://api.example.org"
MAKE, LOOK, READ = ("POST", "/batches"), ("GET", "/batches/ID"), ("GET", "/batches/ID/results")
LIST = ("GET", "/batches")


def body(what: str) -> bytes:
    asked = Message(Role.USER, f"Write {what}.")
    return unstreamed(encoder(catalogue())(Request("sonnet", (asked,), max_tokens=400)))


def intend(journal: Journal, sent: bytes) -> int:
    known = {"model": "claude-sonnet-5-5", "rehearsed": False, "reserved": 9_000, "plain": 10}
    leg = Leg("", StopReason.CUT)
    return journal.open_intent(
        Intent("boat", leg, fingerprint="f", digest=digest_of(sent), batched=True, **known)
    )  # type: ignore[arg-type]


@dataclass(slots=True)
class Harbour:
    """A shore, the waves that leave for it, and books with journals; nothing in it waits."""

    shore: Shore
    folder: Path
    reached: Callable[[CrashPoint], None] = lambda _: None
    heard: list[Event] = field(default_factory=list)
    stack: ExitStack = field(default_factory=ExitStack)
    ahead: float = 0

    def journal(self, name: str = "tale") -> Journal:
        return self.stack.enter_context(open_journal(self.folder / f"{name}.db", clock=self.clock))

    def clock(self) -> float:
        return self.shore.now.timestamp() + self.ahead

    async def sleep(self, _seconds: float) -> None:
        await anyio.lowlevel.checkpoint()

    def waves(self) -> Waves:
        return Waves(self.heard.append, self.sleep, self.clock, Random(0), self.reached, retries=2)

    def poll(self) -> Poll:
        return Poll(
            self.shore.batches, self.heard.append, self.sleep, self.clock, Random(0), self.reached, retries=2
        )

    async def send(self, waves: Waves, journal: Journal, sent: bytes) -> str:
        """Send as an attempt does: the intent first; return the text, and close what came whole."""
        number = intend(journal, sent)
        so_far = Fold()
        async for delta in waves.sender(self.shore.batches, journal, origin=ORIGIN)(sent):
            so_far.add(delta)
        journal.complete(number, so_far.completion, cost=1)
        return so_far.text

    def send_all(self, journals: Sequence[Journal], bodies: Sequence[bytes]) -> list[str | StorygenError]:
        """Send all *bodies* at once, each from its journal; return the texts, or the errors instead."""
        found: list[str | StorygenError] = [""] * len(bodies)
        waves = self.waves()

        async def one(number: int) -> None:
            try:
                found[number] = await self.send(waves, journals[number], bodies[number])
            except StorygenError as error:
                found[number] = error

        async def main() -> None:
            async with anyio.create_task_group() as group:
                for number in range(len(bodies)):
                    group.start_soon(one, number)

        anyio.run(main)
        return found

    def bring_home(self, journal: Journal, *, origin: str = ORIGIN) -> None:
        async def main() -> None:
            await bring_home(journal, self.poll(), origin=origin, catalogue=catalogue().in_batches())

        anyio.run(main)

    @property
    def said(self) -> list[str]:
        return [event.message for event in self.heard if isinstance(event, Noted)]


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Callable[..., Harbour]]:
    with ExitStack() as stack:
        yield lambda script=None: Harbour(Shore(script or {}), tmp_path, stack=stack)


def fates(journal: Journal) -> list[Fate]:
    return [attempt.fate for attempt in journal.attempts()]


BODIES = [body(what) for what in ("one", "two", "three")]


def test_what_is_sent_at_once_leaves_as_one_batch_over_all_books(harbour: Callable[..., Harbour]) -> None:
    here = harbour()
    journals = [here.journal("tale"), here.journal("manual"), here.journal("tale-2")]
    texts = here.send_all(journals, BODIES)

    assert [sorted(map(digest_of, BODIES))] == [sorted(names) for names in here.shore.made]
    assert all(isinstance(text, str) and text for text in texts)
    assert [[Fate.COMPLETE]] * 3 == [fates(journal) for journal in journals]


def test_the_same_request_of_two_books_is_asked_twice(harbour: Callable[..., Harbour]) -> None:
    here = harbour()
    texts = here.send_all([here.journal("tale"), here.journal("copy")], [BODIES[0]] * 2)

    assert [1, 1] == [len(names) for names in here.shore.made]
    assert texts[0] == texts[1]


def test_a_wave_that_is_full_is_followed_by_another(
    harbour: Callable[..., Harbour], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storygen.writer.waves.MOST", 2)
    here = harbour()
    here.send_all([here.journal()] * 3, BODIES)

    assert [2, 1] == [len(names) for names in here.shore.made]


def test_a_batch_is_on_record_before_it_leaves(harbour: Callable[..., Harbour]) -> None:
    here = harbour()
    journal = here.journal()
    seen = []

    def reached(point: CrashPoint) -> None:
        (away,) = journal.away
        seen.append((point, away.name, away.requests, away.origin, len(here.shore.made), len(away.attempts)))

    here.reached = reached
    here.send_all([journal] * 3, BODIES)
    name = next(event.batch for event in here.heard if isinstance(event, Polled))

    assert [
        (CrashPoint.BEFORE_BATCH, "", 3, ORIGIN, 0, 3),
        (CrashPoint.AFTER_BATCH, "", 3, ORIGIN, 1, 3),
        (CrashPoint.POLLING, name, 3, ORIGIN, 1, 3),
        *[(CrashPoint.MID_RESULTS, name, 3, ORIGIN, 1, 3)] * 3,
    ] == seen


@pytest.mark.parametrize(
    "script",
    [
        {MAKE: [Fails(529)]},
        {MAKE: [Away(), Fails(500)]},
        {LOOK: [Fails(500), Lost()]},
        {READ: [Lost()]},
        {READ: [Sends(b'{"custom_id":')]},
    ],
)
def test_a_call_that_fails_is_made_again(harbour: Callable[..., Harbour], script: object) -> None:
    here = harbour(script)
    texts = here.send_all([here.journal()] * 3, BODIES)

    assert all(isinstance(text, str) and text for text in texts)


def test_a_batch_whose_making_nobody_was_told_of_is_found(harbour: Callable[..., Harbour]) -> None:
    here = harbour({MAKE: [Lost()]})
    texts = here.send_all([here.journal()] * 3, BODIES)

    assert (1, 3) == (len(here.shore.made), sum(isinstance(text, str) for text in texts))


def test_the_batch_that_a_request_was_in_before_is_not_taken_for_the_next(
    harbour: Callable[..., Harbour],
) -> None:
    here = harbour({MAKE: [None, Lost()]})
    journal = here.journal()
    for _ in range(2):
        here.send_all([journal], [BODIES[0]])

    assert 2 == len(journal.batches)


def test_another_batch_of_the_same_size_is_not_taken_for_ours(harbour: Callable[..., Harbour]) -> None:
    here = harbour({MAKE: [None, Lost()]})
    here.send_all([here.journal("other")], [BODIES[1]])
    texts = here.send_all([here.journal()], [BODIES[0]])

    assert ([str], 2) == ([type(text) for text in texts], len(here.shore.made))


@pytest.mark.parametrize(
    ("script", "kind", "fate"),
    [
        ({MAKE: [Fails(401)]}, Rejected, Fate.REJECTED),
        ({MAKE: [Fails(529)] * 3}, Rejected, Fate.REJECTED),
        ({MAKE: [Away()] * 3}, Unreachable, Fate.UNSENT),
        ({MAKE: [Sends(b"<html>")]}, Cut, Fate.UNKNOWN),
    ],
)
def test_a_batch_that_cannot_be_made_ends_the_run_for_all(
    harbour: Callable[..., Harbour], script: object, kind: type[ModelError], fate: Fate
) -> None:
    here = harbour(script)
    journal = here.journal()
    found = here.send_all([journal] * 3, BODIES)

    assert () == journal.away
    assert [(kind, False)] * 3 == [(type(each), each.retry) for each in found]  # type: ignore[union-attr]
    assert all(each.fatal for each in found if isinstance(each, Rejected))
    assert fate in {Fate.REJECTED, Fate.UNSENT, Fate.UNKNOWN}
    assert 0 == here.shore.count("GET", "/batches")


@pytest.mark.parametrize(
    "script",
    [{MAKE: [Lost()] * 3, LIST: [Fails(500)] * 9}, {LOOK: [Fails(401)]}, {READ: [Away()] * 3}],
)
def test_a_batch_that_is_out_of_reach_stops_the_run_and_stays_away(
    harbour: Callable[..., Harbour], script: object
) -> None:
    here = harbour(script)
    journal = here.journal()
    found = here.send_all([journal] * 3, BODIES)

    assert [ModelError] * 3 == [type(each) for each in found]
    assert [Fate.INTENT] * 3 == fates(journal)


LATER = {"retry-after": "7200"}


@pytest.mark.parametrize("call", [MAKE, LOOK, READ])
def test_nobody_sits_through_a_wait_of_hours(harbour: Callable[..., Harbour], call: tuple[str, str]) -> None:
    here = harbour({call: [Fails(429, LATER)]})
    (found,) = here.send_all([here.journal()], BODIES[:1])

    assert isinstance(found, Stopped)
    assert "has to wait 120 minutes" in found.message
    assert found.help.startswith("run the same command again at ")


@pytest.mark.parametrize("call", [MAKE, LOOK, READ])
def test_every_wait_for_another_try_is_told(harbour: Callable[..., Harbour], call: tuple[str, str]) -> None:
    here = harbour({call: [Fails(429)]})
    here.send_all([here.journal()], BODIES[:1])

    assert 1 == sum("the rate limit is exceeded" in each and "trying again in" in each for each in here.said)


def test_a_batch_that_never_ends_is_not_waited_for_longer_than_any_lasts(
    harbour: Callable[..., Harbour], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storygen.writer.polling.LONGEST", 20_000.0)
    going_on = Sends(b'{"id": "msgbatch_1", "processing_status": "in_progress"}')
    here = harbour({LOOK: [going_on] * 99})
    (found,) = here.send_all([here.journal()], BODIES[:1])

    assert isinstance(found, Stopped)
    assert "has not ended" in found.message


def test_results_without_end_are_not_read_to_the_end(harbour: Callable[..., Harbour]) -> None:
    lines = b"".join(b'{"custom_id":"%d","result":{"type":"expired"}}\n' % each for each in range(9))
    here = harbour({READ: [Sends(lines)]})
    (found,) = here.send_all([here.journal()], BODIES[:1])

    assert isinstance(found, ModelError)
    assert "more results came than the 1 that" in found.message


def test_whoever_stops_lets_the_next_one_carry_the_wave_on(harbour: Callable[..., Harbour]) -> None:
    """One book fails and is cancelled while its request carries the wave; the other's goes on with it."""
    here = harbour()
    journals = [here.journal("tale"), here.journal("manual")]
    waves, texts = here.waves(), []
    scopes: list[anyio.CancelScope] = []

    def reached(point: CrashPoint) -> None:
        if point is CrashPoint.POLLING:
            scopes[0].cancel()

    async def one(number: int) -> None:
        scopes.append(anyio.CancelScope())
        with scopes[number]:
            texts.append(await here.send(waves, journals[number], BODIES[number]))

    async def main() -> None:
        waves.reached = reached
        async with anyio.create_task_group() as group:
            group.start_soon(one, 0)
            group.start_soon(one, 1)

    anyio.run(main)

    assert (1, 1) == (len(texts), len(here.shore.made))
    assert [[Fate.INTENT], [Fate.COMPLETE]] == [fates(journal) for journal in journals]


def fail_beside(here: Harbour, stop: Callable[[Waves, anyio.CancelScope], None]) -> list[str]:
    """Send for two books, the first of which fails where *stop* says, and is closed; return what came."""
    journals = [here.journal("tale"), here.journal("manual")]
    waves, texts = here.waves(), []

    async def fail() -> None:
        with anyio.CancelScope() as scope:
            stop(waves, scope)
            await here.send(waves, journals[0], BODIES[0])
        journals[0].abandon(1, "the run was stopped")
        journals[0].__exit__(None, None, None)

    async def go_on() -> None:
        texts.append(await here.send(waves, journals[1], BODIES[1]))

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(fail)
            group.start_soon(go_on)

    anyio.run(main)
    return texts


def test_what_gives_up_before_its_wave_leaves_is_not_sent(harbour: Callable[..., Harbour]) -> None:
    here = harbour()
    texts = fail_beside(here, lambda _, scope: scope.cancel())

    assert ([[digest_of(BODIES[1])]], 1) == (here.shore.made, len(texts))
    assert [Fate.UNSENT] == fates(here.journal("tale"))


def test_a_book_that_failed_is_not_told_what_the_batch_of_the_others_is_called(
    harbour: Callable[..., Harbour],
) -> None:
    here = harbour({MAKE: [Fails(529)]})

    def stop(waves: Waves, scope: anyio.CancelScope) -> None:
        waves.tell = lambda _: scope.cancel()  # of the batch that could not be made yet

    assert 1 == len(fail_beside(here, stop))
    assert [(2, "")] == [(away.requests, away.name) for away in here.journal("tale").away]


def test_a_batch_that_is_made_while_its_run_stops_has_its_name_on_record(
    harbour: Callable[..., Harbour],
) -> None:
    here = harbour()
    journal, waves = here.journal(), here.waves()

    async def main() -> None:
        with anyio.CancelScope() as scope:
            waves.reached = lambda point: scope.cancel() if point is CrashPoint.BEFORE_BATCH else None
            await here.send(waves, journal, BODIES[0])

    anyio.run(main)

    assert [True] == [away.name.startswith("msgbatch_") for away in journal.away]


def test_each_request_meets_an_error_of_its_own(harbour: Callable[..., Harbour]) -> None:
    here = harbour({MAKE: [Fails(401)]})
    found = here.send_all([here.journal()] * 3, BODIES)

    assert 3 == len({id(error) for error in found})
    assert 1 == len({str(error) for error in found})


def test_what_is_away_elsewhere_stays_there_when_the_same_leaves_again(
    harbour: Callable[..., Harbour],
) -> None:
    here = harbour()
    journal = here.journal()
    for origin in (ORIGIN, "https://elsewhere.example.org"):
        intend(journal, BODIES[0])
        journal.leave([digest_of(BODIES[0])], requests=1, origin=origin)

    assert [(ORIGIN, 1), ("https://elsewhere.example.org", 1)] == [
        (away.origin, len(away.attempts)) for away in journal.away
    ]


class Killed(Exception):
    """Stands for the end of the process: nothing of ours runs after it."""


@contextmanager
def killed(here: Harbour, point: CrashPoint) -> Iterator[None]:
    """Have the block end at *point* as a process does that is killed."""

    def reached(at: CrashPoint) -> None:
        if at is point:
            raise Killed

    here.reached = reached
    with pytest.raises(BaseExceptionGroup):
        yield
    here.reached = lambda _: None


@pytest.mark.parametrize("point", IN_BATCHES)
def test_what_a_killed_run_sent_comes_home_and_is_paid_once(
    harbour: Callable[..., Harbour], point: CrashPoint
) -> None:
    here = harbour()
    with killed(here, point):
        here.send_all([here.journal()] * 3, BODIES)
    made = len(here.shore.made)
    journal = here.journal()
    here.bring_home(journal)
    whole = point is not CrashPoint.BEFORE_BATCH

    assert [Fate.COMPLETE if whole else Fate.UNSENT] * 3 == fates(journal)
    assert made == len(here.shore.made)
    assert whole == all(attempt.cost and attempt.usage.output_tokens for attempt in journal.attempts())


def test_a_clock_that_takes_local_time_for_the_worlds_loses_no_batch(
    harbour: Callable[..., Harbour],
) -> None:
    here = harbour()
    here.ahead = 14 * 3_600
    with killed(here, CrashPoint.AFTER_BATCH):
        here.send_all([here.journal()], BODIES[:1])
    journal = here.journal()
    here.bring_home(journal)

    assert [Fate.COMPLETE] == fates(journal)


def test_where_no_batch_can_be_made_nothing_is_waited_for(harbour: Callable[..., Harbour]) -> None:
    here = harbour({LIST: [Fails(404)]})
    with killed(here, CrashPoint.BEFORE_BATCH):
        here.send_all([here.journal()], BODIES[:1])
    journal = here.journal()
    here.bring_home(journal)

    assert [Fate.UNSENT] == fates(journal)


def test_what_comes_home_is_billed_at_half_the_price(harbour: Callable[..., Harbour]) -> None:
    here = harbour()
    with killed(here, CrashPoint.POLLING):
        here.send_all([here.journal()], BODIES[:1])
    journal = here.journal()
    here.bring_home(journal)
    (attempt,) = journal.attempts()
    full = catalogue().find("sonnet").cost(attempt.usage)

    assert full is not None
    assert attempt.cost == -(-full // 2)


def test_what_its_server_does_not_count_is_counted_when_it_comes_home(
    harbour: Callable[..., Harbour],
) -> None:
    here = harbour()
    with killed(here, CrashPoint.POLLING):
        here.send_all([here.journal()], BODIES[:1])
    uncounted = (
        b'{"custom_id":"%b","result":{"type":"succeeded","message":{"type":"message","role":"assistant",'
        b'"content":[{"type":"text","text":"It rained all day."}],"stop_reason":"end_turn","usage":{}}}}'
    )
    here.shore.script[READ] = [Sends(uncounted % digest_of(BODIES[0]).encode())]
    journal = here.journal()
    here.bring_home(journal)
    (attempt,) = journal.attempts()

    assert attempt.usage.input_tokens > 0
    assert attempt.usage.output_tokens > 0


def test_a_reply_that_was_half_on_record_comes_home_whole(harbour: Callable[..., Harbour]) -> None:
    here = harbour()
    with killed(here, CrashPoint.POLLING):
        here.send_all([here.journal()], BODIES[:1])
    with open_journal(here.folder / "tale.db", clock=here.clock) as journal:
        journal.save_text(1, "It")
    journal = here.journal()
    here.bring_home(journal)
    (attempt,) = journal.attempts()

    assert (Fate.COMPLETE, True) == (attempt.fate, len(journal.text(1)) > len("It"))


def test_each_result_that_comes_home_has_its_own_fate(harbour: Callable[..., Harbour]) -> None:
    here = harbour()
    with killed(here, CrashPoint.POLLING):
        here.send_all([here.journal()] * 3, BODIES)
    lines = (
        b'{"custom_id":"%b","result":{"type":"expired"}}' % digest_of(BODIES[0]).encode(),
        b'{"custom_id":"%b","result":{"type":"errored","error":{"error":{"type":"api_error"}}}}'
        % digest_of(BODIES[1]).encode(),
    )
    here.shore.script[READ] = [Sends(b"\n".join(lines))]
    journal = here.journal()
    here.bring_home(journal)
    found = {attempt.digest: attempt.fate for attempt in journal.attempts()}

    assert [Fate.UNSENT, Fate.REJECTED, Fate.UNKNOWN] == [found[digest_of(sent)] for sent in BODIES]


def test_a_batch_at_another_endpoint_is_left_alone_and_named(harbour: Callable[..., Harbour]) -> None:
    here = harbour()
    with killed(here, CrashPoint.POLLING):
        here.send_all([here.journal()], BODIES[:1])
    journal = here.journal()
    here.bring_home(journal, origin="https://elsewhere.example.org")

    assert [Fate.INTENT] == fates(journal)
    assert "1 request left in a batch at https://api.example.org" in here.said[-1]


def test_what_waits_for_a_wave_when_the_run_is_killed_was_never_sent(harbour: Callable[..., Harbour]) -> None:
    here = harbour()
    first = here.journal()
    intend(first, BODIES[0])

    assert [Fate.UNSENT] == fates(here.journal())


@pytest.mark.parametrize("call", [LOOK, READ])
def test_a_batch_that_its_server_has_no_more_may_have_been_paid(
    harbour: Callable[..., Harbour], call: tuple[str, str]
) -> None:
    here = harbour()
    with killed(here, CrashPoint.POLLING):
        here.send_all([here.journal()], BODIES[:1])
    here.shore.script[call] = [Fails(404)]
    journal = here.journal()
    here.bring_home(journal)

    assert [Fate.UNKNOWN] == fates(journal)
    assert "what it had is asked for anew" in here.said[-1]
