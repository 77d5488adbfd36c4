"""One request, sent until it is answered or until trying again makes no sense."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from random import Random
from typing import TypeAlias, assert_never

from storygen.book.attempts import Intent
from storygen.book.journal import Journal
from storygen.catalogue import Catalogue
from storygen.draft import Leg
from storygen.errors import Cut, Rejected, Stopped, Unreachable
from storygen.known_settings import OnUnknown
from storygen.messages import (
    Completion,
    Count,
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
from storygen.model.limiter import Limiter, need_of
from storygen.model.waits import RetryBucket, refuse_longer, wait, worth_retrying
from storygen.outline.tree import Section
from storygen.writer.ask import plain_tokens
from storygen.writer.budget import Amount
from storygen.writer.counted import counted
from storygen.writer.diagnosis import Diagnosis
from storygen.writer.events import Grew, Tell, Thinking, Waiting
from storygen.writer.lost import Agree, ask_again
from storygen.writer.purse import Purse
from storygen.writer.saves import Saves

Failure: TypeAlias = Rejected | Unreachable | Cut


@dataclass(frozen=True, slots=True)
class Line:
    """What an attempt reaches the world through, and what bounds it.

    `clock` is Unix time, for what a person reads. `worst` is the most that a request of so many plain tokens
    can take, `agree` has a person answer a question. `way` is how far it is to the end of the book, in words,
    `batched` whether a request waits for others, to leave with them. `saves`, `purse`, `bucket`, `limiter`,
    `diagnosis` and `unknown` (how often an answer was lost, by section) are shared by the whole run.
    """

    encode: Encode
    send: Send
    journal: Journal
    catalogue: Catalogue
    tell: Tell
    sleep: Callable[[float], Awaitable[None]]
    clock: Callable[[], float]
    count: Count
    chance: Random
    saves: Saves
    worst: Callable[[Request, bytes, int], Amount]
    agree: Agree
    purse: Purse = field(default_factory=Purse)
    bucket: RetryBucket = field(default_factory=RetryBucket)
    limiter: Limiter = field(default_factory=Limiter)
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    unknown: Counter[str] = field(default_factory=Counter)
    way: int = 0
    retries: int = 5
    on_unknown: OnUnknown = OnUnknown.RETRY_ONCE
    batched: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """A request as it leaves for a leg of a section: its bytes, and its prompt in plain tokens."""

    request: Request
    body: bytes
    plain: int
    section: Section
    leg: Leg


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: a completion, and the error that cut it short, if one did.

    `estimated` is set where the server did not say what it took.
    """

    completion: Completion
    error: Failure | None = None
    estimated: bool = False


async def attempt(request: Request, *, section: Section, leg: Leg, line: Line) -> Answer:
    """Send *request* as a leg of *section* and return what came of it: a whole text or the start of one.

    Tries again where nothing came and that can help: within `line.retries`, the run's bucket and LONGEST.
    *leg* is the leg to be, still without text. Raises the last ModelError, or Stopped where the trouble is
    not this request's alone.
    """
    known = line.journal.completion_for(fingerprint(request))
    if known and known.stop_reason is StopReason.REFUSAL:  # final: asking again is asking for another
        return Answer(known)
    plain = 0 if request.rehearsed else plain_tokens(request)
    body = line.diagnosis.asked(line.encode(request))
    parcel = Parcel(request, body, plain, section, leg)
    for tries in count(1):
        answer = await _pass(parcel, line=line)
        if answer.error is None or answer.completion.text:
            return answer
        await _give_up(answer.error, tries=tries, section=section, line=line)
        await pause(answer.error, failures=tries, section=section, line=line)
    raise AssertionError("count never ends")


async def pause(error: Failure, *, failures: int, section: Section, line: Line) -> None:
    """Wait as long as *error*, the last of *failures* in a row, wants before *section* goes on.

    Raises Stopped where that is too long, or where the whole run has met too much trouble.
    """
    if not line.bucket.take():
        raise Stopped(
            f"the retries of this run are used up, and the trouble goes on: {error.message}",
            "everything written so far is kept; run the same command again later",
            notes=error.notes,
        ) from error
    seconds = wait(error, failures=failures, rng=line.chance)
    _announce(seconds, error.message, section=section, line=line)
    await line.sleep(seconds)


async def _give_up(error: Failure, *, tries: int, section: Section, line: Line) -> None:
    """Raise *error* where the same request is not to be sent once more."""
    line.unknown[section.id] += isinstance(error, Cut)
    if isinstance(error, Cut) and error.retry:
        lost = line.unknown[section.id]
        await ask_again(error, section=section, lost=lost, policy=line.on_unknown, agree=line.agree)
    if not worth_retrying(error) or tries > line.retries:
        if tries > 1:
            error.notes = (*error.notes, f"given up after {tries} tries; what was written is kept")
        raise error


def _announce(seconds: float, why: str, *, section: Section, line: Line) -> None:
    """Tell of a wait, or raise Stopped where it is longer than anybody should sit through."""
    refuse_longer(seconds, why, what=section.id, now=line.clock())
    line.tell(Waiting(section, seconds, why))


async def _pass(parcel: Parcel, *, line: Line) -> Answer:
    """Send *parcel* once, as soon as what it may cost is there and the limiter lets it."""
    request = parcel.request

    def before(seconds: float) -> None:
        _announce(seconds, "the server's rate limit is reached", section=parcel.section, line=line)

    worst = line.worst(request, parcel.body, parcel.plain)
    need = need_of(parcel.body, request.max_tokens)
    async with line.purse.hold(worst) as hold, line.limiter.slot(need, way=line.way, before=before) as flight:
        number = line.journal.open_intent(_intent(parcel, worst, line=line))
        hold.sent = True
        answer = await _send(number, parcel, line=line)
        hold.used = _used(answer, parcel, line=line)
        line.limiter.heard(flight, answer.error, answer.completion.usage)
        return answer


def _used(answer: Answer, parcel: Parcel, *, line: Line) -> Amount | None:
    """Return what a request took, None where its bill is not known."""
    usage = answer.completion.usage
    match answer.error:
        case None if not answer.estimated:
            cost = 0 if parcel.request.rehearsed else line.catalogue.find(parcel.request.model).cost(usage)
            return Amount(cost or 0, usage.output_tokens, calls=1)
        case Rejected() if not answer.completion.text:
            return Amount(calls=1)
        case Unreachable() if not answer.completion.text:
            return Amount()
        case _:
            return None


async def _send(number: int, parcel: Parcel, *, line: Line) -> Answer:
    section = parcel.section
    with line.saves.stream(number, section=section.id) as stream:
        try:
            async with aclosing(line.send(parcel.body)) as deltas:
                async for delta in deltas:
                    stream.add(delta)
                    line.diagnosis.hear(delta)
                    _hear(delta, section=section, line=line)
        except (Rejected, Unreachable, Cut) as error:
            return _failed(number, stream.fold.completion, error, line=line)
        except BaseException:
            _left(number, stream.fold.completion, line=line)
            raise
        return _ended(number, stream.fold.completion, parcel, line=line)


def _hear(delta: Delta, *, section: Section, line: Line) -> None:
    match delta:
        case Opened(limits=limits):
            line.limiter.learn(limits)
        case Text(text=text):
            line.tell(Grew(section, text))
        case OtherBlock():
            line.tell(Thinking(section))
        case Counted() | Ended():
            pass
        case _:
            assert_never(delta)


def _ended(number: int, completion: Completion, parcel: Parcel, *, line: Line) -> Answer:
    """Write down a stream that ended by itself, whole or without its stop reason."""
    if completion.stop_reason is StopReason.CUT:
        return _failed(
            number, completion, Cut("the stream ended without a stop reason", "try again"), line=line
        )
    row = line.catalogue.find(parcel.request.model)
    usage = counted(completion, plain=parcel.plain, count=line.count, factor=row.factor)
    whole = replace(completion, usage=usage)
    line.journal.complete(number, whole, cost=0 if parcel.request.rehearsed else row.cost(usage))
    line.bucket.put_back()
    return Answer(whole, estimated=usage != completion.usage)


def _failed(number: int, completion: Completion, error: Failure, *, line: Line) -> Answer:
    """Write down a failure, with the text that came before it."""
    if completion.text:
        line.journal.partial(number, completion.text, error.message, usage=completion.usage)
        return Answer(replace(completion, stop_reason=StopReason.CUT), error)
    match error:
        case Rejected():
            line.journal.rejected(number, error)
        case Unreachable():
            line.journal.unsent(number, error.message)
        case Cut():
            line.journal.unknown(number, error.message)
        case _:
            assert_never(error)
    return Answer(completion, error)


def _left(number: int, completion: Completion, *, line: Line) -> None:
    """Write down that the run was told to stop in the middle."""
    if completion.text:
        line.journal.partial(number, completion.text, "the run was stopped", usage=completion.usage)
    else:
        line.journal.abandon(number, "the run was stopped")


def fingerprint(request: Request) -> str:
    """Return the name that a request has by its content: never by key, endpoint, time or path."""
    return hashlib.sha256(repr(sorted(asdict(request).items())).encode()).hexdigest()


def digest_of(body: bytes) -> str:
    """Return the name that the bytes of a request have by themselves; in a batch its result is called so."""
    return hashlib.sha256(body).hexdigest()


def _intent(parcel: Parcel, worst: Amount, *, line: Line) -> Intent:
    return Intent(
        parcel.section.id,
        parcel.leg,
        fingerprint=fingerprint(parcel.request),
        digest=digest_of(parcel.body),
        model=parcel.request.model,
        rehearsed=parcel.request.rehearsed,
        reserved=worst.money,
        plain=parcel.plain,
        batched=line.batched,
    )
