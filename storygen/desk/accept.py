"""Accepts texts as they are: what a section would be written from now counts as what it was written from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from storygen.book.freshness import Freshness
from storygen.book.lock import hold
from storygen.book.record import write_record
from storygen.desk.freshness import FRESH, inputs_again, looks
from storygen.desk.project import Project
from storygen.desk.select import find
from storygen.desk.states import Standing, read_book, standings
from storygen.errors import UsageError
from storygen.outline.tree import Section


@dataclass(frozen=True, slots=True)
class Accepted:
    """A section whose text is right as it is, and how fresh it was until now."""

    section: Section
    freshness: Freshness


def accept(project: Project, ids: Iterable[str]) -> tuple[Accepted, ...]:
    """Record, without a call, that the texts of the sections called *ids* are right as they are.

    An edited text stays its author's. Raises UsageError for an id without a text, before anything is changed.
    """
    project.book.prepare()
    with hold(project.book):
        shelved = read_book(project.book)
        now = standings(project.outline, shelved)
        by_id = {standing.section.id: standing for standing in now}
        chosen = [by_id[find(project.outline, id_).id] for id_ in dict.fromkeys(ids)]
        _refuse_unwritten(chosen)
        before = looks(project, now, shelved.record)
        again = inputs_again(project, now, shelved.record)
        sections = dict(shelved.record.sections)
        for standing in chosen:
            if written := sections.get(standing.section.id):
                sections[standing.section.id] = replace(
                    written, inputs=again(standing.section, written.inputs)
                )
        write_record(project.book, replace(shelved.record, sections=sections))
    return tuple(Accepted(each.section, before.get(each.section.id, FRESH).freshness) for each in chosen)


def _refuse_unwritten(chosen: Iterable[Standing]) -> None:
    for standing in chosen:
        if not (standing.whole and standing.text.strip()):
            raise UsageError(
                f"`{standing.section.id}` is not written yet, so there is nothing to accept",
                "`storygen status` shows what is there",
            )
