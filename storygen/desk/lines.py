"""The line that a run sends its requests on."""

from __future__ import annotations

import time
from random import Random

import anyio

from storygen.book.journal import Journal
from storygen.desk.allowance import Allowance, worst
from storygen.desk.wire import Wire
from storygen.messages import Encode, Request, Send
from storygen.model.wire import unstreamed
from storygen.writer.ask import Commission
from storygen.writer.attempt import Line
from storygen.writer.diagnosis import Diagnosis
from storygen.writer.events import Tell
from storygen.writer.saves import Saves
from storygen.writer.waves import Waves


def line_of(
    commission: Commission,
    journal: Journal,
    wire: Wire,
    *,
    tell: Tell,
    allowance: Allowance,
    chance: Random | None,
) -> Line:
    """Return the line of a run of *commission*: over *wire*, on record in *journal*, within *allowance*."""
    settings = commission.settings
    diagnoses = wire.diagnoses and allowance.waves is None
    encode, send = _way(journal, wire, allowance.waves)
    return Line(
        encode=encode,
        send=send,
        journal=journal,
        catalogue=commission.catalogue,
        tell=tell,
        sleep=anyio.sleep,
        clock=time.time,
        count=commission.count,
        chance=chance or Random(),  # noqa: S311 - jitter
        saves=Saves(journal),
        worst=worst(commission, wire.accepts),
        agree=allowance.agree,
        purse=allowance.purse,
        bucket=allowance.bucket,
        limiter=allowance.limiter,
        diagnosis=Diagnosis(diagnoses, _last_reply(journal) if diagnoses else None),
        retries=settings.retries,
        on_unknown=settings.on_unknown,
        batched=allowance.waves is not None,
    )


def _way(journal: Journal, wire: Wire, waves: Waves | None) -> tuple[Encode, Send]:
    """Return how requests are spelled and sent: each by itself, or in *waves*."""
    if waves is None or wire.batches is None:
        return wire.encode, wire.send

    def encode(request: Request) -> bytes:
        return unstreamed(wire.encode(request))

    return encode, waves.sender(wire.batches, journal, origin=wire.origin)


def _last_reply(journal: Journal) -> str | None:
    """Return the id of the last real reply in *journal*."""
    ids = (each.message_id for each in reversed(journal.attempts()) if not each.rehearsed)
    return next(filter(None, ids), None)
