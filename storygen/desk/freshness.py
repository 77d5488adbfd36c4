"""How fresh every section is: what it was asked from, beside what it would be asked from now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from storygen.book.freshness import Change, Freshness, changes, freshness, name_of, names_in
from storygen.book.record import Record
from storygen.desk.digests import digests_of
from storygen.desk.inputs import Inputs
from storygen.desk.material import Beside
from storygen.desk.project import Project
from storygen.desk.states import Standing, State
from storygen.outline.tree import Section

Hashes: TypeAlias = Mapping[str, str]
"""The inputs of a section: their hashes by name."""


@dataclass(frozen=True, slots=True)
class Look:
    """How fresh a section is, and for what changes, those that make it stale first."""

    freshness: Freshness
    changes: tuple[Change, ...]


FRESH = Look(Freshness.FRESH, ())


def looks(project: Project, now: Iterable[Standing], record: Record) -> dict[str, Look]:
    """Return by id how fresh the sections are that have a text and a *record* of what it came from."""
    standings = tuple(now)
    again = inputs_again(project, standings, record)
    found = {}
    for standing in standings:
        written = record.sections.get(standing.section.id)
        if standing.stored and standing.whole and written and written.inputs:
            what = changes(written.inputs, again(standing.section, written.inputs))
            found[standing.section.id] = Look(freshness(what), what)
    return found


def inputs_again(
    project: Project, now: Iterable[Standing], record: Record
) -> Callable[[Section, Hashes], Hashes]:
    """Return what gives the inputs that a section has *now*, and what has become of those that it had.

    What a command prints now is not known, so that it is taken to be what it was.
    """
    standings = tuple(now)
    inputs = Inputs(project, Beside(project.outline, source_root=project.source_root).texts)
    texts = {standing.section.id: standing.text for standing in standings if standing.whole}
    digests = digests_of(project, standings, record, rehearsed=True).told

    def again(section: Section, then: Hashes) -> Hashes:
        printed = [name_of("source", ref.name) for ref in section.sources if ref.run]
        unseen = {name: then[name] for name in printed if name in then}
        told, full = names_in(then, "~codex"), "~before" in then
        return {**inputs.at(section, texts, digests, told=told, full=full), **unseen}

    return again


def stale(project: Project, now: Iterable[Standing], record: Record) -> tuple[Standing, ...]:
    """Return those *now* whose text is stale."""
    standings = tuple(now)
    found = looks(project, standings, record)
    return tuple(
        standing
        for standing in standings
        if found.get(standing.section.id, FRESH).freshness is Freshness.STALE
    )


def replaceable(project: Project, now: Iterable[Standing], record: Record) -> frozenset[str]:
    """Return the ids of the sections whose text is stale and may be replaced, because nobody edited it."""
    return frozenset(each.section.id for each in stale(project, now, record) if is_models(each))


def is_models(standing: Standing) -> bool:
    """Say whether a text is a model's, asked for and changed by nobody: only such a one may be replaced."""
    return standing.state in {State.DRAFT, State.REHEARSED} and standing.section.asked
