"""A book written, stopped, killed and edited in any order: nothing is paid twice, nothing is lost."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from storygen.book.folder import Book
from storygen.catalogue import Catalogue
from storygen.crash_points import ALONE, CrashPoint
from storygen.desk.project import open_project
from storygen.desk.states import read_book
from storygen.desk.wire import Wire
from storygen.desk.write import awrite
from storygen.desk.written import Written
from storygen.errors import Cut, Rejected, StorygenError
from storygen.messages import Counted, Delta, Ended, Opened, StopReason, Text, Usage
from storygen.model.wire import encoder
from tests.servers.replies import pieces_of
from tests.servers.scripted import Asked, Says, continuing
from tests.servers.stepped import SteppedLoop

OUTLINE = """\
title: The Manual
kind: docs
words: 240
pages:
  - title: Install
    sections: [{title: Alpha, beats: [a]}, {title: Beta, beats: [b]}]
  - title: Use
    sections: [{title: Gamma, beats: [c]}, {title: Delta, beats: [d]}]
"""
NUMBERS = ("first", "second", "third", "fourth", "fifth")
TEXTS = {
    title: " ".join(f"Turn the {number} screw of {title} until it clicks." for number in NUMBERS)
    for title in ("Alpha", "Beta", "Gamma", "Delta")
}
EDIT = "A person wrote this line."
WHICH = st.integers(0, 9)
"""One of several things, whichever there are."""

TEN_YEARS = 10 * 365 * 86_400.0
FAILURES = {
    "silence": lambda: Cut("silence"),
    "overloaded": lambda: Rejected("no", status=529, kind="overloaded_error", retry=True),
    "a revoked key": lambda: Rejected("no", status=401, kind="authentication_error", retry=False, fatal=True),
}


@dataclass(slots=True)
class Call:
    """One request: which section it is for, and the pieces that the server has not flushed yet."""

    title: str
    left: list[str]
    stop: StopReason
    heard: asyncio.Queue[Delta | Exception] = field(default_factory=asyncio.Queue)
    over: bool = False

    async def next(self) -> Delta:
        """Wait for what is flushed next, or raise what goes wrong."""
        heard = await self.heard.get()
        if isinstance(heard, Exception):
            raise heard
        return heard

    def say(self, pieces: int) -> None:
        """Flush some more of the reply."""
        self.heard.put_nowait(Text("".join(self.left[:pieces])))
        self.left = self.left[pieces:]

    def finish(self) -> None:
        """Flush all that is left, and the stop reason."""
        self.say(len(self.left))
        self.over = True
        self.heard.put_nowait(Counted(Usage(100, output_tokens=50)))
        self.heard.put_nowait(Ended(self.stop, self.stop.value))


class AnyOrder(RuleBasedStateMachine):
    """One book, runs over it, and a person who edits it meanwhile, against what the server has said.

    A run that dies does so in a folder that nobody looks at any more; the next one goes on in a copy.
    """

    @initialize(tokens=st.sampled_from([25, 400]))
    def begin(self, tokens: int) -> None:
        self.home = Path(tempfile.mkdtemp())
        self.wall = 1_000_000_000.0
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(time, "time", lambda: self.wall)
        self.loop = SteppedLoop()
        self.script = continuing(TEXTS, tokens=tokens)
        self.lives = 0
        self.outline.parent.mkdir()
        self.outline.write_text(OUTLINE)
        self.calls: list[Call] = []
        self.ending: set[str] = set()
        self.whole: set[str] = set()
        self.edited: dict[str, str] = {}
        self.task: asyncio.Task[Written] | None = None
        self.dies_at: CrashPoint | None = None

    @property
    def outline(self) -> Path:
        return self.home / str(self.lives) / "outline.yaml"

    @property
    def next_life(self) -> Path:
        return self.home / str(self.lives + 1)

    @property
    def running(self) -> bool:
        return self.task is not None and not self.task.done()

    @property
    def open_calls(self) -> list[Call]:
        return [call for call in self.calls if not call.over]

    @asynccontextmanager
    async def wire(self, _project: object, known: Catalogue) -> AsyncIterator[Wire]:
        yield Wire(encoder(known), self.send)

    async def send(self, body: bytes) -> AsyncGenerator[Delta, None]:
        """Be the server: nobody asks it for what it has told to the end."""
        reply = self.script(asked := Asked("", {}, body))
        assert isinstance(reply, Says), asked.turns[-1]
        title = asked.turns[0][1].rpartition("Title: ")[2].partition("\n")[0]
        assert title not in self.whole, "a section that was whole was asked for again"
        call = Call(title, pieces_of(reply.text), StopReason(reply.stop))
        self.calls.append(call)
        yield Opened(200, "req_1")
        heard: Delta | None = None
        while not isinstance(heard, Ended):
            heard = await call.next()
            if isinstance(heard, Ended):
                self.ending = {title} if call.stop is StopReason.END_TURN else set()
            yield heard

    @precondition(lambda self: not self.running)
    @rule(jobs=st.integers(1, 2))
    def write(self, jobs: int = 2) -> None:
        project = open_project(
            self.outline,
            environ={"ANTHROPIC_API_KEY": "sk-ant-test"},
            flags={"jobs": jobs},
            reached=self.reached,
        )
        self.calls.clear()
        self.task = self.loop.create_task(awrite(project, wire=self.wire, chance=Random(1)))
        self.loop.settle(1.0)
        self.look()

    def reached(self, point: CrashPoint) -> None:
        """Take the files as they are where the run is to die; what it has passed, it has done."""
        if point is self.dies_at:
            self.dies_at = None
            shutil.copytree(self.outline.parent, self.next_life)
        elif point is CrashPoint.BEFORE_COMPLETE and not self.next_life.exists():
            self.whole |= self.ending

    def look(self) -> None:
        """Let a run die that has come to its point; of one that has ended, see that it ended well."""
        if self.next_life.exists():
            self.lives += 1
            self.stop()
        if self.task and self.task.done() and not self.task.cancelled() and (error := self.task.exception()):
            assert isinstance(error, StorygenError), error

    @precondition(lambda self: self.running and self.open_calls)
    @rule(which=WHICH, pieces=st.integers(1, 12), seconds=st.sampled_from([0.0, 0.5]))
    def say(self, which: int, pieces: int, seconds: float) -> None:
        self.open_calls[which % len(self.open_calls)].say(pieces)
        self.loop.settle(seconds)
        self.look()

    @precondition(lambda self: self.running and self.open_calls)
    @rule(which=WHICH)
    def finish(self, which: int) -> None:
        self.open_calls[which % len(self.open_calls)].finish()
        self.loop.settle(1.0)
        self.look()

    @precondition(lambda self: self.running and self.open_calls)
    @rule(which=WHICH, kind=st.sampled_from(sorted(FAILURES)))
    def fail(self, which: int, kind: str) -> None:
        call = self.open_calls[which % len(self.open_calls)]
        call.over = True
        call.heard.put_nowait(FAILURES[kind]())
        self.loop.settle(60.0)
        self.look()

    @precondition(lambda self: self.running)
    @rule()
    def stop(self) -> None:
        assert self.task
        self.task.cancel()
        self.loop.settle()

    @precondition(lambda self: self.running)
    @rule()
    def kill(self) -> None:
        """Go on with the files as they are at this moment, as a killed process leaves them."""
        self.dies_at = CrashPoint.MID_STREAM
        self.reached(CrashPoint.MID_STREAM)
        self.look()

    @rule(point=st.sampled_from(ALONE))
    def die_later(self, point: CrashPoint) -> None:
        """Kill the run as soon as it comes to *point*, whenever that is."""
        self.dies_at = point

    @rule(which=WHICH)
    def edit(self, which: int) -> None:
        drafts = read_book(Book.of(self.outline)).drafts
        if drafts:
            chosen = drafts[sorted(drafts)[which % len(drafts)]]
            self.edited[chosen.id] = f"{chosen.text}\n\n{EDIT}"
            chosen.path.write_text(f"{chosen.path.read_text()}\n{EDIT}\n")

    @precondition(lambda self: not self.running)
    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        drafts = read_book(Book.of(self.outline)).drafts
        if whole := sorted(drafts.keys() - self.edited.keys()):
            drafts[whole[which % len(whole)]].path.unlink()

    @rule(jump=st.sampled_from([-TEN_YEARS, TEN_YEARS]))
    def change_the_clock(self, jump: float) -> None:
        self.wall += jump

    @invariant()
    def edits_stand(self) -> None:
        """I-14: what a person wrote is what the draft says, whatever happens around it."""
        drafts = read_book(Book.of(self.outline)).drafts
        assert self.edited == {id_: drafts[id_].text for id_ in self.edited}

    def teardown(self) -> None:
        try:
            if self.running:
                self.kill()
            self.dies_at = None
            self.write_to_the_end()
            self.the_book_is_the_servers_own()
        finally:
            self.loop.close()
            self.patch.undo()
            shutil.rmtree(self.home)

    def write_to_the_end(self) -> None:
        self.write()
        while self.open_calls:
            self.open_calls[0].finish()
            self.loop.settle(60.0)
        self.look()

    def the_book_is_the_servers_own(self) -> None:
        """I-16: every section that nobody edited is the server's own text, every character of it."""
        drafts = {id_: draft.text for id_, draft in read_book(Book.of(self.outline)).drafts.items()}
        own = {title.lower(): text for title, text in TEXTS.items()}
        assert own | self.edited == drafts


AnyOrder.TestCase.settings = settings(max_examples=12, stateful_step_count=18)
TestAnyOrder = AnyOrder.TestCase


@pytest.mark.parametrize("point", ALONE)
@pytest.mark.parametrize("tokens", [25, 400])
def test_a_run_that_dies_at_a_named_point_leaves_the_book_as_it_would_have_been(
    point: CrashPoint, tokens: int
) -> None:
    book = AnyOrder()
    book.begin(tokens=tokens)
    for _ in range(2):
        book.die_later(point)
        book.write(jobs=2)
        while book.open_calls and book.running:
            book.say(which=0, pieces=9, seconds=0.6)
            if book.running and not book.open_calls[0].left:
                book.finish(which=0)
    book.teardown()


@pytest.mark.parametrize("says", [1, 2, 5])
def test_a_run_that_is_killed_in_the_middle_of_streams_leaves_the_book_as_it_would_have_been(
    says: int,
) -> None:
    book = AnyOrder()
    book.begin(tokens=400)
    book.write(jobs=2)
    for which in range(2 * says):
        book.say(which=which, pieces=4, seconds=0.6)
    book.kill()
    book.teardown()
