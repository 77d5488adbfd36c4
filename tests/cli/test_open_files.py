from __future__ import annotations

from collections.abc import Iterator

import pytest

from storygen.cli.open_files import WANTED, make_room

resource = pytest.importorskip("resource")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the limits of this process as they were."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def soft_limit() -> int:
    soft: int = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return soft


def start_with(soft: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if 0 <= hard < max(soft, WANTED):
        pytest.skip(f"this system allows no more than {hard:,} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_run_may_open_as_many_files_as_it_may_want() -> None:
    start_with(1_024)
    make_room()

    assert WANTED == soft_limit()


def test_a_higher_limit_is_left_alone() -> None:
    start_with(WANTED + 1)
    make_room()

    assert WANTED + 1 == soft_limit()
