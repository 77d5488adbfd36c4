"""Which model answers, and over what: the rehearsal model in this process, or an endpoint over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from storygen.catalogue import Catalogue
from storygen.desk.project import Project
from storygen.errors import KeyMissing
from storygen.messages import Encode, Send
from storygen.model.deadlines import Deadlines
from storygen.model.endpoint import is_anthropic
from storygen.model.http import connect
from storygen.model.keys import Key, Keys, key_for
from storygen.model.send import sender
from storygen.model.wire import encoder, native, plain
from storygen.outline.tree import Outline
from storygen.rehearsal.transport import rehearsal
from storygen.settings import Settings


@dataclass(frozen=True, slots=True)
class Wire:
    """How requests are spelled and sent."""

    encode: Encode
    send: Send


def nothing_configured(settings: Settings, outline: Outline) -> bool:
    """Say whether nobody has named a key, an endpoint or a model anywhere."""
    named = any(section.model for section in outline.sections)
    chosen = {"model", "base_url"} & settings.origins.keys()
    return not (settings.keys or chosen or named)


@asynccontextmanager
async def rehearsal_wire(_project: Project, catalogue: Catalogue) -> AsyncIterator[Wire]:
    """Yield the built-in model's wire: the same requests, the same rules, nothing sent."""
    yield Wire(encoder(catalogue), sender(rehearsal(catalogue)))


@asynccontextmanager
async def http_wire(project: Project, catalogue: Catalogue) -> AsyncIterator[Wire]:
    """Yield the wire to the endpoint of *project*'s settings, open as long as the context is.

    Raises KeyMissing where Anthropic's endpoint is meant and there is no key.
    """
    settings = project.settings
    key = endpoint_key(settings)
    if key is None and is_anthropic(settings.base_url):
        raise KeyMissing(
            "there is no API key, and the model at api.anthropic.com wants one",
            "set ANTHROPIC_API_KEY, or add --rehearse to write with the built-in model",
        )
    accepts = native if is_anthropic(settings.base_url) else plain
    limits = deadlines(settings)
    async with connect(settings.base_url, deadlines=limits, keyed=key is not None) as transport:
        yield Wire(encoder(catalogue, accepts), sender(transport, key=key, deadlines=limits))


def endpoint_key(settings: Settings) -> Key | None:
    """Return the key that belongs to the endpoint of *settings*, if there is one."""
    held = {name: Key(text) for name, text in settings.keys.items() if name != "ANTHROPIC_BASE_URL"}
    keys = Keys(
        api_key=held.get("ANTHROPIC_API_KEY"),
        auth_token=held.get("ANTHROPIC_AUTH_TOKEN"),
        storygen=held.get("STORYGEN_API_KEY"),
    )
    return key_for(settings.base_url, keys, anthropic_base_url=settings.keys.get("ANTHROPIC_BASE_URL"))


def deadlines(settings: Settings) -> Deadlines:
    """Return the deadlines that *settings* name."""
    return Deadlines(
        connect=settings.timeout_connect,
        headers=settings.timeout_headers,
        silence=settings.timeout_silence,
        progress=settings.timeout_progress,
        attempt=settings.timeout_attempt,
    )
