"""The verdict on a failure: what it means, what to do, whether to try again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from storygen.errors import Cut, ModelError, Rejected
from storygen.model.keys import without_keys
from storygen.model.limits import limits, request_id, retry_after
from storygen.model.strict_json import read_json
from storygen.text.terminal import safe_line

Hide: TypeAlias = Callable[[str], str]
"""Takes keys out of what a server said."""

_SHOWN = 300
"""How many characters of a server's own words are shown."""


class Kind(StrEnum):
    """Rejections that storygen tells apart although the API does not; `Rejected.kind` holds them."""

    PROMPT_TOO_LONG = "prompt_too_long"
    PREFILL_REFUSED = "prefill_refused"
    SPEND_LIMIT = "spend_limit"
    REDIRECT = "redirect"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row of the table: the API's word, what it means, what to do, whether to go on."""

    kind: str
    means: str
    help: str
    retry: bool = False
    fatal: bool = False


_LATER = "try again later; if it stays, see https://status.claude.com or contact technical support"

STATUSES = {
    400: Verdict("invalid_request_error", "the request's parameters are invalid", "check the parameters"),
    401: Verdict("authentication_error", "authentication failed", "check the API key", fatal=True),
    402: Verdict(
        "billing_error", "the account cannot pay for this", "check the account's billing", fatal=True
    ),
    403: Verdict(
        "permission_error",
        "the account has not enough permission",
        "check that the account may make this call",
        fatal=True,
    ),
    404: Verdict(
        "not_found_error",
        "there is no such model or address",
        "check the model's name with `storygen models`, and the base URL",
        fatal=True,
    ),
    408: Verdict(
        "timeout_error", "the server waited too long for the request", "try again later", retry=True
    ),
    409: Verdict("conflict_error", "the request met another one", "try again later", retry=True),
    413: Verdict(
        "request_too_large",
        "the request is too large",
        "send less: shorter sources, or less context than `full`",
    ),
    429: Verdict(
        "rate_limit_error",
        "the rate limit is exceeded",
        "slow down with fewer --jobs, or ask support for more quota",
        retry=True,
    ),
    500: Verdict("api_error", "the server had an internal error", _LATER, retry=True),
    502: Verdict("bad_gateway", "a gateway got no answer from the model", _LATER, retry=True),
    503: Verdict("unavailable", "the service is not available", _LATER, retry=True),
    504: Verdict("timeout_error", "the model took too long to answer", _LATER, retry=True),
    529: Verdict("overloaded_error", "the API is overloaded", _LATER, retry=True),
}
"""What each HTTP status means; other 4xx are final and other 5xx are tried again."""

_STATUS_OF_KIND = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "conflict_error": 409,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "internal_error": 500,
    "internal_server_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""The status that an error's type would have had; it decides where an error comes within a stream."""

_SPECIAL = {
    Kind.PROMPT_TOO_LONG: Verdict(
        Kind.PROMPT_TOO_LONG,
        "the prompt is longer than the model's window",
        "send less: shorter sources, less context than `full`, or a model with a larger window",
    ),
    Kind.PREFILL_REFUSED: Verdict(
        Kind.PREFILL_REFUSED,
        "this model does not continue a text that it is given as its own",
        "nothing to do: storygen asks in words instead",
    ),
    Kind.SPEND_LIMIT: Verdict(
        Kind.SPEND_LIMIT,
        "the account has reached its spend limit",
        "raise the limit in the account's billing settings, or wait until it is renewed; then run this again",
        fatal=True,
    ),
}

_PHRASES = {
    Kind.PROMPT_TOO_LONG: (
        "prompt is too long",
        "exceed context limit",
        "maximum context length",
        "exceed_context_size",
        "exceeds the available context size",
    ),
    Kind.PREFILL_REFUSED: ("assistant message prefill", "must end with a user message"),
    Kind.SPEND_LIMIT: ("spend_limit", "specified api usage limits", "credit balance is too low"),
}
"""How servers say what they have no type for: parts of their codes and sentences, in lower case."""

_NONE = 200
"""The status of a stream whose error has none of its own."""

_SERVERS_FAULT = 500
_GATEWAYS = frozenset({502, 504})


@dataclass(frozen=True, slots=True)
class _Said:
    """What the server itself said of an error; empty where it said nothing."""

    kind: str = ""
    message: str = ""
    code: str = ""
    request_id: str | None = None


def judge(status: int, headers: Mapping[str, str], body: bytes, *, hide: Hide = without_keys) -> ModelError:
    """Return the error that an HTTP answer other than 200 is; *headers* are in lower case.

    It is Rejected, except where a gateway speaks for a server that may have worked all the same: then nobody
    knows what is owed, and it is Cut.
    """
    said = _said(body, hide)
    id_ = request_id(headers) or said.request_id
    if status in _GATEWAYS and not said.kind:
        return Cut(
            f"a gateway gave up waiting ({status}), and the model may have written all the same",
            _LATER,
            request_id=id_,
        )
    verdict = _special(status, said) or STATUSES.get(status) or _unlisted(status)
    asked = headers.get("x-should-retry", "").strip().lower()
    if asked in {"true", "false"} and not verdict.fatal:
        verdict = replace(verdict, retry=asked == "true")
    error = _rejected(verdict, said, status=status, request_id=id_)
    error.retry_after, error.limits = retry_after(headers), limits(headers)
    return error


def rejected_in_stream(
    event: Mapping[str, object], *, request_id: str | None, hide: Hide = without_keys
) -> Rejected:
    """Return the error that came as an event of a stream; a type that nobody knows is final."""
    said = _said_in(event, hide)
    status = _STATUS_OF_KIND.get(said.kind, _NONE)
    verdict = _special(status, said) or STATUSES.get(status) or _unknown(said.kind)
    return _rejected(verdict, said, status=status, request_id=request_id or said.request_id)


def redirected(status: int, headers: Mapping[str, str], *, hide: Hide = without_keys) -> Rejected:
    """Return the error for a redirect; it is never followed, for it would take text and key elsewhere."""
    target = _shown(headers.get("location"), hide) or "nowhere"
    return Rejected(
        f"the server sends us elsewhere ({status}), to {target}",
        "if you trust that address, give it as --base-url",
        status=status,
        kind=Kind.REDIRECT,
        retry=False,
        fatal=True,
        request_id=request_id(headers),
    )


def not_the_api(headers: Mapping[str, str], start: bytes, *, hide: Hide = without_keys) -> Cut:
    """Return the error for an answer that no Messages API gives: a login page, a file, nothing."""
    kind = safe_line(headers.get("content-type", ""))[:80] or "no content type"
    shown = _shown(start.decode("utf-8", "replace"), hide, most=200)
    return Cut(
        f"this is not the Messages API: it answered with {kind}" + (f": {shown}" if shown else ""),
        "check the base URL; a login page of the network may stand in between",
        retry=False,
        request_id=request_id(headers),
    )


def _rejected(verdict: Verdict, said: _Said, *, status: int, request_id: str | None) -> Rejected:
    words = f": {said.message}" if said.message else ""
    return Rejected(
        f"{verdict.means} ({status}{' ' + said.kind if said.kind else ''}){words}",
        verdict.help,
        status=status,
        kind=verdict.kind,
        retry=verdict.retry,
        fatal=verdict.fatal,
        request_id=request_id,
    )


def _special(status: int, said: _Said) -> Verdict | None:
    if status >= _SERVERS_FAULT:
        return None
    words = f"{said.code} {said.kind} {said.message}".lower()
    found = (kind for kind, phrases in _PHRASES.items() if any(phrase in words for phrase in phrases))
    return next((_SPECIAL[kind] for kind in found), None)


def _unlisted(status: int) -> Verdict:
    if status >= _SERVERS_FAULT:
        return Verdict("api_error", "the server failed", _LATER, retry=True)
    return Verdict(
        "invalid_request_error", "the server refused the request", "check the parameters and the base URL"
    )


def _unknown(kind: str) -> Verdict:
    return Verdict(kind, "the server broke off with an error that nobody knows", _LATER)


def _said(body: bytes, hide: Hide) -> _Said:
    try:
        fields = read_json(body)
    except ValueError:
        return _Said()
    return _said_in(fields, hide) if isinstance(fields, Mapping) else _Said()


def _said_in(fields: Mapping[str, object], hide: Hide) -> _Said:
    """Read an error in any of the shapes that servers give it."""
    error = fields.get("error", fields.get("detail", fields))
    id_ = request_id({"request-id": str(fields.get("request_id") or "")})
    if not isinstance(error, Mapping):
        return _Said(kind="error", message=_shown(error, hide), request_id=id_)
    details = error.get("details")
    code = details.get("error_code") if isinstance(details, Mapping) else error.get("code")
    return _Said(
        kind=_shown(error.get("type"), hide, most=60) or "error",
        message=_shown(error.get("message"), hide),
        code=_shown(code, hide),
        request_id=id_,
    )


def _shown(value: object, hide: Hide, *, most: int = _SHOWN) -> str:
    """Return what a server said as one safe line without keys."""
    line = " ".join(safe_line(hide("" if value is None else str(value))).split())
    return line if len(line) <= most else line[: most - 1] + "…"
