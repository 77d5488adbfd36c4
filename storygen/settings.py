"""Every setting and where it came from, resolved by one pure function."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from storygen.errors import SettingsError

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


class OnRefusal(StrEnum):
    """What a refusal does to the rest of the book."""

    STOP = "stop"
    SKIP = "skip"


Reader: TypeAlias = Callable[[str], Any]


def _between(low: float, high: float, kind: type[int | float]) -> Reader:
    def read(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise ValueError(f"not between {low:g} and {high:g}")
        return value

    return read


def _one_of(*words: str) -> Reader:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"not one of {', '.join(words)}")
        return text

    return read


@dataclass(frozen=True, slots=True)
class Row:
    """One setting of the table: how its text is read, and what is wanted, in words.

    `file` is its dotted name in storygen.toml and in the user's config; `book` is whether a book may set it.
    """

    read: Reader
    wants: str
    file: str
    book: bool = True


_SECONDS = _between(0.01, 86_400, float)
_TOKENS = _between(1, 1_000_000, int)

TABLE: dict[str, Row] = {
    "model": Row(str, "the name of a model", "model"),
    "max_tokens": Row(_TOKENS, "a whole number of tokens from 1", "max_tokens"),
    "temperature": Row(_between(0, 1, float), "a number from 0 to 1", "temperature"),
    "effort": Row(
        _one_of("low", "medium", "high", "xhigh", "max"), "low, medium, high, xhigh or max", "effort"
    ),
    "on_refusal": Row(lambda text: OnRefusal(text), "stop or skip", "on_refusal"),  # noqa: PLW0108 - mypy
    "legs": Row(_between(1, 100, int), "a whole number of legs from 1 to 100", "legs"),
    "retries": Row(_between(0, 100, int), "a whole number of retries from 0 to 100", "retries"),
    "context_codex": Row(_TOKENS, "a number of tokens", "context.codex"),
    "context_recap": Row(_TOKENS, "a number of tokens", "context.recap"),
    "context_tail": Row(_TOKENS, "a number of tokens", "context.tail"),
    "context_plan": Row(_TOKENS, "a number of tokens", "context.plan"),
    "scene_break": Row(str, "a line, such as * * *", "manuscript.scene_break"),
    "base_url": Row(str, "the address of a Messages API", "base_url", book=False),
    "timeout_connect": Row(_SECONDS, "a number of seconds", "timeout.connect"),
    "timeout_headers": Row(_SECONDS, "a number of seconds", "timeout.headers"),
    "timeout_silence": Row(_SECONDS, "a number of seconds", "timeout.silence"),
    "timeout_progress": Row(_SECONDS, "a number of seconds", "timeout.progress"),
    "timeout_attempt": Row(_SECONDS, "a number of seconds", "timeout.attempt"),
}
"""Every setting once: flags, STORYGEN_ variables, files, `config` and the docs follow this table."""

_SECRETS = {"key", "api_key", "auth_token", "token", "key_command", "password"}
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "STORYGEN_API_KEY", "ANTHROPIC_BASE_URL")
"""The keys that an environment may hold, and the endpoint that the first two belong to."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was told, resolved once.

    Times are in seconds, context sizes in plain cl100k tokens. `origins` says where each value came from;
    `keys` holds the keys that the environment offers, by variable, and is never shown.
    """

    model: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    effort: str | None = None
    on_refusal: OnRefusal = OnRefusal.STOP
    legs: int = 8
    retries: int = 5
    context_codex: int = 2_000
    context_recap: int = 1_500
    context_tail: int = 1_200
    context_plan: int = 4_000
    scene_break: str = "* * *"
    base_url: str = ANTHROPIC
    timeout_connect: float = 10
    timeout_headers: float = 120
    timeout_silence: float = 90
    timeout_progress: float = 900
    timeout_attempt: float = 3_600
    origins: Mapping[str, Origin] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def read(
        cls,
        environ: Mapping[str, str],
        *,
        flags: Mapping[str, object] | None = None,
        book: str = "",
        user: str = "",
    ) -> Settings:
        """Resolve all settings: flags over environment over the text of storygen.toml over the user's config.

        Raises SettingsError for a value that makes no sense, an unknown name, an endpoint or key in a book.
        """
        layers = (
            (Origin.USER, _from_file(user, Origin.USER)),
            (Origin.BOOK, _from_file(book, Origin.BOOK)),
            (Origin.ENVIRONMENT, _from_environment(environ)),
            (Origin.FLAG, {name: str(value) for name, value in (flags or {}).items() if value is not None}),
        )
        values: dict[str, Any] = {}
        origins: dict[str, Origin] = {}
        for origin, texts in layers:
            for name, text in texts.items():
                values[name] = _value(name, text, origin)
                origins[name] = origin
        keys = {name: environ[name] for name in _KEYS if environ.get(name)}
        return cls(**values, origins=origins, keys=keys)

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
        """Return every setting with its value and origin, in the order of the table; no keys."""
        return {
            item.name: (getattr(self, item.name), self.origin(item.name))
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
        name: environ[f"STORYGEN_{name.upper()}"] for name in TABLE if environ.get(f"STORYGEN_{name.upper()}")
    }
    if environ.get("ANTHROPIC_BASE_URL"):
        found.setdefault("base_url", environ["ANTHROPIC_BASE_URL"])
    return found


def _from_file(text: str, origin: Origin) -> dict[str, str]:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{origin} is not valid TOML: {error}", "correct the line that it names"
        ) from error
    names = {row.file: name for name, row in TABLE.items()}
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
            "a book's folder is shared and published; put the key in ANTHROPIC_API_KEY and revoke this one",
        )
    if key in names and (TABLE[names[key]].book or origin is not Origin.BOOK):
        return
    if key in names:
        raise SettingsError(
            f"{origin} sets `{key}`, which a book may not choose",
            "a stranger's book could send your key to its own server; use --base-url or ANTHROPIC_BASE_URL",
        )
    close = get_close_matches(key, names, n=1)
    raise SettingsError(
        f"`{key}` in {origin} is not a setting",
        f"did you mean `{close[0]}`?" if close else "`storygen config` lists all settings",
    )


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
