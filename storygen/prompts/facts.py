"""What earlier sections have established, and the threads that they have left open."""

from __future__ import annotations

from collections.abc import Sequence

from storygen.messages import Count
from storygen.outline.tree import Outline, Section
from storygen.prompts.codex import Known
from storygen.prompts.mentions import Searched, fold
from storygen.prompts.recap import newest


def facts(before: Sequence[Section], known: Sequence[Known], *, limit: int, count: Count) -> tuple[str, ...]:
    """Return what the sections *before* established, the facts about *known* entries before all others."""
    found = list(dict.fromkeys(" ".join(fact.split()) for section in before for fact in section.facts))
    names = [name for each in known for name in each.entry.names]
    near = [fact for fact in found if Searched.of([fact]).first(names)]
    kept = newest([*(fact for fact in found if fact not in near), *near], limit=limit, count=count)
    return tuple(fact for fact in found if fact in kept)


def open_threads(outline: Outline, section: Section) -> tuple[str, ...]:
    """Return the threads that were planted before *section* and that nothing up to its end pays."""
    before = [each for each in outline.sections if each.position < section.position]
    paid = {fold(thread) for each in (*before, section) for thread in each.pay}
    return tuple(
        dict.fromkeys(thread for each in before for thread in each.plant if fold(thread) not in paid)
    )
