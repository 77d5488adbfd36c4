"""Says how a book stands: every section, what it took, and the whole."""

from __future__ import annotations

from dataclasses import dataclass

from storygen.book.attempts import Attempt, Kept, by_section
from storygen.book.freshness import Freshness
from storygen.book.view import view_journal
from storygen.catalogue import catalogue
from storygen.desk.freshness import FRESH, Look, is_models, looks
from storygen.desk.log import bill, saved
from storygen.desk.project import Project
from storygen.desk.states import Standing, State, read_book, standings
from storygen.draft import OF_TEXTS, Flag, total_usage
from storygen.messages import StopReason, Usage
from storygen.text.words import count_words


@dataclass(frozen=True, slots=True)
class Line:
    """How one section stands. `cost` is what its known bills come to, in micro-dollars.

    `by_hand` is how many words longer an edited text is than it was generated, if anybody knows that.
    """

    standing: Standing
    words: int
    legs: int
    stop_reason: StopReason | None
    flags: tuple[Flag, ...]
    usage: Usage
    cost: int | None
    look: Look = FRESH
    by_hand: int | None = None

    @property
    def id(self) -> str:
        """The section's id."""
        return self.standing.section.id

    @property
    def state(self) -> State:
        """The section's state."""
        return self.standing.state

    @property
    def freshness(self) -> Freshness:
        """Whether the text still says what it was asked to say."""
        return self.look.freshness

    @property
    def replaceable(self) -> bool:
        """Whether `write --stale` may replace the text: it is stale, and nobody's but a model's."""
        return self.freshness is Freshness.STALE and is_models(self.standing)

    @property
    def why(self) -> tuple[str, ...]:
        """What makes it so stale, or so soft, in words."""
        return tuple(change.words for change in self.look.changes if change.weight is self.freshness)


@dataclass(frozen=True, slots=True)
class Status:
    """How a whole book stands."""

    lines: tuple[Line, ...]
    attempts: tuple[Attempt, ...] = ()

    @property
    def words(self) -> int:
        """All words that are there."""
        return sum(line.words for line in self.lines)

    @property
    def usage(self) -> Usage:
        """All tokens that the book took, sections that are gone included."""
        return total_usage(attempt.usage for attempt in self.attempts)

    @property
    def cost(self) -> int | None:
        """What the known bills come to, in micro-dollars, as `bill` says."""
        return bill(self.attempts)

    @property
    def saved(self) -> int | None:
        """What the cache saved, in micro-dollars, as `saved` says."""
        return saved(self.attempts, catalogue())

    @property
    def gone(self) -> tuple[Attempt, ...]:
        """The attempts of sections that are not in the outline any more."""
        here = {line.id for line in self.lines}
        return tuple(attempt for attempt in self.attempts if attempt.owner not in here)

    @property
    def away(self) -> int:
        """How many requests have left in a batch whose results are still to come."""
        return sum(bool(attempt.batch) and attempt.ended is None for attempt in self.attempts)

    @property
    def rehearsed(self) -> bool:
        """Whether any text comes from the rehearsal model."""
        return any(line.state is State.REHEARSED for line in self.lines)

    def count(self, *states: State) -> int:
        """Return how many sections are in one of *states*."""
        return sum(line.state in states for line in self.lines)


def status(project: Project) -> Status:
    """Return how the book of *project* stands; reads beside a running `write`, changes nothing."""
    shelved = read_book(project.book)
    with view_journal(project.book.journal) as journal:
        drafts = journal.all_generated_partials() | journal.all_generated()
        attempts = journal.attempts()
    asked = by_section(attempts)
    now = standings(project.outline, shelved)
    found = looks(project, now, shelved.record)
    return Status(
        tuple(
            _line(
                each,
                asked.get(each.section.id, ()),
                drafts.get(each.section.id),
                found.get(each.section.id, FRESH),
            )
            for each in now
        ),
        attempts,
    )


def _line(standing: Standing, attempts: tuple[Attempt, ...], kept: Kept | None, look: Look) -> Line:
    words = count_words(standing.text)
    by_hand = words - count_words(kept.draft.text) if kept and standing.state is State.EDITED else None
    return Line(
        standing=standing,
        words=words,
        legs=len(kept.draft.legs) if kept else 0,
        stop_reason=kept.draft.stop_reason if kept else None,
        flags=_flags(standing, kept),
        usage=total_usage(attempt.usage for attempt in attempts),
        cost=bill(attempts),
        look=look,
        by_hand=by_hand,
    )


def _flags(standing: Standing, kept: Kept | None) -> tuple[Flag, ...]:
    """Return what is flagged; what was found in the text is no news of one that its author has changed."""
    flags = kept.draft.flags if kept else ()
    return tuple(flag for flag in flags if standing.state is not State.EDITED or flag not in OF_TEXTS)
