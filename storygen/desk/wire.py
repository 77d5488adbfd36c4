"""Which model answers, and over what: the rehearsal model in this process, or an endpoint over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from storygen.catalogue import Catalogue, Model
from storygen.crash_points import Reached, unwatched
from storygen.desk.keys import endpoint_key
from storygen.desk.project import Project
from storygen.errors import KeyMissing
from storygen.messages import Below, Encode, Send
from storygen.model.batches import Batches
from storygen.model.deadlines import Deadlines
from storygen.model.endpoint import is_anthropic, origin
from storygen.model.keys import Key
from storygen.model.proxy import proxy_for, shown
from storygen.model.send import sender
from storygen.model.wire import Accepts, encoder, native, plain
from storygen.settings import Settings


@dataclass(frozen=True, slots=True)
class Wire:
    """How requests are spelled and sent, and what the models take there.

    `remarks` say what a person should know of the way: whose key, which proxy; `diagnoses` is whether the
    server tells why a cache missed. `batches` are those of `origin`, the endpoint.
    """

    encode: Encode
    send: Send
    accepts: Callable[[Model], Accepts] = native
    remarks: tuple[str, ...] = ()
    diagnoses: bool = False
    batches: Batches | None = None
    origin: str = ""


OpenWire = Callable[[Project, Catalogue], AbstractAsyncContextManager[Wire]]
"""Opens the way to a model; tests and the rehearsal have their own."""


@asynccontextmanager
async def rehearsal_wire(_project: Project, catalogue: Catalogue) -> AsyncIterator[Wire]:
    """Yield the built-in model's wire: the same requests, the same rules, nothing sent."""
    from storygen.rehearsal.api import below_rehearsal  # noqa: PLC0415 - a run with nothing to do needs none
    from storygen.rehearsal.transport import rehearsal  # noqa: PLC0415 - as above

    below = below_rehearsal(catalogue, now=lambda: datetime.now(UTC))
    batches = Batches(below, Key("rehearsal"))
    yield Wire(encoder(catalogue), sender(rehearsal(catalogue)), batches=batches)


@asynccontextmanager
async def http_wire(project: Project, catalogue: Catalogue) -> AsyncIterator[Wire]:
    """Yield the wire to the endpoint of *project*'s settings, open as long as the context is.

    Raises KeyMissing where Anthropic's endpoint is meant and there is no key.
    """
    settings = project.settings
    key = needed_key(settings)
    accepts = native if is_anthropic(settings.base_url) else plain
    async with reach(settings, key=key, reached=project.reached) as below:
        yield Wire(
            encoder(catalogue, accepts),
            sender(below("POST", ""), key=key, deadlines=deadlines(settings)),
            accepts,
            remarks(settings, key),
            diagnoses=is_anthropic(settings.base_url),
            batches=Batches(below, key, deadlines(settings)),
            origin=origin(settings.base_url),
        )


def needed_key(settings: Settings) -> Key | None:
    """Return the key of the endpoint of *settings*; only Anthropic's own raises KeyMissing without one."""
    key = endpoint_key(settings)
    if key is None and is_anthropic(settings.base_url):
        raise KeyMissing(
            "there is no API key, and the model at api.anthropic.com wants one",
            "set ANTHROPIC_API_KEY or run `storygen keys set`; with --rehearse the built-in model writes",
        )
    return key


def reach(
    settings: Settings, *, key: Key | None, reached: Reached = unwatched
) -> AbstractAsyncContextManager[Below]:
    """Open the way to the endpoint of *settings*."""
    from storygen.model.http import connect  # noqa: PLC0415 - a run with nothing to do needs none

    return connect(
        settings.base_url,
        keyed=key is not None,
        deadlines=deadlines(settings),
        proxy=proxy_for(settings.base_url, settings.proxies),
        ca_file=settings.ca_file or None,
        reached=reached,
    )


def remarks(settings: Settings, key: Key | None) -> tuple[str, ...]:
    """Return which key goes to any server but Anthropic's, and which proxy stands in between."""
    found = []
    where = origin(settings.base_url)
    if not is_anthropic(settings.base_url):
        found.append(f"{where} gets {f'the key from {key.whence}' if key else 'no key'}")
    if proxy := proxy_for(settings.base_url, settings.proxies):
        found.append(f"{where} is reached through the proxy {shown(proxy)}")
    return tuple(found)


def deadlines(settings: Settings) -> Deadlines:
    """Return the deadlines that *settings* name."""
    return Deadlines(
        connect=settings.timeout_connect,
        headers=settings.timeout_headers,
        silence=settings.timeout_silence,
        progress=settings.timeout_progress,
        attempt=settings.timeout_attempt,
    )
