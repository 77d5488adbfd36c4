"""The account of a run that does not come to its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from storygen.book.attempts import spent
from storygen.book.journal import Journal
from storygen.desk.project import Project
from storygen.desk.states import read_book, standings, state_of_all
from storygen.draft import total_usage
from storygen.errors import StorygenError
from storygen.writer.events import BrokeOff, Tell


@contextmanager
def accounted(project: Project, journal: Journal, *, since: int, tell: Tell) -> Iterator[None]:
    """Tell what the attempts after *since* came to where an error, or somebody, stops the run in here."""
    try:
        yield
    except BaseException:
        with suppress(StorygenError):  # what stopped the run says more
            made = journal.attempts(after=since)
            state = state_of_all(standings(project.outline, read_book(project.book)))
            tell(BrokeOff(spent(made), total_usage(attempt.usage for attempt in made), state))
        raise
