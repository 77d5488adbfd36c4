"""Requests that wait for each other and leave together, as one batch: a wave."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random

import anyio

from storygen.book.journal import Journal
from storygen.crash_points import CrashPoint, Reached, unwatched
from storygen.errors import Cut, ModelError, Rejected, StorygenError, Unreachable
from storygen.messages import Delta, Send
from storygen.model.batches import FRAME, LARGEST, MOST, Batches, Result
from storygen.model.waits import worth_retrying
from storygen.writer.attempt import digest_of
from storygen.writer.events import Noted, Tell
from storygen.writer.polling import Poll, found, given_up, results_of

LULL = 2.0
"""Seconds; a wave leaves once nobody has joined it for so long."""


@dataclass(slots=True)
class Wave:
    """Requests that leave as one batch, by their digests, and what came of them.

    `journals` are those of the requests that somebody waits for. `since` is when it was about to leave, 0
    before that; `batch` what its server calls it. Whoever has the `turn` carries it on; where that one has
    to stop, the next goes on from there.
    """

    bodies: dict[str, bytes] = field(default_factory=dict)
    journals: dict[str, Journal] = field(default_factory=dict)
    size: int = 0
    closed: bool = False
    since: float = 0
    numbers: list[tuple[Journal, int]] = field(default_factory=list)
    batch: str = ""
    results: dict[str, Result] = field(default_factory=dict)
    error: StorygenError | None = None
    turn: anyio.Lock = field(default_factory=anyio.Lock)

    def has_room(self, digest: str, body: bytes) -> bool:
        """Say whether one more can join."""
        fits = len(self.bodies) < MOST and self.size + len(body) + FRAME <= LARGEST
        return not self.closed and fits and digest not in self.bodies

    def join(self, digest: str, body: bytes, journal: Journal) -> None:
        """Take one more along."""
        self.bodies[digest], self.journals[digest] = body, journal
        self.size += len(body) + FRAME

    def part(self, digest: str) -> None:
        """Let one go whom nobody waits for any more: its journal may be closed now.

        What has not left stays here, since its intent is taken back.
        """
        del self.journals[digest]
        if not self.since:
            self.size -= len(self.bodies.pop(digest)) + FRAME

    def note_leaving(self, origin: str) -> None:
        """Put on record in every book that its requests are about to leave for *origin*."""
        by_journal: dict[Journal, list[str]] = {}
        for digest, journal in self.journals.items():
            by_journal.setdefault(journal, []).append(digest)
        self.numbers = [
            (journal, journal.leave(digests, requests=len(self.bodies), origin=origin))
            for journal, digests in by_journal.items()
        ]

    def note_name(self, name: str) -> None:
        """Put on record in every book what the server calls the batch."""
        self.batch = name
        for journal, number in self._at_hand():
            journal.name_batch(number, name)

    def note_staying(self) -> None:
        """Put on record in every book that no batch was made."""
        for journal, number in self._at_hand():
            journal.stay(number)

    def _at_hand(self) -> list[tuple[Journal, int]]:
        return [each for each in self.numbers if each[0] in self.journals.values()]


@dataclass(slots=True)
class Waves:
    """The waves of a run, over all its books.

    `tell` hears of batches, which are no single book's. `clock` is Unix time.
    """

    tell: Tell
    sleep: Callable[[float], Awaitable[None]]
    clock: Callable[[], float]
    chance: Random
    reached: Reached = unwatched
    retries: int = 5
    _open: Wave = field(default_factory=Wave)

    def sender(self, batches: Batches, journal: Journal, *, origin: str) -> Send:
        """Return what sends the requests that *journal* has intents of, through *batches* at *origin*.

        Raises what the request itself would have met, and a bare ModelError where the batch cannot be reached
        any more: its results are still to come then.
        """

        async def send(body: bytes) -> AsyncGenerator[Delta, None]:
            digest = digest_of(body)
            wave = self._joined(digest, body, journal)
            try:
                async with wave.turn:
                    if digest not in wave.results:
                        await self._carry(wave, batches, origin)
            finally:
                wave.part(digest)
            result = wave.results.pop(digest)
            if isinstance(result, ModelError):
                raise result
            for delta in result:
                yield delta

        return send

    def _joined(self, digest: str, body: bytes, journal: Journal) -> Wave:
        if not self._open.has_room(digest, body):
            self._open = Wave()
        self._open.join(digest, body, journal)
        return self._open

    async def _carry(self, wave: Wave, batches: Batches, origin: str) -> None:
        """Bring *wave* as far as it goes: to its results, or to the error that all of it meets."""
        if wave.error is not None:
            raise _copied(wave.error) from wave.error
        try:
            if not wave.closed:
                await self._wait_for_others(wave)
            poll = Poll(batches, self.tell, self.sleep, self.clock, self.chance, self.reached, self.retries)
            results = await self._left(wave, poll, origin)
            wave.results = results or await results_of(wave.batch, poll, requests=len(wave.bodies))
        except StorygenError as error:
            wave.error = error
            raise _copied(error) from error
        for digest in wave.bodies.keys() - wave.results.keys():
            wave.results[digest] = Cut("the batch has no result for this request", "try again")

    async def _wait_for_others(self, wave: Wave) -> None:
        size = 0
        while size != len(wave.bodies):
            size = len(wave.bodies)
            await self.sleep(LULL)
        wave.closed = True

    async def _left(self, wave: Wave, poll: Poll, origin: str) -> dict[str, Result]:
        """Have *wave* leave; return its results, if finding out that it has left has brought them already."""
        if wave.batch:
            return {}
        if wave.since:
            return await self._lost(wave, poll) or await self._made(wave, poll)
        wave.since = self.clock()
        wave.note_leaving(origin)
        self.reached(CrashPoint.BEFORE_BATCH)
        return await self._made(wave, poll)

    async def _made(self, wave: Wave, poll: Poll) -> dict[str, Result]:
        """Have a batch made of *wave*, again where that fails; return results as `_left` does."""
        for failures in count(1):
            try:
                with anyio.CancelScope(shield=True):  # whoever is told to stop knows first what was made
                    await self._make(wave, poll)
            except (Rejected, Unreachable, Cut) as error:
                if not worth_retrying(error) or failures > self.retries:
                    raise _final(error, wave) from error
                await poll.pause(error, failures=failures, what="making a batch")
                if isinstance(error, Cut) and (results := await self._lost(wave, poll)):
                    return results
            else:
                return {}
        raise AssertionError("count never ends")

    async def _make(self, wave: Wave, poll: Poll) -> None:
        name = (await poll.batches.create(wave.bodies)).id
        self.reached(CrashPoint.AFTER_BATCH)
        wave.note_name(name)
        requests = "1 request" if len(wave.bodies) == 1 else f"{len(wave.bodies):,} requests"
        self.tell(Noted(f"{requests} left as batch {name}; most end within an hour, all within a day"))

    async def _lost(self, wave: Wave, poll: Poll) -> dict[str, Result]:
        """Return the results of a batch that was made although nobody was told; empty if none was."""
        known = {name for journal in wave.journals.values() for name in journal.batches}
        name, results = await found(
            wave.bodies, poll, requests=len(wave.bodies), since=wave.since, known=known
        )
        if name:
            wave.note_name(name)
        return results


def _copied(error: StorygenError) -> StorygenError:
    """Return *error* as one more request meets it: each book adds notes of its own."""
    own = type(error).__new__(type(error), *error.args)
    own.__dict__.update(error.__dict__)
    return own


def _final(error: Rejected | Unreachable | Cut, wave: Wave) -> StorygenError:
    """Return *error* as one that ends the run; where the batch may have been made, its results may come."""
    if isinstance(error, Cut) and error.retry:
        return given_up(error, "an answer to what left in a batch")
    wave.note_staying()
    error.retry = False
    if isinstance(error, Rejected):
        error.fatal = True
    return error
