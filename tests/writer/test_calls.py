"""Paid calls in every order that a run can meet, over the real journal, purse and limiter."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import anyio
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from storygen.book.attempts import OWING, Fate, spent
from storygen.book.journal import Journal, open_journal
from storygen.book.view import view_journal
from storygen.catalogue import catalogue
from storygen.draft import Leg
from storygen.errors import Cut, Rejected, Unreachable
from storygen.messages import Counted, Delta, Ended, Message, Opened, Request, Role, StopReason, Text, Usage
from storygen.model.flow import Flow
from storygen.model.limiter import Limiter
from storygen.model.waits import LONGEST
from storygen.outline.tree import Level, Section, WordTarget
from storygen.writer.attempt import Answer, Line, attempt
from storygen.writer.budget import Amount, Budget, Ceilings
from storygen.writer.events import Event, Waiting
from storygen.writer.purse import Purse
from storygen.writer.saves import BYTES, SECONDS
from tests.servers.stepped import SteppedLoop
from tests.writer.lines import line_to

MODELS = catalogue()
MODEL = "claude-haiku-4-5"
WORST = Amount(money=1_000, output_tokens=100, calls=1)
MOST_USAGE = Usage(input_tokens=400, output_tokens=100)
RETRIES = 3
JOBS = 3
TEN_YEARS = 10 * 365 * 86_400.0

FAILURES = {
    "overloaded": lambda: Rejected("no", status=529, kind="overloaded_error", retry=True),
    "bad request": lambda: Rejected("no", status=400, kind="invalid_request_error", retry=False),
    "rate limit": lambda: Rejected("no", status=429, kind="rate_limit_error", retry=True, retry_after=30.0),
    "an endless pause": lambda: Rejected(
        "no", status=429, kind="rate_limit_error", retry=True, retry_after=1e12
    ),
    "no route": lambda: Unreachable("no route"),
    "silence": lambda: Cut("silence"),
    "no such server": lambda: Cut("a page", retry=False),
}


@dataclass(slots=True)
class Call:
    """One request as the server sees it: what it has flushed and when, and its bill once that is known.

    `attempt` is the id of its intent in the journal.
    """

    body: bytes
    attempt: int
    heard: asyncio.Queue[Delta | Exception] = field(default_factory=asyncio.Queue)
    opened: bool = False
    flushed: list[tuple[float, str]] = field(default_factory=list)
    bill: int | None = None
    over: bool = False

    @property
    def text(self) -> str:
        """All text that has left the server."""
        return "".join(text for _, text in self.flushed)

    def text_until(self, moment: float) -> str:
        """Return what had left the server by that *moment*."""
        return "".join(text for at, text in self.flushed if at <= moment)


@dataclass(slots=True)
class Run:
    """One run: what it reaches the world through, its tasks, and what its server was asked, by section."""

    line: Line
    budget: int
    saving: asyncio.Task[None]
    tasks: list[asyncio.Task[Answer]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    retried: int = 0


class Calls(RuleBasedStateMachine):
    """Requests sent, answered, broken off, stopped and killed in any order, against what the server knows."""

    @initialize(budget=st.integers(0, 6))
    def begin(self, budget: int) -> None:
        self.home = Path(tempfile.mkdtemp())
        self.loop = SteppedLoop()
        self.wall = 1_000_000_000.0
        self.told: list[Event] = []
        self.slept: list[float] = []
        self.every: list[Call] = []
        self.refused: set[bytes] = set()
        self.generation = 0
        self.journal = self._open()
        self.run = self._start(budget)

    def _open(self) -> Journal:
        return open_journal(self.home / f"{self.generation}.db", clock=lambda: self.wall)

    def _start(self, budget: int) -> Run:
        line = line_to(
            self.send,
            self.journal,
            tell=self.told.append,
            sleep=self.sleep,
            clock=lambda: self.wall,
            worst=lambda *_: WORST,
            purse=Purse(Budget(Ceilings(money=budget * WORST.money))),
            limiter=Limiter(Flow(JOBS)),
            retries=RETRIES,
        )

        async def keep_saving() -> None:
            async with line.saves.kept(anyio.sleep):
                await anyio.sleep_forever()

        run = Run(line, budget * WORST.money, self.loop.create_task(keep_saving()))
        self.loop.settle()
        return run

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await anyio.sleep(seconds)

    async def send(self, body: bytes) -> AsyncGenerator[Delta, None]:
        """Be the server: note the request before anything else, then do as the rules say."""
        assert body not in self.refused, "a refused request was sent again"
        call = Call(body, self._intent_of(body))
        self.run.calls.append(call)
        self.every.append(call)
        while not call.over:
            heard = await call.heard.get()
            if isinstance(heard, Exception):
                raise heard
            yield heard

    def _intent_of(self, body: bytes) -> int:
        """Find what another process can see of the intent to send *body*: it has to be there already."""
        with view_journal(self.home / f"{self.generation}.db") as view:
            intents = [one for one in view.attempts() if one.fate is Fate.INTENT]
        assert sha256(body).hexdigest() == intents[-1].digest, "a request without an intent"
        return intents[-1].id

    def _some(self, data: Any) -> Call | None:
        calls = [call for call in self.run.calls if not call.over]
        return data.draw(st.sampled_from(calls)) if calls else None

    @rule(section=st.sampled_from("abcde"))
    def plan(self, section: str) -> None:
        place = Section(section, section.upper(), 1, 1, Level.SCENE, WordTarget(9, 11))
        request = Request(MODEL, (Message(Role.USER, f"Write {section}."),), max_tokens=100)
        work = attempt(request, section=place, leg=Leg("", StopReason.CUT), line=self.run.line)
        self.run.tasks.append(self.loop.create_task(work))
        self.loop.settle()

    @rule(data=st.data(), text=st.text(min_size=1, max_size=8), times=st.sampled_from([1, 1, 1, 700]))
    def delta(self, data: st.DataObject, text: str, times: int) -> None:
        if call := self._some(data):
            self._open_first(call)
            call.heard.put_nowait(Text(text * times))
            call.flushed.append((self.loop.now, text * times))
            self.loop.settle()

    @rule(
        data=st.data(),
        reason=st.sampled_from([StopReason.END_TURN, StopReason.MAX_TOKENS, StopReason.REFUSAL]),
        written=st.integers(1, MOST_USAGE.output_tokens),
    )
    def finish(self, data: st.DataObject, reason: StopReason, written: int) -> None:
        if call := self._some(data):
            usage = replace(MOST_USAGE, output_tokens=written)
            self._open_first(call)
            call.over, call.bill = True, MODELS.find(MODEL).cost(usage)
            if reason is StopReason.REFUSAL:
                self.refused.add(call.body)
            call.heard.put_nowait(Counted(usage))
            call.heard.put_nowait(Ended(reason, reason.value))
            self.loop.settle()

    @rule(data=st.data(), kind=st.sampled_from(sorted(FAILURES)), billed=st.integers(0, WORST.money))
    def fail(self, data: st.DataObject, kind: str, billed: int) -> None:
        if call := self._some(data):
            error = FAILURES[kind]()
            if isinstance(error, Unreachable) and call.opened:
                return
            call.over = True
            call.bill = billed if isinstance(error, Cut) or call.text else 0
            call.heard.put_nowait(error)
            self.loop.settle()

    @rule(seconds=st.sampled_from([0.05, SECONDS, 2.0, 40.0, LONGEST]))
    def wait(self, seconds: float) -> None:
        self.loop.settle(seconds)

    @rule(jump=st.sampled_from([-TEN_YEARS, TEN_YEARS]))
    def change_the_clock(self, jump: float) -> None:
        self.wall += jump

    @precondition(lambda self: self.run.tasks)
    @rule(budget=st.integers(0, 6))
    def stop_and_resume(self, budget: int) -> None:
        for task in (*self.run.tasks, self.run.saving):
            task.cancel()
        self.loop.settle()
        self._settle_what_is_lost()
        for call in self.run.calls:
            assert call.text == self.journal.text(call.attempt), "a stopped run has lost text"
        self.run = self._start(budget)

    @precondition(lambda self: self.run.tasks)
    @rule(budget=st.integers(0, 6))
    def kill_and_resume(self, budget: int) -> None:
        """Go on with the files as they are at this moment, as a killed process leaves them."""
        old, self.generation = self.generation, self.generation + 1
        for end in (".db", ".db-wal"):
            if (self.home / f"{old}{end}").exists():
                shutil.copy(self.home / f"{old}{end}", self.home / f"{self.generation}{end}")
        self._leave_behind()
        self.journal = self._open()
        self._settle_what_is_lost()
        for call in self.run.calls:
            saved = self.journal.text(call.attempt)
            assert call.text.startswith(saved)
            assert saved.startswith(call.text_until(self.loop.now - SECONDS)), "old text was lost"
            assert len(call.text.encode()) - len(saved.encode()) < BYTES, "much text was lost"
        self.run = self._start(budget)

    def _leave_behind(self) -> None:
        for task in (*self.run.tasks, self.run.saving):
            task.cancel()
        self.loop.settle()
        self.journal.__exit__(None, None, None)

    def _open_first(self, call: Call) -> None:
        if not call.opened:
            call.opened = True
            call.heard.put_nowait(Opened(200, "req_1"))

    def _settle_what_is_lost(self) -> None:
        """Bill at the worst what nobody has heard the end of."""
        for call in self.run.calls:
            if not call.over:
                call.over, call.bill = True, WORST.money

    @invariant()
    def no_spend_is_invisible(self) -> None:
        """I-4: settled ≤ what the server bills ≤ settled and held together."""
        sums = spent(self.journal.attempts())
        least = sum(call.bill or 0 for call in self.every)
        most = sum(WORST.money if call.bill is None else call.bill for call in self.every)
        assert sums.settled <= least
        assert most <= sums.settled + sums.held

    @invariant()
    def the_budget_is_a_ceiling(self) -> None:
        """I-5: what is settled, held, and billed at worst stays under it at any moment."""
        purse = self.run.line.purse.budget
        most = sum(WORST.money if call.bill is None else call.bill for call in self.run.calls)
        assert most <= purse.settled.money + purse.held.money <= self.run.budget

    @invariant()
    def sends_are_bounded(self) -> None:
        """I-9: no call of `attempt` sends more often than it may, and the run pays for every retry."""
        asked = Counter(call.body for call in self.run.calls)
        begun = len(self.run.tasks)
        assert all(number <= begun * (RETRIES + 1) for number in asked.values())
        assert len(self.run.calls) - begun <= 20 + 0.2 * len(self.run.calls)

    @invariant()
    def no_more_fly_than_may(self) -> None:
        assert sum(not call.over for call in self.run.calls) <= JOBS

    @invariant()
    def waits_are_bounded_and_announced(self) -> None:
        """I-10: nobody sleeps longer than LONGEST and its jitter, and nobody unannounced."""
        announced = [event.seconds for event in self.told if isinstance(event, Waiting)]
        assert all(seconds <= LONGEST + 1 for seconds in self.slept)
        assert not Counter(self.slept) - Counter(announced)

    @invariant()
    def what_has_ended_has_its_fate(self) -> None:
        """Each attempt whose task is over is closed, and owes something only where nobody knows the bill."""
        closed = [one for one in self.journal.attempts() if one.ended is not None]
        assert all(one.cost is not None or one.fate in OWING for one in closed)

    def teardown(self) -> None:
        self._leave_behind()
        self.loop.close()
        shutil.rmtree(self.home)


Calls.TestCase.settings = settings(max_examples=25, stateful_step_count=20)
TestCalls = Calls.TestCase
