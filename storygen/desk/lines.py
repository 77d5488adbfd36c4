"""The line that a run sends its requests on."""

from __future__ import annotations

import time
from random import Random

import anyio

from storygen.book.journal import Journal
from storygen.desk.allowance import Allowance, worst
from storygen.desk.wire import Wire
from storygen.writer.ask import Commission
from storygen.writer.attempt import Line
from storygen.writer.diagnosis import Diagnosis
from storygen.writer.events import Tell
from storygen.writer.saves import Saves


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
    return Line(
        encode=wire.encode,
        send=wire.send,
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
        diagnosis=Diagnosis(wire.diagnoses, _last_reply(journal) if wire.diagnoses else None),
        retries=settings.retries,
        on_unknown=settings.on_unknown,
    )


def _last_reply(journal: Journal) -> str | None:
    """Return the id of the last real reply in *journal*."""
    ids = (each.message_id for each in reversed(journal.attempts()) if not each.rehearsed)
    return next(filter(None, ids), None)
