"""One request, sent until it is answered or until trying again makes no sense."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from itertools import count
from random import Random

from storygen.book.journal import Journal
from storygen.catalogue import Catalogue
from storygen.draft import Leg
from storygen.errors import Cut, Rejected, Stopped, Unreachable
from storygen.messages import Completion, Encode, Opened, OtherBlock, Request, Send, StopReason, Text
from storygen.model.deltas import Fold
from storygen.model.waits import LONGEST, RetryBucket, wait, worth_retrying
from storygen.outline.tree import Section
from storygen.writer.events import Grew, Tell, Thinking, Waiting

SAVE_SECONDS = 0.5
SAVE_BYTES = 4_096
"""Text that streams in is on the disk after so long or so much, whichever comes first."""


@dataclass(frozen=True, slots=True)
class Line:
    """What an attempt reaches the world through, and what bounds it.

    `now` is a monotonic clock in seconds. `bucket` is shared by the whole run.
    """

    encode: Encode
    send: Send
    journal: Journal
    catalogue: Catalogue
    tell: Tell
    sleep: Callable[[float], Awaitable[None]]
    now: Callable[[], float]
    chance: Random
    bucket: RetryBucket = field(default_factory=RetryBucket)
    retries: int = 5


async def attempt(request: Request, *, section: Section, leg: Leg, line: Line) -> Completion:
    """Send *request* as a leg of *section* and return the completion, cut ones included.

    Tries again where that can help: within `line.retries`, the run's bucket and LONGEST. *leg* is the leg to
    be, still without text. Raises the last ModelError, or Stopped where the
    server asks for a long pause.
    """
    known = line.journal.completion_for(fingerprint(request))
    if (
        known and known.stop_reason is StopReason.REFUSAL
    ):  # a refusal is final: asking again is asking for another
        return known
    for tries in count(1):
        try:
            return await _send(request, section=section, leg=leg, line=line)
        except (Rejected, Unreachable, Cut) as error:
            if not worth_retrying(error) or tries > line.retries or not line.bucket.take():
                raise
            await _wait(error, tries=tries, section=section, line=line)
    raise AssertionError("count never ends")


async def _wait(error: Rejected | Unreachable | Cut, *, tries: int, section: Section, line: Line) -> None:
    seconds = wait(error, failures=tries, rng=line.chance)
    if seconds > LONGEST:
        raise Stopped(
            f"the server wants a pause of {seconds / 60:,.0f} minutes before {section.id} can go on",
            "run the same command again then; everything written so far is kept",
        ) from error
    line.tell(Waiting(section, seconds, error.message))
    await line.sleep(seconds)


async def _send(request: Request, *, section: Section, leg: Leg, line: Line) -> Completion:
    body = line.encode(request)
    saver = _Saver(line, _intend(request, body, section=section, leg=leg, line=line))
    try:
        async for delta in line.send(body):
            saver.fold.add(delta)
            match delta:
                case Opened():
                    line.journal.opened(saver.attempt, delta)
                case Text(text=text):
                    saver.save_sometimes()
                    line.tell(Grew(section, text))
                case OtherBlock():
                    line.tell(Thinking(section))
                case _:
                    pass
    except (Rejected, Unreachable, Cut) as error:
        return saver.failed(error)
    except BaseException:
        saver.left()
        raise
    return saver.ended(request)


def fingerprint(request: Request) -> str:
    """Return the name that a request has by its content: never by key, endpoint, time or path."""
    return hashlib.sha256(repr(sorted(asdict(request).items())).encode()).hexdigest()


def _intend(request: Request, body: bytes, *, section: Section, leg: Leg, line: Line) -> int:
    return line.journal.open_intent(
        section=section.id,
        leg=leg,
        fingerprint=fingerprint(request),
        digest=hashlib.sha256(body).hexdigest(),
        model=request.model,
        rehearsed=request.rehearsed,
        reserved=0,
    )


@dataclass(slots=True)
class _Saver:
    """Keeps one attempt's text safe while it streams, and writes down how it ended."""

    line: Line
    attempt: int
    fold: Fold = field(default_factory=Fold)
    _saved_at: float = -SAVE_SECONDS
    _saved: int = 0

    def save_sometimes(self) -> None:
        """Save the text if enough of it, or of time, has passed."""
        now, size = self.line.now(), self.fold.size
        if now - self._saved_at >= SAVE_SECONDS or size - self._saved >= SAVE_BYTES:
            self.line.journal.save_text(self.attempt, self.fold.text)
            self._saved_at, self._saved = now, size

    def ended(self, request: Request) -> Completion:
        """Write down a stream that ended by itself, whole or without its stop reason."""
        completion = self.fold.completion
        if completion.stop_reason is StopReason.CUT:
            return self.failed(Cut("the stream ended without a stop reason", "try again"))
        price = self.line.catalogue.find(request.model).cost(completion.usage)
        self.line.journal.complete(self.attempt, completion, cost=0 if request.rehearsed else price)
        self.line.bucket.put_back()
        return completion

    def failed(self, error: Rejected | Unreachable | Cut) -> Completion:
        """Write down a failure; text that came before it is a cut completion, else *error* is raised."""
        if self.fold.text:
            self.line.journal.partial(self.attempt, self.fold.text, error.message)
            return self.fold.completion
        match error:
            case Rejected():
                self.line.journal.rejected(self.attempt, error)
            case Unreachable():
                self.line.journal.unsent(self.attempt, error.message)
            case Cut():
                self.line.journal.unknown(self.attempt, error.message)
        raise error

    def left(self) -> None:
        """Write down that the run was told to stop in the middle."""
        if self.fold.text:
            self.line.journal.partial(self.attempt, self.fold.text, "the run was stopped")
        else:
            self.line.journal.unknown(self.attempt, "the run was stopped")
