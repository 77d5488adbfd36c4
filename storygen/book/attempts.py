"""The life of one paid call, as values: what was sent, what became of it, what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from storygen.book.misses import Miss, miss_of
from storygen.draft import Draft, Leg, total_usage
from storygen.messages import StopReason, Usage


class Fate(StrEnum):
    """What became of an attempt; the first two are not an end."""

    INTENT = "intent"
    STREAMING = "streaming"
    COMPLETE = "complete"
    PARTIAL = "partial"
    UNSENT = "unsent"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


OWING = frozenset({Fate.INTENT, Fate.STREAMING, Fate.PARTIAL, Fate.UNKNOWN})
"""Attempts that may have been paid for although no bill came back."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A request that is about to leave, and all that is known of it beforehand.

    `leg` is the leg of `section` to be, still without a reply. `fingerprint` is the request's name by its
    content, `digest` that by its bytes. `reserved` is what it may cost at worst, in micro-dollars, `plain`
    the prompt in plain cl100k tokens, `batched` whether it waits for others to leave with.
    """

    section: str
    leg: Leg
    fingerprint: str
    digest: str
    model: str
    rehearsed: bool = False
    reserved: int = 0
    plain: int = 0
    batched: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One send and its fate, without its text.

    `section` is the id of the section that it writes, or `ID/STEP` for an errand done for one. `leg` counts
    the replies of one version of it from 1: tries that brought nothing share a number. Money is whole
    micro-dollars: `reserved` the worst case, `cost` what it came to, None where no price or no bill is known.
    Times are seconds since 1970 by the wall clock, for show. `answered_by` is the model that spoke, `cause`
    why the attempt failed, `envelope` every field of the reply but its content, as JSON; `plain` the prompt
    in plain cl100k tokens, 0 where nobody counted. `batch` is None for one that left alone, 0 for one that
    waits for others, else the number of the batch that it left in.
    """

    id: int
    section: str
    leg: int
    fingerprint: str
    digest: str
    model: str
    rehearsed: bool
    reserved: int
    fate: Fate
    started: float
    ended: float | None = None
    cost: int | None = None
    usage: Usage = Usage()
    stop_reason: StopReason | None = None
    stop_detail: str | None = None
    status: int | None = None
    request_id: str | None = None
    message_id: str | None = None
    answered_by: str | None = None
    cause: str = ""
    envelope: str = ""
    plain: int = 0
    batch: int | None = None

    @property
    def owner(self) -> str:
        """The id of the section that it was made for, whether it wrote that or did an errand for it.

        >>> Attempt(1, "the-boat/digest", 1, "f", "d", "m", False, 0, Fate.COMPLETE, 0.0).owner
        'the-boat'
        """
        return self.section.partition("/")[0]

    @property
    def miss(self) -> Miss | None:
        """Why nothing of its prompt was read from the cache, where the API tells that."""
        return None if self.usage.cache_read_input_tokens else miss_of(self.envelope)

    @property
    def held(self) -> int:
        """What is still set aside for it, in micro-dollars: the worst case while the bill is unknown."""
        return self.reserved if self.fate in OWING and self.cost is None else 0


@dataclass(frozen=True, slots=True)
class Away:
    """A batch that has left, with those of its `attempts` in this book whose results are still to come.

    `name` is the server's, empty as long as it is not known; `requests` is how many it has over all books,
    `origin` the endpoint that it went to, `at` when it was about to leave.
    """

    number: int
    name: str
    requests: int
    origin: str
    at: float
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """What a number of attempts came to: settled and still held, in micro-dollars, and their usage."""

    settled: int = 0
    held: int = 0
    usage: Usage = Usage()
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it was generated: who wrote it, and when.

    `version` counts the section's finished drafts from 1; an unfinished one has the number that it works on.
    `attempt` is the id of the section's last attempt at that time: what is newer belongs to the next version.
    """

    draft: Draft
    version: int
    model: str
    rehearsed: bool
    attempt: int
    at: float


def spent(attempts: Iterable[Attempt]) -> Spent:
    """Add up what the real ones among *attempts* cost; rehearsals are free."""
    real = [attempt for attempt in attempts if not attempt.rehearsed]
    return Spent(
        settled=sum(attempt.cost or 0 for attempt in real),
        held=sum(attempt.held for attempt in real),
        usage=total_usage(attempt.usage for attempt in real),
        unknown=sum(attempt.fate is Fate.UNKNOWN for attempt in real),
    )


def by_section(attempts: Iterable[Attempt]) -> dict[str, tuple[Attempt, ...]]:
    """Sort *attempts* to the sections that they were made for, each in its old order."""
    sections: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        sections.setdefault(attempt.owner, []).append(attempt)
    return {section: tuple(own) for section, own in sections.items()}
