"""The table of all settings: what each is called, how its text is read, who may say it."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias


class OnRefusal(StrEnum):
    """What a refusal does to the rest of the book."""

    STOP = "stop"
    SKIP = "skip"


class OnUnknown(StrEnum):
    """What follows a request that left and that nobody answered: it may be billed all the same."""

    RETRY_ONCE = "retry-once"
    ASK = "ask"
    STOP = "stop"


class ContextMode(StrEnum):
    """How much of the finished text a section's prompt holds; `auto` is whichever of the two is cheaper."""

    ROLLING = "rolling"
    FULL = "full"
    AUTO = "auto"


class Length(StrEnum):
    """How texts come to their length: steered by what earlier replies brought, or asked for as planned."""

    STEERED = "steered"
    PLAIN = "plain"


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


def _switch(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError("neither true nor false")
    return text.lower() == "true"


def _command(text: str) -> str:
    if not shlex.split(text):
        raise ValueError("no program is named")
    return text


def _micro_dollars(text: str) -> int:
    """Return an amount of dollars in whole micro-dollars, rounded down.

    >>> _micro_dollars("5.00"), _micro_dollars("$0.000_001_9")
    (5000000, 1)
    """
    try:
        amount = int(Decimal(text.strip().removeprefix("$")) * 1_000_000)
    except ArithmeticError:
        raise ValueError("not an amount of dollars") from None
    if not 0 < amount <= _MOST_MONEY:
        raise ValueError("too little, or too much")
    return amount


@dataclass(frozen=True, slots=True)
class Row:
    """One setting of the table: how its text is read, and what is wanted, in words.

    `file` is its dotted name in storygen.toml and in the user's config; `book` is whether a book may set it,
    `environment` whether a variable may. One of the text's is `unit` of the value's own.
    """

    read: Reader
    wants: str
    file: str
    book: bool = True
    environment: bool = True
    unit: int = 1


_MOST_MONEY = 10**12
_COUNT = _between(1, 10**12, int)
_SECONDS = _between(0.01, 86_400, float)
_TOKENS = _between(1, 1_000_000, int)

TABLE: dict[str, Row] = {
    "model": Row(str, "the name of a model", "model"),
    "max_tokens": Row(_TOKENS, "a whole number of tokens from 1", "max_tokens"),
    "temperature": Row(_between(0, 1, float), "a number from 0 to 1", "temperature"),
    "top_p": Row(_between(0, 1, float), "a number from 0 to 1", "top_p"),
    "thinking": Row(
        _one_of("adaptive", "between_tools", "disabled", "enabled"),
        "adaptive, between_tools, disabled or enabled",
        "thinking",
    ),
    "effort": Row(
        _one_of("low", "medium", "high", "xhigh", "max"), "low, medium, high, xhigh or max", "effort"
    ),
    "user_id": Row(str, "an opaque id, without a name in it", "user_id"),
    "on_refusal": Row(lambda text: OnRefusal(text), "stop or skip", "on_refusal"),  # noqa: PLW0108 - mypy
    "on_unknown": Row(lambda text: OnUnknown(text), "retry-once, ask or stop", "on_unknown"),  # noqa: PLW0108 - mypy
    "budget": Row(_micro_dollars, "an amount of dollars, such as 5.00", "budget", unit=1_000_000),
    "max_calls": Row(_COUNT, "a whole number of calls from 1", "max_calls"),
    "max_output_tokens": Row(_COUNT, "a whole number of tokens from 1", "max_output_tokens"),
    "jobs": Row(_between(1, 1_000, int), "a whole number from 1 to 1,000", "jobs"),
    "legs": Row(_between(1, 100, int), "a whole number of legs from 1 to 100", "legs"),
    "retries": Row(_between(0, 100, int), "a whole number of retries from 0 to 100", "retries"),
    "length": Row(lambda text: Length(text), "steered or plain", "length"),  # noqa: PLW0108 - mypy
    "call_words": Row(_between(200, 10_000, int), "a number of words from 200 to 10,000", "call_words"),
    "context": Row(lambda text: ContextMode(text), "rolling, full or auto", "context.mode"),  # noqa: PLW0108 - mypy
    "context_codex": Row(_TOKENS, "a number of tokens", "context.codex"),
    "context_facts": Row(_TOKENS, "a number of tokens", "context.facts"),
    "context_recap": Row(_TOKENS, "a number of tokens", "context.recap"),
    "context_tail": Row(_TOKENS, "a number of tokens", "context.tail"),
    "context_sources": Row(_TOKENS, "a number of tokens", "context.sources"),
    "context_plan": Row(_TOKENS, "a number of tokens", "context.plan"),
    "scene_break": Row(str, "a line, such as * * *", "manuscript.scene_break"),
    "base_url": Row(str, "the address of a Messages API", "base_url", book=False),
    "source_root": Row(str, "the folder that sources are in", "source_root", book=False),
    "allow_commands": Row(_switch, "true or false", "allow_commands", book=False),
    "key_command": Row(
        _command,
        "a program that prints a key, and its arguments",
        "key_command",
        book=False,
        environment=False,
    ),
    "timeout_connect": Row(_SECONDS, "a number of seconds", "timeout.connect"),
    "timeout_headers": Row(_SECONDS, "a number of seconds", "timeout.headers"),
    "timeout_silence": Row(_SECONDS, "a number of seconds", "timeout.silence"),
    "timeout_progress": Row(_SECONDS, "a number of seconds", "timeout.progress"),
    "timeout_attempt": Row(_SECONDS, "a number of seconds", "timeout.attempt"),
}
"""Every setting once: flags, STORYGEN_ variables, files, `config` and the docs follow this table."""
