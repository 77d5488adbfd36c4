from __future__ import annotations

import pytest

from storygen.model.limits import limits, request_id, retry_after

NOW = "Sun, 22 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0.25 "}, 0.25),
        ({"retry-after-ms": "1500", "retry-after": "7"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "9" * 5_000}, None),
        ({"retry-after": "86400"}, 86_400.0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT", "date": NOW}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 -0000", "date": NOW}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:59:59 GMT", "date": NOW}, None),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, None),
        ({"retry-after": "Sun, 99 Nov 2026 12:00:30 GMT", "date": NOW}, None),
        ({"retry-after": "", "date": NOW}, None),
        ({}, None),
    ],
)
def test_every_shape_of_retry_after(headers: dict[str, str], expected: float | None) -> None:
    assert expected == retry_after(headers)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"request-id": "req_011CX"}, "req_011CX"),
        ({"x-request-id": "other-server"}, "other-server"),
        ({"request-id": "req\x1b[31m_1"}, "req31m_1"),
        ({"request-id": "x" * 10_000}, "x" * 128),
        ({"request-id": ""}, None),
        ({}, None),
    ],
)
def test_a_request_id_holds_only_what_ids_hold(headers: dict[str, str], expected: str | None) -> None:
    assert expected == request_id(headers)


@pytest.mark.parametrize(
    ("reset", "expected"),
    [
        ("2026-11-22T12:00:30Z", {"requests-reset": "30"}),
        ("2026-11-22T13:00:30+01:00", {"requests-reset": "30"}),
        ("2026-11-22T12:00:30", {"requests-reset": "30"}),
        ("1970-01-01T00:00:00Z", {}),
        ("soon", {}),
        ("", {}),
    ],
)
def test_a_reset_is_told_in_seconds_of_the_servers_own_clock(reset: str, expected: dict[str, str]) -> None:
    assert expected == limits({"anthropic-ratelimit-requests-reset": reset, "date": NOW})


def test_a_reset_without_a_date_beside_it_says_nothing() -> None:
    assert {} == limits({"anthropic-ratelimit-requests-reset": "2026-11-22T12:00:30Z"})
