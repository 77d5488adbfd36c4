"""Kills this process at a named point, so that a test can prove that nothing is lost there."""

from __future__ import annotations

import os
import re
import signal
from itertools import count

from storygen.crash_points import CrashPoint, Reached, unwatched
from storygen.errors import SettingsError

_SPELLED = re.compile(f"({'|'.join(CrashPoint)})(?::([1-9][0-9]*))?")


def crash_at(spelled: str) -> Reached:
    """Return what kills this process, with no chance to tidy up, at the point that is *spelled*.

    `after-intent` means the first time that it is reached, `after-intent:3` the third; nothing means never.
    Raises SettingsError for what is no point.
    """
    if not spelled:
        return unwatched
    found = _SPELLED.fullmatch(spelled)
    if found is None:
        raise SettingsError(
            f"STORYGEN_CRASH_AT is `{spelled}`; it wants a point, and behind a colon which time counts",
            f"the points are {', '.join(CrashPoint)}",
        )
    meant, nth, times = found[1], int(found[2] or 1), count(1)

    def reached(point: CrashPoint) -> None:
        if point == meant and next(times) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached
