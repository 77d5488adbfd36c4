"""The rehearsal model over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import anyio

from storygen.catalogue import Catalogue
from storygen.rehearsal.api import rehearsal_api
from storygen.web.http import Tell, serve
from storygen.web.loopback import loopback, only_for


async def serve_rehearsal(
    catalogue: Catalogue,
    *,
    host: str,
    port: int,
    ready: Callable[[str], None],
    tell: Tell,
    pace: float = 0,
) -> None:
    """Serve the models of *catalogue* at a loopback address, until cancelled.

    *ready* hears the base URL once calls are taken, *tell* each call. *pace* is the seconds between two
    events of a stream. Raises UsageError for an address that is not this machine's, or is taken.
    """

    async def pause(_usual: float) -> None:
        await anyio.sleep(pace)

    answer = rehearsal_api(catalogue, now=_now, sleep=pause if pace else None)
    async with loopback(host, port) as (listener, authority):
        ready(f"http://{authority}")
        await serve(listener, only_for(authority, answer), tell=tell)


def _now() -> datetime:
    return datetime.now(UTC)
