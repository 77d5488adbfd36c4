"""The API's words: messages, requests, deltas, completions, stop reasons, usage."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: who speaks, what, and whether the prompt cache may be marked at its end."""

    role: Role
    text: str
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that decides an answer, in no provider's spelling.

    The system message, where there is one, comes first. A last message of the assistant is a
    prefill. `temperature`, `top_p`, `effort` and `thinking` are None where nothing is said.
    `user_id` is an opaque id for the provider's records. `rehearsed` tells a rehearsal from the real thing,
    so that neither answers for the other.
    """

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float | None = None
    top_p: float | None = None
    stop_sequences: tuple[str, ...] = ()
    effort: str | None = None
    thinking: str | None = None
    user_id: str | None = None
    rehearsed: bool = False


class StopReason(StrEnum):
    """Why a reply ended: the API's seven, `cut` for none at all, `unknown` for a new word."""

    END_TURN = "end_turn"
    STOP_SEQUENCE = "stop_sequence"
    MAX_TOKENS = "max_tokens"
    CONTEXT_WINDOW = "model_context_window_exceeded"
    PAUSE_TURN = "pause_turn"
    REFUSAL = "refusal"
    TOOL_USE = "tool_use"
    CUT = "cut"
    UNKNOWN = "unknown"

    @classmethod
    def read(cls, word: str | None) -> StopReason:
        """Return the stop reason that the wire spells *word*; no word is a cut.

        >>> StopReason.read("end_turn"), StopReason.read(None), StopReason.read("new_word")
        (<StopReason.END_TURN: 'end_turn'>, <StopReason.CUT: 'cut'>, <StopReason.UNKNOWN: 'unknown'>)
        """
        if word is None:
            return cls.CUT
        return cls._value2member_map_.get(word, cls.UNKNOWN)  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens read and written by one reply; the prompt is the sum of the first three."""

    input_tokens: int = 0
    cache_creation_input_tokens: int = 0
    cache_read_input_tokens: int = 0
    output_tokens: int = 0
    thinking_tokens: int = 0

    @property
    def prompt_tokens(self) -> int:
        """All tokens of the prompt: fresh, written to the cache and read from it."""
        return self.input_tokens + self.cache_creation_input_tokens + self.cache_read_input_tokens

    @property
    def uncached(self) -> Usage:
        """The same as it would be without a cache: all of the prompt is fresh.

        >>> Usage(10, 20, 30).uncached == Usage(60)
        True
        """
        return replace(
            self,
            input_tokens=self.prompt_tokens,
            cache_creation_input_tokens=0,
            cache_read_input_tokens=0,
        )

    @property
    def cache_share(self) -> float | None:
        """Which part of the prompt came from the cache; None without a prompt."""
        return self.cache_read_input_tokens / self.prompt_tokens if self.prompt_tokens else None

    def __add__(self, other: Usage) -> Usage:
        """Add up the usage of two replies, field by field."""
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cache_creation_input_tokens + other.cache_creation_input_tokens,
            self.cache_read_input_tokens + other.cache_read_input_tokens,
            self.output_tokens + other.output_tokens,
            self.thinking_tokens + other.thinking_tokens,
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """The server answered: its status, the request id, the message id, the model that speaks."""

    status: int
    request_id: str | None = None
    message_id: str | None = None
    model: str | None = None
    limits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the reply's text."""

    text: str


@dataclass(frozen=True, slots=True)
class OtherBlock:
    """A block that is not text has begun: thinking, or a kind nobody knows yet."""

    kind: str


@dataclass(frozen=True, slots=True)
class Counted:
    """The usage so far; each one replaces the one before."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Ended:
    """The reply gave its stop reason.

    `word` is the wire's own spelling; `detail` the stop sequence that fired or the category of
    a refusal; `clean` is false until the stream has also said that it is over. `envelope` is every field
    of the reply but its content, as JSON.
    """

    reason: StopReason
    word: str | None = None
    detail: str | None = None
    clean: bool = True
    envelope: str = ""


Delta: TypeAlias = Opened | Text | OtherBlock | Counted | Ended


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole reply, however it ended."""

    text: str
    stop_reason: StopReason
    usage: Usage = Usage()
    stop_word: str | None = None
    stop_detail: str | None = None
    request_id: str | None = None
    message_id: str | None = None
    model: str | None = None
    blocks: tuple[str, ...] = ()
    clean: bool = False
    envelope: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a transport brings back: a status, headers in lower case, the body in chunks."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


Transport: TypeAlias = Callable[[Mapping[str, str], bytes], AbstractAsyncContextManager[Reply]]
"""Headers and a body in; a reply out, open for as long as the context is."""

Below: TypeAlias = Callable[[str, str], Transport]
"""A method and a path under the messages in, as `("GET", "/batches")`; the transport that leads there out."""

Encode: TypeAlias = Callable[[Request], bytes]
"""A request becomes the bytes of its body; pure, so that its hash can be written before it is sent."""

Send: TypeAlias = Callable[[bytes], AsyncGenerator[Delta, None]]
"""The bytes of a body leave; deltas come back; who stops early closes it. Raises ModelError."""

Count: TypeAlias = Callable[[str], int]
"""Text in; how many tokens it has."""
