from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from queue import Queue

import pytest
from anyio.from_thread import start_blocking_portal

from storygen.catalogue import catalogue
from storygen.rehearsal.call import Call
from storygen.web.rehearsal import serve_rehearsal


@pytest.fixture(scope="session")
def calls() -> list[tuple[Call, int]]:
    """Return every call of the rehearsal server so far, with its status."""
    return []


@pytest.fixture(scope="session")
def url(calls: list[tuple[Call, int]]) -> Iterator[str]:
    """Return the base URL of a rehearsal server on loopback, the same for all tests."""
    urls: Queue[str] = Queue()
    serving = partial(
        serve_rehearsal,
        catalogue(),
        host="127.0.0.1",
        port=0,
        ready=urls.put,
        tell=lambda call, status: calls.append((call, status)),
    )
    with start_blocking_portal() as portal:
        running = portal.start_task_soon(serving)
        yield urls.get(timeout=30)
        running.cancel()
