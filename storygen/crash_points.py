"""The places where the death of a process could cost the most, by name; see CONTRIBUTING."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias


class CrashPoint(StrEnum):
    """Where a run may be when it is killed, in the order in which it comes there."""

    MIGRATING = "migrating"
    """A step of a migration is done, and none of it committed."""
    RECOVERING = "recovering"
    """What a killed run left open is closed in the journal, not yet committed."""
    RESUMING = "resuming"
    """The kept text of a section is taken up again; nothing is asked yet."""
    BEFORE_INTENT = "before-intent"
    """The intent is written, not yet committed."""
    AFTER_INTENT = "after-intent"
    """The intent is on the disk, and not a byte has left."""
    AFTER_SEND = "after-send"
    """The request has left whole; not a byte of the answer has come."""
    MID_STREAM = "mid-stream"
    """Some bytes of the answer have come, perhaps half an event."""
    BEFORE_BATCH = "before-batch"
    """The batch is on record, and not a byte of it has left."""
    AFTER_BATCH = "after-batch"
    """The server has made the batch; what it calls it is not on record."""
    POLLING = "polling"
    """The batch is on its way, and somebody has looked how it is doing."""
    MID_RESULTS = "mid-results"
    """Some results of the batch are read, and none is on record."""
    BEFORE_COMPLETE = "before-complete"
    """The stop reason has come; the whole reply is written, not yet committed."""
    BEFORE_DRAFT = "before-draft"
    """The journal has the draft, its file has not."""
    BEFORE_RECORD = "before-record"
    """The draft is in its file; storygen.lock does not say so."""
    BEFORE_MANUSCRIPT = "before-manuscript"
    """The manuscript is compiled and kept for comparison; its file is the old one."""
    AFTER_MANUSCRIPT = "after-manuscript"
    """The manuscript is the new one; storygen.lock does not say so."""


IN_BATCHES = (CrashPoint.BEFORE_BATCH, CrashPoint.AFTER_BATCH, CrashPoint.POLLING, CrashPoint.MID_RESULTS)
"""Where only a run comes whose requests leave in batches."""

ALONE = tuple(point for point in CrashPoint if point not in IN_BATCHES)
"""Where a run comes whose requests leave one by one."""


Reached: TypeAlias = Callable[[CrashPoint], None]
"""Hears of every point that is reached; tests kill the process there."""


def unwatched(_: CrashPoint) -> None:
    """Let every point pass."""
