"""API keys: what a key is, and which key goes to which endpoint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from storygen.errors import SettingsError
from storygen.model.endpoint import origin
from storygen.settings import ANTHROPIC

_SENDABLE = re.compile(r"[\x21-\x7e]{1,4096}")
_SHAPES = re.compile(r"(?i)\bsk-ant-[\w-]+|(?<=bearer )\S+")
_HIDDEN = "[key]"
_SECRET = 12


class Key:
    """A secret that shows itself to nobody but the one who asks for its `secret`.

    >>> print(Key("sk-ant-api03-x"), [Key("sk-ant-api03-x")])
    [key] [[key]]
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        """Keep *secret*, stripped of white space around it; raise SettingsError if no header can carry it."""
        stripped = secret.strip()
        if not _SENDABLE.fullmatch(stripped):
            raise SettingsError(
                "the API key is empty or holds characters that no key has",
                "copy it again: letters, digits and dashes, on one line",
            )
        self._secret = stripped

    @property
    def secret(self) -> str:
        """The key itself, for the header of a request and nothing else."""
        return self._secret

    def hide(self, text: str) -> str:
        """Return *text* with this key, and all that has the shape of one, taken out of it.

        A key as short as a word is no secret, and words are needed.
        """
        return without_keys(text.replace(self._secret, _HIDDEN) if len(self._secret) >= _SECRET else text)

    def __repr__(self) -> str:
        """Show that there is a key, and nothing of it."""
        return _HIDDEN

    def __format__(self, spec: str) -> str:
        """Show that there is a key, whatever the format asks for."""
        return _HIDDEN

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise TypeError("a key is not written anywhere")


@dataclass(frozen=True, slots=True)
class Keys:
    """Every key at hand, by where it came from.

    `api_key` is `ANTHROPIC_API_KEY`, `auth_token` `ANTHROPIC_AUTH_TOKEN`, `storygen` `STORYGEN_API_KEY`;
    `stored` holds the keys of the user's own store by origin.
    """

    api_key: Key | None = None
    auth_token: Key | None = None
    storygen: Key | None = None
    stored: Mapping[str, Key] = field(default_factory=dict)


def key_for(base_url: str, keys: Keys, *, anthropic_base_url: str | None = None) -> Key | None:
    """Return the key that belongs to the endpoint at *base_url*, or None.

    Anthropic's keys go to Anthropic and to `ANTHROPIC_BASE_URL`, *anthropic_base_url*; any other endpoint
    gets `STORYGEN_API_KEY` or what was stored for its origin, and never one of Anthropic's.

    >>> anthropics = Keys(api_key=Key("sk-ant-x"))
    >>> key_for("https://api.anthropic.com", anthropics), key_for("https://example.org", anthropics)
    ([key], None)
    """
    where = origin(base_url)
    homes = {origin(home) for home in (ANTHROPIC, anthropic_base_url) if home}
    own = keys.api_key or keys.auth_token if where in homes else keys.storygen
    return own or keys.stored.get(where)


def without_keys(text: str) -> str:
    """Return *text* with everything taken out that has the shape of a key.

    >>> without_keys("invalid x-api-key: sk-ant-api03-secret")
    'invalid x-api-key: [key]'
    """
    return _SHAPES.sub(_HIDDEN, text)
