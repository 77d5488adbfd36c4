"""Bad days on request: the key decides whether a call is answered at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storygen.rehearsal.rules import Problem

KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
"""The API's own table of errors: each status and the type that goes with it."""

_WISH = re.compile(r"status-(\d{3})(?:-(\d{1,3}))?")
_WAIT = 1
"""Seconds that a rate limit asks to wait."""


@dataclass(frozen=True, slots=True)
class Troubles:
    """Remembers how often each wish for trouble has been granted."""

    _granted: Counter[str] = field(default_factory=Counter)

    def find(self, headers: Mapping[str, str]) -> Problem | None:
        """Return why a call with *headers* is not answered: no key, or a key that wishes for an error.

        `status-529` always gets that status; `status-529-2` gets it twice, then an answer, and so on.

        >>> Troubles().find({"x-api-key": "anything"}), Troubles().find({"x-api-key": "status-404"}).kind
        (None, 'not_found_error')
        """
        key = headers.get("x-api-key") or _bearer(headers.get("authorization", ""))
        if not key:
            return Problem(401, KINDS[401], "x-api-key header is required")
        wish = _WISH.fullmatch(key)
        return self._grant(int(wish[1]), wish[2]) if wish else None

    def _grant(self, status: int, times: str | None) -> Problem | None:
        if status not in KINDS:
            known = ", ".join(str(known) for known in KINDS)
            return Problem(400, KINDS[400], f"no key can wish for status {status}; these can be had: {known}")
        if times is not None:
            wish = f"{status}-{times}"
            self._granted[wish] += 1
            if self._granted[wish] % (int(times) + 1) == 0:
                return None
        return Problem(status, KINDS[status], f"The key asked for status {status}, and here it is")


def limit_headers(now: datetime) -> dict[str, str]:
    """Return the headers that come with a rate limit: when to try again, and what is left till then."""
    again = (now + timedelta(seconds=_WAIT)).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "retry-after": str(_WAIT),
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": again,
    }


def _bearer(authorization: str) -> str:
    scheme, _, key = authorization.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
