from __future__ import annotations

from datetime import datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.errors import Cut, KeyMissing, ModelError, Rejected, Unreachable
from storygen.model.waits import RetryBucket, resume_at, wait, worth_retrying


def rejected(status: int, *, retry: bool = True, retry_after: float | None = None) -> Rejected:
    return Rejected("no", status=status, kind="x", retry=retry, retry_after=retry_after)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (rejected(529), True),
        (rejected(400, retry=False), False),
        (Unreachable("no route"), True),
        (Unreachable("no certificate", retry=False), False),
        (Cut("silence"), True),
        (Cut("a page", retry=False), False),
        (KeyMissing("no key"), False),
    ],
)
def test_the_error_says_whether_it_may_pass(error: ModelError, expected: bool) -> None:  # noqa: FBT001 - a column
    assert expected is worth_retrying(error)


@given(st.integers(1, 10_000), st.randoms(use_true_random=False))
def test_waits_double_up_to_a_minute(failures: int, rng: Random) -> None:
    assert 0 <= wait(rejected(529), failures=failures, rng=rng) <= min(60, 2.0 ** min(failures, 6))


@given(st.integers(1, 10_000), st.randoms(use_true_random=False))
def test_after_a_rate_limit_the_wait_is_never_short(failures: int, rng: Random) -> None:
    span = min(60, 2.0 ** min(failures, 6))
    assert max(5, span / 2) <= wait(rejected(429), failures=failures, rng=rng) <= max(5, span)


@given(st.floats(0.001, 1e6), st.integers(1, 9), st.randoms(use_true_random=False))
def test_what_the_server_asks_for_counts(seconds: float, failures: int, rng: Random) -> None:
    waited = wait(rejected(429, retry_after=seconds), failures=failures, rng=rng)
    assert seconds <= waited <= seconds + 1


def test_twenty_retries_without_a_success_empty_the_bucket() -> None:
    bucket = RetryBucket()
    assert [True] * 20 + [False] == [bucket.take() for _ in range(21)]


def test_five_successes_pay_for_one_retry() -> None:
    bucket = RetryBucket(left=0)
    for _ in range(5):
        bucket.put_back()
    assert [True, False] == [bucket.take(), bucket.take()]


def test_the_bucket_never_overflows() -> None:
    bucket = RetryBucket()
    bucket.put_back()
    assert bucket.most == bucket.left


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (600, "at 12:10"),
        (86_400, "on 2026-11-23 at 12:00"),
        (1e9, "in more than a year"),
        (1e300, "in more than a year"),
    ],
)
def test_the_end_of_a_long_wait_is_a_time_for_a_person(seconds: float, expected: str) -> None:
    noon = datetime(2026, 11, 22, 12).timestamp()  # noqa: DTZ001 - their own clock

    assert expected == resume_at(seconds, now=noon)
