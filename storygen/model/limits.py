"""What the headers of a reply say: how long to wait, how much is left, which request it was."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_NOT_IN_AN_ID = re.compile(r"[^\w.:/+=-]", re.ASCII)
_LONGEST_ID = 128
_LIMITS = "anthropic-ratelimit-"
_RESET = "-reset"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds the server asks to wait; None where it says nothing usable.

    `retry-after-ms` comes first, then `retry-after` as seconds, then as a date, which is held against the
    server's own `date` because clocks differ.

    >>> retry_after({"retry-after": "1.5"}), retry_after({"retry-after": "-3"}), retry_after({})
    (1.5, None, None)
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds:
        return milliseconds / 1_000
    raw = headers.get("retry-after")
    return _number(raw) or _until(_date(raw), _date(headers.get("date")))


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the id to quote to support, without anything that no id holds."""
    raw = headers.get("request-id") or headers.get("x-request-id") or ""
    return _NOT_IN_AN_ID.sub("", raw)[:_LONGEST_ID] or None


def limits(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what the server says of rate limits, by the rest of the header's name.

    Resets are times; they become seconds, held against the server's own `date`, or are left out.

    >>> limits({"anthropic-ratelimit-requests-remaining": "49", "date": "today"})
    {'requests-remaining': '49'}
    """
    said = {name.removeprefix(_LIMITS): value for name, value in headers.items() if name.startswith(_LIMITS)}
    now = _date(headers.get("date"))
    resets = {name: _until(_moment(value), now) for name, value in said.items() if name.endswith(_RESET)}
    plain = {name: value for name, value in said.items() if name not in resets}
    return plain | {name: f"{seconds:g}" for name, seconds in resets.items() if seconds}


def _number(raw: str | None) -> float | None:
    try:
        number = float(raw or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def _date(raw: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(raw or "")
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _moment(raw: str) -> datetime | None:
    """Read a time as RFC 3339 spells it."""
    try:
        moment = datetime.fromisoformat(raw.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _until(then: datetime | None, now: datetime | None) -> float | None:
    if then is None or now is None or then <= now:
        return None
    return (then - now).total_seconds()
