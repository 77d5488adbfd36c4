from __future__ import annotations

import json

import pytest

from storygen.errors import Cut, Rejected
from storygen.model.verdict import Kind, judge, not_the_api, redirected

SECRET = "sk-ant-api03-sentinel"


def envelope(kind: str = "some_error", message: str = "so it is", **more: object) -> bytes:
    fields = {"type": "error", "error": {"type": kind, "message": message, **more}, "request_id": "req_body"}
    return json.dumps(fields).encode()


def verdict(status: int, body: bytes = b"", **headers: str) -> Rejected:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    error = judge(status, names, body or envelope())
    assert isinstance(error, Rejected)
    return error


@pytest.mark.parametrize(
    ("status", "retry", "fatal"),
    [
        (400, False, False),
        (401, False, True),
        (402, False, True),
        (403, False, True),
        (404, False, True),
        (408, True, False),
        (409, True, False),
        (413, False, False),
        (418, False, False),
        (422, False, False),
        (429, True, False),
        (500, True, False),
        (502, True, False),
        (503, True, False),
        (504, True, False),
        (520, True, False),
        (529, True, False),
    ],
)
def test_every_status_says_whether_to_try_again_and_whether_to_go_on(
    status: int,
    retry: bool,  # noqa: FBT001 - a column
    fatal: bool,  # noqa: FBT001 - a column
) -> None:
    error = verdict(status)
    assert (status, retry, fatal) == (error.status, error.retry, error.fatal)


@pytest.mark.parametrize(
    ("status", "means", "tells"),
    [
        (400, "parameters are invalid", "check the parameters"),
        (401, "authentication failed", "check the API key"),
        (403, "not enough permission", "check that the account may make this call"),
        (429, "rate limit is exceeded", "ask support for more quota"),
        (500, "internal error", "try again later"),
    ],
)
def test_the_five_statuses_that_people_meet_are_explained(status: int, means: str, tells: str) -> None:
    error = verdict(status)
    assert means in error.message
    assert tells in error.help


def test_the_servers_own_words_and_the_request_id_are_kept() -> None:
    error = verdict(400, envelope("invalid_request_error", "max_tokens: too large"), request_id="req_head")
    assert (
        "the request's parameters are invalid (400 invalid_request_error): max_tokens: too large"
        == error.message
    )
    assert ("request id req_head",) == error.notes


def test_the_request_id_may_stand_in_the_body() -> None:
    assert "req_body" == verdict(400).request_id


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, envelope(message="prompt is too long: 209,000 tokens > 200,000 maximum"), Kind.PROMPT_TOO_LONG),
        (400, envelope(message="This model's maximum context length is 4096 tokens"), Kind.PROMPT_TOO_LONG),
        (400, envelope("exceed_context_size_error", "the request exceeds"), Kind.PROMPT_TOO_LONG),
        (
            400,
            envelope(message="This model does not support assistant message prefill. …"),
            Kind.PREFILL_REFUSED,
        ),
        (429, envelope(details={"error_code": "enforced_spend_limit_reached"}), Kind.SPEND_LIMIT),
        (429, envelope(details={"error_code": "contract_spend_limit_reached"}), Kind.SPEND_LIMIT),
        (400, envelope(message="You have reached your specified API usage limits."), Kind.SPEND_LIMIT),
        (429, envelope(details={"error_code": "ramp_limit_exceeded"}), "rate_limit_error"),
        (500, envelope(message="prompt is too long"), "api_error"),
    ],
)
def test_what_has_no_status_of_its_own_is_recognised(status: int, body: bytes, expected: str) -> None:
    assert expected == verdict(status, body).kind


def test_a_spend_limit_stops_the_run_whatever_the_server_says_about_trying_again() -> None:
    error = verdict(
        429, envelope(details={"error_code": "enforced_spend_limit_reached"}), x_should_retry="true"
    )
    assert (False, True) == (error.retry, error.fatal)


@pytest.mark.parametrize(
    ("status", "word", "expected"), [(400, "true", True), (529, "false", False), (529, "?", True)]
)
def test_the_server_may_say_itself_whether_to_try_again(status: int, word: str, expected: bool) -> None:  # noqa: FBT001 - a column
    assert expected is verdict(status, x_should_retry=word).retry


def test_the_wait_that_the_server_asks_for_is_kept() -> None:
    assert 2.5 == verdict(429, retry_after="2.5").retry_after


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "so it is"}',
        b'{"error": {"message": "so it is", "code": 400}}',
        b'{"detail": "so it is"}',
        b'{"detail": [{"msg": "so it is"}]}',
        b'{"message": "so it is"}',
        b'{"error": {"type": null, "message": "so it is"}}',
    ],
)
def test_errors_in_other_shapes_are_understood(body: bytes) -> None:
    assert "so it is" in verdict(400, body).message


@pytest.mark.parametrize("body", [b"<html>no</html>", b"\xff\xfe", b"[]", b"7", b"[" * 100_000])
def test_a_body_that_says_nothing_leaves_the_status(body: bytes) -> None:
    assert "the service is not available (503)" == verdict(503, body).message


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_that_gives_up_says_nothing_about_the_model(status: int) -> None:
    assert isinstance(judge(status, {}, b"<html>Bad Gateway</html>"), Cut)


@pytest.mark.parametrize(
    "error",
    [
        judge(401, {}, envelope(message=f"invalid x-api-key {SECRET}")),
        judge(401, {}, envelope(kind=SECRET)),
        redirected(302, {"location": f"https://evil.example/?key={SECRET}"}),
        not_the_api({}, f"<p>{SECRET}</p>".encode()),
    ],
)
def test_no_error_shows_a_key(error: Exception) -> None:
    assert "sentinel" not in str(error)


def test_the_servers_words_are_one_short_and_harmless_line() -> None:
    message = verdict(400, envelope(message="\x1b[31mred\n" + "x" * 10_000)).message
    assert (True, "\x1b" not in message, "\n" not in message) == (len(message) < 400, True, True)


def test_a_redirect_shows_where_it_leads_and_stops_the_run() -> None:
    error = redirected(307, {"location": "https://evil.example/v1/messages"})
    assert "https://evil.example/v1/messages" in error.message
    assert (False, True) == (error.retry, error.fatal)


def test_what_is_not_the_api_is_shown_a_little() -> None:
    error = not_the_api({"content-type": "text/html"}, b"<h1>Welcome to the hotel</h1>" + b" x" * 500)
    assert "not the Messages API: it answered with text/html: <h1>Welcome to the hotel</h1>" in error.message
    assert (False, True) == (error.retry, len(error.message) < 300)
