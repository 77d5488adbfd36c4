"""Says how a book stands: every section, what it took, and the whole."""

from __future__ import annotations

from dataclasses import dataclass

from storygen.book.attempts import Attempt, Kept, by_section
from storygen.book.view import view_journal
from storygen.desk.project import Project
from storygen.desk.states import Standing, State, read_book, standings
from storygen.draft import Flag, total_usage
from storygen.messages import StopReason, Usage
from storygen.text.words import count_words


@dataclass(frozen=True, slots=True)
class Line:
    """How one section stands. `cost` is in micro-dollars, None where a price is not known."""

    standing: Standing
    words: int
    legs: int
    stop_reason: StopReason | None
    flags: tuple[Flag, ...]
    usage: Usage
    cost: int | None

    @property
    def id(self) -> str:
        """The section's id."""
        return self.standing.section.id

    @property
    def state(self) -> State:
        """The section's state."""
        return self.standing.state


@dataclass(frozen=True, slots=True)
class Status:
    """How a whole book stands."""

    lines: tuple[Line, ...]

    @property
    def words(self) -> int:
        """All words that are there."""
        return sum(line.words for line in self.lines)

    @property
    def usage(self) -> Usage:
        """All tokens that the book took."""
        return total_usage(line.usage for line in self.lines)

    @property
    def cost(self) -> int | None:
        """What the book cost, in micro-dollars; None where a price is not known."""
        costs = [line.cost for line in self.lines]
        return None if None in costs else sum(cost or 0 for cost in costs)

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
        attempts = by_section(journal.attempts())
    now = standings(project.outline, shelved)
    return Status(
        tuple(_line(each, attempts.get(each.section.id, ()), drafts.get(each.section.id)) for each in now)
    )


def _line(standing: Standing, attempts: tuple[Attempt, ...], kept: Kept | None) -> Line:
    costs = [attempt.cost for attempt in attempts]
    return Line(
        standing=standing,
        words=count_words(standing.text),
        legs=len(kept.draft.legs) if kept else 0,
        stop_reason=kept.draft.stop_reason if kept else None,
        flags=kept.draft.flags if kept else (),
        usage=total_usage(attempt.usage for attempt in attempts),
        cost=None if None in costs else sum(cost or 0 for cost in costs),
    )
