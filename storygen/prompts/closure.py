"""Which sections a section comes after, and which of them lie further back than what it goes on from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

from storygen.outline.tree import Outline, Section


def closure(outline: Outline, section: Section) -> tuple[Section, ...]:
    """Return the sections that must be written before *section*, theirs included, in reading order."""
    found = _reached(outline.by_id, section.after) - {section.id}
    return tuple(sorted((outline.by_id[id_] for id_ in found), key=attrgetter("position")))


def further_back(outline: Outline, section: Section) -> frozenset[str]:
    """Return the ids of what *section* reads summed up: what something before it comes after, in its closure.

    The rest of its closure is what it directly goes on from. It may be written as soon as that is there: the
    digest of that is made meanwhile, and told to those that come after *section*.
    """
    by_id = outline.by_id
    nearest = [by_id[id_] for id_ in section.after if id_ in by_id]
    found = _reached(by_id, (id_ for each in nearest for id_ in each.after))
    return frozenset(id_ for id_ in found if by_id[id_].position < section.position)


def _reached(by_id: Mapping[str, Section], starts: Iterable[str]) -> set[str]:
    """Return the ids that can be reached from *starts*, which are among them, by following `after`."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        id_ = waiting.pop()
        if id_ in by_id and id_ not in found:
            found.add(id_)
            waiting.extend(by_id[id_].after)
    return found
