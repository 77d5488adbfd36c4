"""What a run tells whoever watches it; nothing here is needed to write a book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from storygen.book.attempts import Spent
from storygen.draft import Draft
from storygen.messages import Usage
from storygen.outline.tree import Section


@dataclass(frozen=True, slots=True)
class Began:
    """A section is being written; `words` it already has from an earlier run."""

    section: Section
    words: int = 0


@dataclass(frozen=True, slots=True)
class Thinking:
    """The model has begun a block that is not text."""

    section: Section


@dataclass(frozen=True, slots=True)
class Grew:
    """Text has arrived, `text` is the new piece."""

    section: Section
    text: str


@dataclass(frozen=True, slots=True)
class LegEnded:
    """A leg has ended and another one follows; `why` in words."""

    section: Section
    why: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The run waits `seconds` before another try; `why` in words."""

    section: Section
    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Polled:
    """Somebody has looked how a batch of so many `requests` is doing, `waited` seconds after it was made.

    The next look follows in `seconds`; None means that it has ended.
    """

    batch: str
    requests: int
    waited: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Finished:
    """A section has ended, whole or not: its draft, its price in micro-dollars, its file."""

    section: Section
    draft: Draft
    cost: int | None
    path: str


@dataclass(frozen=True, slots=True)
class Left:
    """A section could not be written to its end, `why` in words; the run goes on with others."""

    section: Section
    why: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that a person should know and need not act on.

    `everywhere` says that it is no matter of one book: of several, it is told once.
    """

    message: str
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class BrokeOff:
    """The run ends before it is done: what it spent and used until then, and the state of its book."""

    spent: Spent
    usage: Usage
    state: str


Event: TypeAlias = Began | Thinking | Grew | LegEnded | Waiting | Polled | Finished | Left | Noted | BrokeOff
Tell: TypeAlias = Callable[[Event], None]
