"""Drafts that the journal holds and the book does not: they come back before anything is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storygen.book.attempts import Kept
from storygen.book.freshness import Freshness, freshness
from storygen.book.freshness import changes as changed
from storygen.book.record import hash_text
from storygen.desk.freshness import inputs_again
from storygen.desk.keeping import Keeper
from storygen.desk.states import Standing, State
from storygen.outline.tree import Section
from storygen.writer.events import Noted


def bring_back(keeper: Keeper, now: Sequence[Standing], *, stale: Sequence[Standing]) -> frozenset[str]:
    """Put drafts that the journal holds into the book of *keeper*, say so, and return their sections' ids.

    A deleted one comes back, and one that a killed run had no time to put in the place of another: of a
    rehearsed text, or of one that is *stale* and may go, if it was asked from what would be asked from now.
    """
    found = {kept.draft.id: kept for kept in (*_gone(keeper, now), *_newer(keeper, now, stale))}
    for standing in now:
        if kept := found.get(standing.section.id):
            keeper.lay(standing.section, kept)
    if found:
        keeper.tell(Noted(f"brought back from the journal, nothing was sent: {', '.join(sorted(found))}"))
    return frozenset(found)


def _gone(keeper: Keeper, now: Sequence[Standing]) -> Iterator[Kept]:
    """Yield the drafts of sections without one, or with a rehearsed one where a real one was paid for."""
    for standing in now:
        outdone = standing.state is State.REHEARSED and not keeper.rehearsed
        if standing.state is State.MISSING or outdone:
            yield from _used_last(keeper, standing.section)


def _used_last(keeper: Keeper, section: Section) -> list[Kept]:
    """Return the version of *section* that was in use, or else its newest, if there is one."""
    known = [kept for kept in keeper.journal.versions(section.id) if kept.rehearsed is keeper.rehearsed]
    last = keeper.shelved.record.sections.get(section.id)
    used = [kept for kept in known if last and hash_text(kept.draft.text) == last.text]
    return (used or known)[-1:]


def _newer(keeper: Keeper, now: Sequence[Standing], stale: Sequence[Standing]) -> Iterator[Kept]:
    """Yield the drafts that answer already what would be asked for in the place of *stale* texts."""
    if not stale:
        return
    again = inputs_again(keeper.project, now, keeper.shelved.record)
    for standing in stale:
        section, record = standing.section, keeper.shelved.record.sections
        kept = keeper.journal.generated(section.id, rehearsed=keeper.rehearsed)
        if kept is None or hash_text(kept.draft.text) == record[section.id].text:
            continue
        then = keeper.inputs_of(kept)
        if then and freshness(changed(then, again(section, then))) is not Freshness.STALE:
            yield kept
