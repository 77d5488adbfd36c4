"""What left in a batch of an earlier run comes back, and goes on record."""

from __future__ import annotations

from dataclasses import replace

from storygen.book.attempts import Attempt, Away
from storygen.book.journal import Journal
from storygen.catalogue import Catalogue
from storygen.errors import Cut, ModelError, Rejected, Unreachable
from storygen.messages import Completion, StopReason
from storygen.model.batches import Result
from storygen.model.deltas import fold
from storygen.text.tokens import count_tokens
from storygen.writer.counted import counted
from storygen.writer.events import Noted
from storygen.writer.polling import Poll, found, results_of

_NOT_FOUND = 404
_NEVER = "no batch was ever made of it"


async def bring_home(journal: Journal, poll: Poll, *, origin: str, catalogue: Catalogue) -> None:
    """Wait for the results that *journal* still misses from *origin*, and put them on record.

    From then on they answer as if their run had not been killed: nobody pays twice. *catalogue* has the
    prices of a batch. Batches at other endpoints are left alone, and named. Raises ModelError where results
    cannot be had, Stopped where they do not come.
    """
    for away in journal.away:
        if away.origin != origin:
            poll.tell(Noted(_elsewhere(away)))
            continue
        poll.tell(Noted(f"waiting for {_requests(away)} of an earlier run, which left in a batch"))
        results = await _results(away, poll, known=journal.batches)
        for attempt in away.attempts:
            _settle(journal, attempt, results.get(attempt.digest), catalogue=catalogue)


async def _results(away: Away, poll: Poll, *, known: frozenset[str]) -> dict[str, Result]:
    if away.name:
        try:
            return await results_of(away.name, poll, requests=away.requests)
        except ModelError as error:
            if not _is_gone(error):
                raise
            poll.tell(Noted(f"the server has no batch {away.name} any more; what it had is asked for anew"))
            return {}
    digests = {attempt.digest for attempt in away.attempts}
    _, results = await found(digests, poll, requests=away.requests, since=away.at, known=known)
    return results or dict.fromkeys(digests, Unreachable(_NEVER))


def _is_gone(error: ModelError) -> bool:
    cause = error.__cause__
    return isinstance(cause, Rejected) and cause.status == _NOT_FOUND


def _settle(journal: Journal, attempt: Attempt, result: Result | None, *, catalogue: Catalogue) -> None:
    match result:
        case None:
            journal.unknown(attempt.id, "the batch has no result for this request")
        case Rejected():
            journal.rejected(attempt.id, result)
        case Unreachable():
            journal.unsent(attempt.id, result.message)
        case Cut():
            journal.unknown(attempt.id, result.message)
        case _:
            _close(journal, attempt, fold(result), catalogue=catalogue)


def _close(journal: Journal, attempt: Attempt, reply: Completion, *, catalogue: Catalogue) -> None:
    row = catalogue.find(attempt.model)
    if reply.stop_reason is StopReason.CUT:
        journal.partial(attempt.id, reply.text, "the reply has no stop reason", usage=reply.usage)
        return
    usage = counted(reply, plain=attempt.plain, count=count_tokens, factor=row.factor)
    journal.complete(attempt.id, replace(reply, usage=usage), cost=row.cost(usage))


def _elsewhere(away: Away) -> str:
    where = f"{_requests(away)} left in a batch at {away.origin}, which is not where this run sends"
    return f"{where}: their results are not used; a run with --base-url {away.origin} brings them home"


def _requests(away: Away) -> str:
    return "1 request" if len(away.attempts) == 1 else f"{len(away.attempts):,} requests"
