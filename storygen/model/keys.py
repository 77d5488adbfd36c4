"""API keys: what a key is, where it may come from, and which endpoint it belongs to."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NoReturn

from storygen.errors import SettingsError
from storygen.model.endpoint import origin
from storygen.settings import ANTHROPIC

_SENDABLE = re.compile(r"[\x21-\x7e]{1,4096}")
_SHAPES = re.compile(r"(?i)\bsk-ant-[\w-]+|(?<=bearer )\S+")
_HIDDEN = "[key]"
_SECRET = 12
_LONG = 20
"""A key of so many characters stays secret when its last four are shown."""


class Source(StrEnum):
    """Where a key can come from, by the name that its owner knows."""

    API_KEY = "ANTHROPIC_API_KEY"
    AUTH_TOKEN = "ANTHROPIC_AUTH_TOKEN"  # noqa: S105 - a variable's name
    STORYGEN_KEY = "STORYGEN_API_KEY"
    COMMAND = "key_command"
    STORED = "`storygen keys set`"


_STORE = "`storygen keys set` (with --base-url for any server but Anthropic's)"
_REMEDIES = {
    Source.API_KEY: f"correct ANTHROPIC_API_KEY, or unset it and use {_STORE}",
    Source.AUTH_TOKEN: f"correct ANTHROPIC_AUTH_TOKEN, or unset it and use {_STORE}",
    Source.STORYGEN_KEY: f"correct STORYGEN_API_KEY, or unset it and use {_STORE}",
    Source.COMMAND: f"run the key_command of your config.toml and see what it prints, or use {_STORE}",
    Source.STORED: f"store another one with {_STORE}",
}


class Key:
    """A secret that shows itself to nobody but the one who asks for its `header`; it knows its `source`.

    >>> print(Key("sk-ant-api03-x"), [Key("sk-ant-api03-x")])
    [key] [[key]]
    """

    __slots__ = ("_secret", "source")

    def __init__(self, secret: str, source: Source = Source.API_KEY) -> None:
        """Keep *secret*, stripped of white space around it; raise SettingsError if no header can carry it."""
        stripped = secret.strip()
        if not _SENDABLE.fullmatch(stripped):
            raise SettingsError(
                f"the API key from {source} is empty or holds characters that no key has",
                "copy it again: letters, digits and dashes, on one line",
            )
        self._secret = stripped
        self.source = source

    @property
    def header(self) -> tuple[str, str]:
        """The one header that carries the key, and the key itself in clear."""
        if self.source is Source.AUTH_TOKEN:
            return "authorization", f"Bearer {self._secret}"
        return "x-api-key", self._secret

    @property
    def secret(self) -> str:
        """The key itself, for the store of its owner and nothing else."""
        return self._secret

    @property
    def whence(self) -> str:
        """Where it came from, and as much of it as tells one key from another.

        >>> Key("sk-ant-api03-abcdefghijk3Qp").whence
        'ANTHROPIC_API_KEY (ends in …k3Qp)'
        """
        return f"{self.source} (ends in …{self._secret[-4:]})" if len(self._secret) >= _LONG else self.source

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


def sources(
    base_url: str, *, anthropic_base_url: str | None = None, command_url: str | None = None
) -> tuple[Source, ...]:
    """Return where a key for the endpoint at *base_url* may come from, the first that has one first.

    Anthropic's variables belong to Anthropic and to `ANTHROPIC_BASE_URL`, *anthropic_base_url*; any other
    endpoint has `STORYGEN_API_KEY`. A key_command belongs to *command_url*, the endpoint that stands beside
    it, and without one where Anthropic's variables do. A stored key belongs to its origin alone.

    >>> [source.value for source in sources("https://example.org")]
    ['STORYGEN_API_KEY', '`storygen keys set`']
    """
    where = origin(base_url)
    at_home = where in {origin(home) for home in (ANTHROPIC, anthropic_base_url) if home}
    commanded = where == origin(command_url) if command_url else at_home
    return (
        *((Source.API_KEY, Source.AUTH_TOKEN) if at_home else (Source.STORYGEN_KEY,)),
        *((Source.COMMAND,) if commanded else ()),
        Source.STORED,
    )


def refused(key: Key | None) -> tuple[str, str]:
    """Return where the key came from that a server did not take, and what its owner can do."""
    if key is None:
        return "no key was sent", f"store one with {_STORE}"
    return f"key from: {key.whence}", _REMEDIES[key.source]


def without_keys(text: str) -> str:
    """Return *text* with everything taken out that has the shape of a key.

    >>> without_keys("invalid x-api-key: sk-ant-api03-secret")
    'invalid x-api-key: [key]'
    """
    return _SHAPES.sub(_HIDDEN, text)
