"""Finds the key of the endpoint that a run talks to."""

from __future__ import annotations

from typing import assert_never

from storygen.model.endpoint import origin
from storygen.model.key_command import key_from
from storygen.model.key_file import stored_keys
from storygen.model.keys import Key, Source, sources
from storygen.settings import Settings


def endpoint_key(settings: Settings) -> Key | None:
    """Return the key that belongs to the endpoint of *settings*, if there is one.

    The places are asked in order and only until one has a key. Raises KeyMissing where a key_command fails,
    SettingsError for what is no key and for stored keys that others may read.
    """
    places = sources(
        settings.base_url,
        anthropic_base_url=settings.keys.get("ANTHROPIC_BASE_URL"),
        command_url=settings.key_command_url,
    )
    return next((key for source in places if (key := _key(source, settings))), None)


def any_key(settings: Settings) -> bool:
    """Say whether there is a key anywhere, for whatever endpoint; no key_command is run for it."""
    return bool(settings.keys or settings.key_command or _stored(settings))


def _key(source: Source, settings: Settings) -> Key | None:
    match source:
        case Source.API_KEY | Source.AUTH_TOKEN | Source.STORYGEN_KEY:
            text = settings.keys.get(source)
            return Key(text, source) if text else None
        case Source.COMMAND:
            return key_from(settings.key_command) if settings.key_command else None
        case Source.STORED:
            return _stored(settings).get(origin(settings.base_url))
        case _:
            assert_never(source)


def _stored(settings: Settings) -> dict[str, Key]:
    return stored_keys(settings.key_file) if settings.key_file else {}
