"""`storygen rehearsal`: the built-in model as a server, for any client of the Messages API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from storygen.cli.options import shared
from storygen.errors import lone

if TYPE_CHECKING:
    from storygen.cli.console import Console

_FIRST = 8484
_LAST_PORT = 65_535


@click.command()
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, _LAST_PORT),
    default=_FIRST,
    help="8484; 0 takes a free one.",
)
@click.option(
    "--host", metavar="ADDRESS", default="127.0.0.1", help="127.0.0.1, or ::1; nothing but loopback."
)
@click.option(
    "--pace",
    metavar="SECONDS",
    type=click.FloatRange(0, 60),
    default=0.0,
    help="Wait so long between two events.",
)
@shared
def rehearsal(*, console: Console, port: int, host: str, pace: float) -> None:
    """Serve the built-in model to this machine, over HTTP.

    \b
    storygen rehearsal --port 8484
    STORYGEN_API_KEY=any storygen write --base-url http://127.0.0.1:8484

    It speaks the Messages API: messages, streams, token counts, models and batches, with the rules of each
    model. The first line on stdout is the base URL. Any key will do, and none is kept; no key is a 401. The
    key status-429 always gets that status, or any other of the API's errors; the key status-429-2 gets it
    twice before every answer.
    """
    import anyio

    from storygen.catalogue import catalogue
    from storygen.web.rehearsal import serve_rehearsal

    def ready(url: str) -> None:
        console.product(url)
        console.note(f"any key will do: STORYGEN_API_KEY=any storygen write --base-url {url}\nCtrl-C ends it")

    async def main() -> None:
        await serve_rehearsal(
            catalogue(),
            host=host,
            port=port,
            pace=pace,
            ready=ready,
            tell=lambda call, status: console.detail(f"{status} {call.method} {call.target}"),
        )

    try:
        anyio.run(main)
    except BaseExceptionGroup as several:
        raise lone(several) from None
