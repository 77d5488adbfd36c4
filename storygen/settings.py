"""Every setting and where it came from, resolved by one pure function."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from storygen.errors import SettingsError
from storygen.known_settings import TABLE, ContextMode, Length, OnRefusal, OnUnknown

if TYPE_CHECKING:
    from pathlib import Path

ANTHROPIC = "https://api.anthropic.com"
"""The default endpoint."""


class Origin(StrEnum):
    """Where a value came from, in words for a person."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    OUTLINE = "outline"
    BOOK = "storygen.toml"
    USER = "user config"
    DEFAULT = "default"


_SECRETS = {"key", "api_key", "auth_token", "token", "password"}
_NOT_A_BOOKS = {
    "base_url": "a stranger's book could send your text to its own server; use --base-url",
    "key_command": "a stranger's book could run its own program; it goes into your own config.toml",
    "source_root": "a stranger's book could read files of yours; use --source-root",
    "allow_commands": "a stranger's book could run its own program; use --allow-commands",
}
_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "STORYGEN_API_KEY", "ANTHROPIC_BASE_URL")
"""The keys that an environment may hold, and the endpoint that the first two belong to."""


_OURS = ("ANTHROPIC_", "STORYGEN_")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was told, resolved once.

    Times are in seconds, context sizes in plain cl100k tokens, the `budget` is in micro-dollars. `origins`
    says where each value came from, `book` what storygen.toml says, heard or not; `keys` holds the keys that
    the environment offers, by variable, and is never shown; `key_command` is a program that prints one, for
    the endpoint `key_command_url` if the user's config names one beside it; `key_file` is where stored keys
    lie. `proxies` holds the usual variables by their names in lower case, `ca_file` is `SSL_CERT_FILE`,
    `environ` is what commands among the sources are run with: no variable in it is ours, or may hold a key.
    """

    model: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    thinking: str | None = None
    user_id: str | None = None
    effort: str | None = None
    on_refusal: OnRefusal = OnRefusal.STOP
    on_unknown: OnUnknown = OnUnknown.RETRY_ONCE
    budget: int | None = None
    max_calls: int | None = None
    max_output_tokens: int | None = None
    jobs: int = 1
    legs: int = 8
    retries: int = 5
    length: Length = Length.STEERED
    call_words: int = 1_500
    context: ContextMode = ContextMode.ROLLING
    context_codex: int = 2_000
    context_facts: int = 600
    context_recap: int = 1_500
    context_tail: int = 1_200
    context_plan: int = 4_000
    context_sources: int = 8_000
    scene_break: str = "* * *"
    base_url: str = ANTHROPIC
    source_root: str = ""
    allow_commands: bool = False
    key_command: str = ""
    timeout_connect: float = 10
    timeout_headers: float = 120
    timeout_silence: float = 90
    timeout_progress: float = 900
    timeout_attempt: float = 3_600
    origins: Mapping[str, Origin] = field(default_factory=dict)
    book: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    key_command_url: str = ""
    key_file: Path | None = None
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: str = ""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def read(
        cls,
        environ: Mapping[str, str],
        *,
        flags: Mapping[str, object] | None = None,
        book: str = "",
        user: str = "",
        key_file: Path | None = None,
    ) -> Settings:
        """Resolve all settings: flags over environment over the text of storygen.toml over the user's config.

        *key_file* is where the user's own keys are stored; it is not opened here. Raises SettingsError for a
        value that makes no sense, an unknown name, an endpoint or key in a book.
        """
        users, books = _from_file(user, Origin.USER), _from_file(book, Origin.BOOK)
        layers = (
            (Origin.USER, users),
            (Origin.BOOK, books),
            (Origin.ENVIRONMENT, _from_environment(environ)),
            (Origin.FLAG, {name: str(value) for name, value in (flags or {}).items() if value is not None}),
        )
        values: dict[str, Any] = {}
        origins: dict[str, Origin] = {}
        for origin, texts in layers:
            for name, text in texts.items():
                values[name] = _value(name, text, origin)
                origins[name] = origin
        return cls(
            **values,
            origins=origins,
            book=books,
            keys={name: environ[name] for name in _KEYS if environ.get(name)},
            key_command_url=users.get("base_url", ""),
            key_file=key_file,
            proxies=_proxies(environ),
            ca_file=environ.get("SSL_CERT_FILE", ""),
            environ={name: value for name, value in environ.items() if not name.startswith(_OURS)},
        )

    def origin(self, name: str) -> Origin:
        """Say where the value of the setting called *name* came from."""
        return self.origins.get(name, Origin.DEFAULT)

    def at(self, own: Mapping[str, object]) -> Settings:
        """Return the settings as they hold where an outline says *own*: below flags and environment only."""
        heard = {
            name: value
            for name, value in own.items()
            if value not in {None, ""} and self.origin(name) not in {Origin.FLAG, Origin.ENVIRONMENT}
        }
        origins = {**self.origins, **dict.fromkeys(heard, Origin.OUTLINE)}
        return replace(self, **heard, origins=origins)  # type: ignore[arg-type]

    def shown(self) -> dict[str, tuple[object, Origin]]:
        """Return every setting with its value as it is written, and its origin, in this order; no keys."""
        return {
            item.name: (_as_written(item.name, getattr(self, item.name)), self.origin(item.name))
            for item in fields(self)
            if item.name in TABLE
        }


def read_toml(path: Path) -> str:
    """Return the text of a settings file, or nothing where there is none.

    Raises SettingsError for a file that cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", "repair or remove the file") from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    found = {
        name: environ[f"STORYGEN_{name.upper()}"]
        for name, row in TABLE.items()
        if row.environment and environ.get(f"STORYGEN_{name.upper()}")
    }
    if environ.get("ANTHROPIC_BASE_URL"):
        found.setdefault("base_url", environ["ANTHROPIC_BASE_URL"])
    return found


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what is said of proxies; a name in lower case counts more than one in capitals, as usual."""
    capitals = {name: environ.get(name.upper()) for name in _PROXIES}
    found = capitals | {name: environ[name] for name in _PROXIES if name in environ}
    return {name: value for name, value in found.items() if value}


def _from_file(text: str, origin: Origin) -> dict[str, str]:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{origin} is not valid TOML: {error}", "correct the line that it names"
        ) from error
    names = {row.file: name for name, row in TABLE.items()} | {"context": "context"}  # a word, or a table
    found = {}
    for key, value in _flat(raw):
        _refuse_strangers(key, origin, names)
        found[names[key]] = str(value).lower() if isinstance(value, bool) else str(value)
    return found


def _flat(raw: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in raw.items():
        pairs += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return pairs


def _refuse_strangers(key: str, origin: Origin, names: Mapping[str, str]) -> None:
    if key.rpartition(".")[2] in _SECRETS:
        raise SettingsError(
            f"{origin} holds a key (`{key}`)",
            "such files are shared and shown; `storygen keys set` stores keys. Revoke it if others saw it",
        )
    if key in names and (TABLE[names[key]].book or origin is not Origin.BOOK):
        return
    if key in names:
        raise SettingsError(f"{origin} sets `{key}`, which a book may not choose", _NOT_A_BOOKS[names[key]])
    close = get_close_matches(key, names, n=1)
    raise SettingsError(
        f"`{key}` in {origin} is not a setting",
        f"did you mean `{close[0]}`?" if close else "`storygen config` lists all settings",
    )


def _as_written(name: str, value: object) -> object:
    unit = TABLE[name].unit
    return value / unit if unit > 1 and isinstance(value, int) else value


def _value(name: str, text: str, origin: Origin) -> Any:  # noqa: ANN401 - the field's own type, by the table
    row = TABLE[name]
    try:
        return row.read(text)
    except ValueError as error:
        spelled = {
            Origin.FLAG: f"--{name.replace('_', '-')}",
            Origin.ENVIRONMENT: f"STORYGEN_{name.upper()}",
        }.get(origin, f"`{row.file}` in {origin}")
        raise SettingsError(f"{spelled} is `{text}`; it wants {row.wants}", f"give {row.wants}") from error
