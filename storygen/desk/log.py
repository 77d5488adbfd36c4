"""Every request that a book ever took, and what all of them came to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from storygen.book.attempts import Attempt
from storygen.book.misses import Miss
from storygen.book.view import view_journal
from storygen.catalogue import Catalogue, catalogue
from storygen.desk.project import Project
from storygen.desk.select import find
from storygen.draft import total_usage
from storygen.messages import Usage


@dataclass(frozen=True, slots=True)
class Log:
    """The attempts of a book, rehearsed ones too, in the order in which they were made."""

    attempts: tuple[Attempt, ...]

    @property
    def saved(self) -> int | None:
        """What the cache saved, in micro-dollars, as `saved` says."""
        return saved(self.attempts, catalogue())

    @property
    def usage(self) -> Usage:
        """All tokens that were counted."""
        return total_usage(attempt.usage for attempt in self.attempts)

    @property
    def cost(self) -> int | None:
        """What the known bills come to, in micro-dollars, as `bill` says."""
        return bill(self.attempts)

    @property
    def misses(self) -> tuple[Miss, ...]:
        """Why nothing was read from the cache, of every attempt of which the API tells it."""
        return tuple(attempt.miss for attempt in self.attempts if attempt.miss)

    @property
    def unbilled(self) -> int:
        """How many attempts have no known bill: no price, a broken stream, no answer at all."""
        return sum(attempt.cost is None for attempt in self.attempts) - self.unanswered

    @property
    def unanswered(self) -> int:
        """How many attempts may still be answered: a run is at work, or they are away in a batch."""
        return sum(attempt.ended is None for attempt in self.attempts)


def log(project: Project, *, ids: Collection[str] = ()) -> Log:
    """Return the attempts of the book of *project*, or of the sections called *ids*.

    Sections that are gone from the outline are among them. Reads beside a running `write`, changes nothing.
    Raises UsageError for an id that neither the outline nor the journal knows.
    """
    with view_journal(project.book.journal) as journal:
        attempts = journal.attempts()
    for id_ in set(ids) - {attempt.owner for attempt in attempts}:
        find(project.outline, id_)
    return Log(tuple(attempt for attempt in attempts if not ids or attempt.owner in ids))


def replies(project: Project, attempts: Iterable[Attempt]) -> dict[int, str]:
    """Return what came back of each of *attempts*, word for word, by the attempt's id."""
    with view_journal(project.book.journal) as journal:
        return {attempt.id: journal.text(attempt.id) for attempt in attempts}


def saved(attempts: Iterable[Attempt], known: Catalogue) -> int | None:
    """Return what the cache saved in the paid ones of *attempts*, in micro-dollars; None where nobody knows.

    Less than nothing where more was written to it than has been read from it so far.
    """
    found = [saved_by(attempt, known) for attempt in attempts]
    told = [each for each in found if each is not None]
    return sum(told) if told else None


def saved_by(attempt: Attempt, known: Catalogue) -> int | None:
    """Return what the cache saved in one attempt; None where nobody paid, or the price is unknown."""
    billed = attempt.cost is not None and not attempt.rehearsed
    priced = known if attempt.batch is None else known.in_batches()
    return priced.find(attempt.model).saved(attempt.usage) if billed else None


def bill(attempts: Iterable[Attempt]) -> int | None:
    """Return what the known bills of *attempts* come to, in micro-dollars; None where not one is known."""
    costs = [attempt.cost for attempt in attempts]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known or not costs else None
