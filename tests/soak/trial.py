"""One book, written by one process after the other, of which all but the last are killed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from itertools import chain

from storygen.catalogue import catalogue
from storygen.crash_points import CrashPoint
from tests.soak import checks
from tests.soak.checks import Files, Loss
from tests.soak.kills import LAST, Kill, Way
from tests.soak.ledger import Ledger, read_ledger
from tests.soak.truth import Scene, Truth
from tests.soak.victim import Desk, Victim

PACE, QUICK = 0.02, 0.002
"""Seconds between two events of a stream that is to be killed in the middle, and of any other."""

_IN_STREAM = {Way.MID_STREAM, Way.RIVAL}
_BY_THE_CLOCK = {Way.RESUME, Way.RANDOM}
_TO_MIGRATE = {None, 1}
_DONE, _LOCKED, _KILLED = 0, 5, -9
_CUT = Kill(Way.MID_STREAM, delay=1.4)  # so long that text of it has to be saved
_PROMPTLY = 30.0
"""Seconds that a second writer may take to start, look and leave, on a machine that is busy with others."""


@dataclass(slots=True)
class Outcome:
    """What came of one book: kills that landed, kills that found no moment, losses, broken promises.

    `rivals` holds how many seconds second writers took to leave; `same` says that the book is as it would
    have been without a kill.
    """

    requests: int = 0
    same: bool = False
    landed: list[Kill] = field(default_factory=list)
    left: list[Kill] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    rivals: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Trial:
    """A book under way, and what is to become of it: `hand` are the kills that wait, `wanted` its files.

    `ledger` is the journal after the last kill, `finished` how many requests there were when a section had
    all its text, by id.
    """

    desk: Desk
    truth: Truth
    hand: list[Kill]
    wanted: Files
    outcome: Outcome = field(default_factory=Outcome)
    ledger: Ledger = field(default_factory=Ledger)
    finished: dict[str, int] = field(default_factory=dict)
    processes: int = 0

    def run(self) -> Outcome:
        """Start, kill and look until a process comes to the end of the book, or until a promise is broken."""
        self.hand.sort(key=lambda kill: kill.point is not CrashPoint.MIGRATING)
        self.ledger = read_ledger(self.desk.journal)
        while self._once(self._deal()) == _KILLED and not self.outcome.problems:
            pass
        self.outcome.left += self.hand
        self.outcome.requests = len(self.truth.replies)
        if not self.outcome.problems:
            self._ask_again()
        return self.outcome

    def _ask_again(self) -> None:
        """See that the book is right, and that nobody is asked for any more of it."""
        self._once(None)
        if len(self.truth.replies) > self.outcome.requests:
            self._complain("I-2: the same command again sent something")
        different = list(checks.same_book(self.desk.files(), self.wanted))
        self.outcome.same = not different
        self.outcome.problems += different

    def _once(self, kill: Kill | None) -> int:
        """Have a process write until *kill* strikes or all is done; return its exit code."""
        victim = self._start(kill)
        if kill and kill.way in _BY_THE_CLOCK:
            victim.kill_after(kill.delay, held=kill.way is Way.RESUME)
        code = victim.wait()
        if kill:
            self._note(kill, victim, struck=code == _KILLED)
        self._examine(victim)
        if code not in {_DONE, _KILLED}:
            self._complain(f"{victim.key} ended with {code}; {self.desk.said} holds what it said")
        return code

    def _deal(self) -> Kill | None:
        """Take a kill from the hand that can find its moment in the book as it is now; the LAST come last.

        Where all wait for a stream that was cut, one is.
        """
        able = sorted(filter(self._can_land, self.hand), key=lambda kill: kill.point in LAST)
        waiting = any(kill.resumes for kill in self.hand) and all(kill.point in LAST for kill in able)
        if waiting and self._unfinished:
            return _CUT
        if able:
            self.hand.remove(able[0])
        return next(iter(able), None)

    @property
    def _unfinished(self) -> bool:
        return len(self.ledger.whole) < len(self.truth.story.ids)

    def _can_land(self, kill: Kill) -> bool:
        match kill:
            case Kill(point=CrashPoint.MIGRATING):
                return self.ledger.version in _TO_MIGRATE
            case Kill(point=CrashPoint.RECOVERING):
                return self.ledger.open
            case Kill(resumes=True):
                return self.ledger.begun
            case Kill(point=point) if point in LAST:
                return True
            case _:
                return self._unfinished

    def _start(self, kill: Kill | None) -> Victim:
        self.processes += 1
        key = f"process-{self.processes:03}"
        scene = self.truth.scenes[key] = Scene(PACE if kill and kill.way in _IN_STREAM else QUICK)
        victim = self.desk.start(key, crash_at=f"{kill.point}:{kill.nth}" if kill and kill.point else "")
        if kill and kill.way in _IN_STREAM:  # the process is far from its first request
            scene.at = 1 + int(kill.delay / PACE)
            scene.act = lambda: self._kill_in_stream(victim, rival=kill.way is Way.RIVAL)
        return victim

    def _kill_in_stream(self, victim: Victim, *, rival: bool) -> None:
        """Kill *victim* while the server holds its reply; before that a *rival* may try to write too."""
        if rival:
            began, second = time.monotonic(), self.desk.start(f"rival-of-{victim.key}")
            code = second.wait()
            self.outcome.rivals.append(seconds := time.monotonic() - began)
            if code != _LOCKED or seconds > _PROMPTLY or self.truth.of(second.key):
                self._complain(f"I-17: a second writer ended with {code}, after {seconds:.1f} seconds")
        victim.kill()

    def _note(self, kill: Kill, victim: Victim, *, struck: bool) -> None:
        """Note whether and where *kill* struck."""
        if not struck:
            self.outcome.left.append(kill)
        elif kill.way is Way.RESUME and self.truth.of(victim.key):  # too late for that: next time sooner
            self.hand.append(replace(kill, delay=kill.delay / 2))
            self.outcome.landed.append(Kill(Way.RANDOM))
        else:
            self.outcome.landed.append(kill)

    def _examine(self, victim: Victim) -> None:
        """Hold what lies on the disk to what the server knows."""
        before, now = self.ledger, read_ledger(self.desk.journal)
        replies, own = list(self.truth.replies), self.truth.of(victim.key)
        lost = checks.losses(own, now, died=victim.died)
        self.outcome.problems += chain(
            checks.undamaged(now),
            checks.intent_first(replies, now),
            checks.done_is_done(replies, self.finished),
            checks.nothing_is_lost(lost),
            checks.nothing_shrinks(replies, before, now),
            checks.what_is_paid_is_used(own, replies, before),
            checks.no_invisible_spend(replies, now, model=catalogue().default),
            checks.files_are_whole(self.desk.files(), self.wanted),
        )
        self.outcome.losses += (loss for loss in lost if loss.left)
        self.finished = dict.fromkeys(now.finished, len(replies)) | self.finished
        self.ledger = now

    def _complain(self, problem: str) -> None:
        self.outcome.problems.append(problem)
