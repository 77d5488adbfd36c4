"""One request, sent until it is answered or until trying again makes no sense."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from random import Random
from typing import assert_never

from storygen.book.journal import Journal
from storygen.catalogue import Catalogue
from storygen.draft import Leg
from storygen.errors import Cut, Rejected, Stopped, Unreachable
from storygen.messages import (
    Completion,
    Counted,
    Delta,
    Encode,
    Ended,
    Opened,
    OtherBlock,
    Request,
    Send,
    StopReason,
    Text,
)
from storygen.model.waits import LONGEST, RetryBucket, wait, worth_retrying
from storygen.outline.tree import Section
from storygen.writer.events import Grew, Tell, Thinking, Waiting
from storygen.writer.saves import Saves


@dataclass(frozen=True, slots=True)
class Line:
    """What an attempt reaches the world through, and what bounds it.

    `saves` and `bucket` are shared by the whole run.
    """

    encode: Encode
    send: Send
    journal: Journal
    catalogue: Catalogue
    tell: Tell
    sleep: Callable[[float], Awaitable[None]]
    chance: Random
    saves: Saves
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
    number = _intend(request, body, section=section, leg=leg, line=line)
    with line.saves.stream(number) as stream:
        try:
            async with aclosing(line.send(body)) as deltas:
                async for delta in deltas:
                    stream.add(delta)
                    _tell(delta, section=section, line=line)
        except (Rejected, Unreachable, Cut) as error:
            return _failed(number, stream.fold.completion, error, line=line)
        except BaseException:
            _left(number, stream.fold.completion, line=line)
            raise
    return _ended(number, stream.fold.completion, request, line=line)


def _tell(delta: Delta, *, section: Section, line: Line) -> None:
    match delta:
        case Text(text=text):
            line.tell(Grew(section, text))
        case OtherBlock():
            line.tell(Thinking(section))
        case Opened() | Counted() | Ended():
            pass
        case _:
            assert_never(delta)


def _ended(number: int, completion: Completion, request: Request, *, line: Line) -> Completion:
    """Write down a stream that ended by itself, whole or without its stop reason."""
    if completion.stop_reason is StopReason.CUT:
        return _failed(
            number, completion, Cut("the stream ended without a stop reason", "try again"), line=line
        )
    price = line.catalogue.find(request.model).cost(completion.usage)
    line.journal.complete(number, completion, cost=0 if request.rehearsed else price)
    line.bucket.put_back()
    return completion


def _failed(
    number: int, completion: Completion, error: Rejected | Unreachable | Cut, *, line: Line
) -> Completion:
    """Write down a failure; text that came before it is a cut completion, else *error* is raised."""
    if completion.text:
        line.journal.partial(number, completion.text, error.message, usage=completion.usage)
        return replace(completion, stop_reason=StopReason.CUT)
    match error:
        case Rejected():
            line.journal.rejected(number, error)
        case Unreachable():
            line.journal.unsent(number, error.message)
        case Cut():
            line.journal.unknown(number, error.message)
        case _:
            assert_never(error)
    raise error


def _left(number: int, completion: Completion, *, line: Line) -> None:
    """Write down that the run was told to stop in the middle."""
    if completion.text:
        line.journal.partial(number, completion.text, "the run was stopped", usage=completion.usage)
    else:
        line.journal.unknown(number, "the run was stopped")


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
