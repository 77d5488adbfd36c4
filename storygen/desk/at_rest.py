"""Knows a book in which nothing is to be done, so that what writes need not even be loaded."""

from __future__ import annotations

from collections.abc import Sequence

from storygen.book.drafts import renamings
from storygen.book.lock import hold
from storygen.book.log import Log, judge_log
from storygen.book.record import hash_text
from storygen.book.view import JournalView, view_journal
from storygen.desk.build import is_compiled
from storygen.desk.freshness import is_models, stale
from storygen.desk.project import Project
from storygen.desk.retitled import placed
from storygen.desk.select import Selection
from storygen.desk.states import Shelved, Standing, State, read_book, standings
from storygen.desk.unconfigured import rehearses
from storygen.desk.written import Written


def at_rest(project: Project, selection: Selection, *, rehearse: bool) -> Written | None:
    """Return what a run of *project* would report that finds nothing to do.

    None says that there is something to write, to put on record, to bring back or to compile, or that it
    takes a run to find out. Nothing is changed. Raises StorygenError as a run does.
    """
    book = project.book
    if not book.journal.exists() or judge_log(book.journal) is not Log.SOUND:
        return None
    book.prepare()
    with hold(book), view_journal(book.journal) as journal:
        shelved = read_book(book)
        now = standings(project.outline, shelved)
        rehearsed = rehearse or rehearses(project, shelved)
        rests = (
            selection.everything
            and all(_is_done(each, rehearsed=rehearsed) for each in now)
            and _is_on_record(project, shelved)
            and not journal.any_open
            and not any(_came_from_journal(each, journal) for each in now)
            and is_compiled(project, now, shelved.record)
        )
        if not rests:
            return None
        old = stale(project, now, shelved.record)
    if selection.stale and any(map(is_models, old)):
        return None
    return _written(project, now, old, rehearsed=rehearsed)


def _is_done(standing: Standing, *, rehearsed: bool) -> bool:
    """Say whether nothing is asked for *standing*'s section: no text, and no summing up of it."""
    outdone = standing.state is State.REHEARSED and not rehearsed
    return not standing.section.asked or (standing.whole and not outdone and not standing.section.summed_up)


def _is_on_record(project: Project, shelved: Shelved) -> bool:
    """Say whether no draft waits to be renamed, and the record has every section's beats and place."""
    sections, written = project.outline.sections, shelved.record.sections
    names = (stored.path.name for stored in shelved.drafts.values())
    unnumbered = renamings(names, [section.id for section in sections])
    return not unnumbered and placed(sections, written) == written


def _came_from_journal(standing: Standing, journal: JournalView) -> bool:
    """Say whether what looks like a person's text is a draft that a killed run had no time to record."""
    if standing.state is not State.EDITED:
        return False
    kept = journal.generated(standing.section.id)
    return kept is not None and hash_text(kept.draft.text) == hash_text(standing.text)


def _written(
    project: Project, now: tuple[Standing, ...], old: Sequence[Standing], *, rehearsed: bool
) -> Written:
    return Written(
        drafts=(),
        held_back=(),
        standings=now,
        costs={},
        models={},
        rehearsed=rehearsed,
        manuscript=project.book.manuscript,
        stale=tuple(each.section.id for each in old),
    )
