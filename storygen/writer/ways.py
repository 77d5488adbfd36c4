"""How long the way from every section to the end of its book is: what cannot be written side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from storygen.outline.tree import Section


def ways(sections: Sequence[Section]) -> dict[str, int]:
    """Return for each of *sections*, by id, the words of the longest chain of sections that begins with it.

    Whoever writes the longest chain first is done soonest: the critical path.

    >>> from storygen.outline.tree import Level, WordTarget
    >>> def section(id, *after): return Section(id, id, 1, 1, Level.PAGE, WordTarget(100, 100), after=after)
    >>> ways([section("a"), section("b", "a"), section("c")])
    {'a': 200, 'b': 100, 'c': 100}
    """
    here = {section.id: section for section in sections}
    following: defaultdict[str, list[str]] = defaultdict(list)
    for section in sections:
        for id_ in section.after:
            following[id_].append(section.id)
    lengths: dict[str, int] = {}
    waiting = list(here)
    while waiting:
        id_ = waiting[-1]
        behind = [each for each in following[id_] if each not in lengths]
        if behind:
            waiting += behind
        else:
            longest = max((lengths[each] for each in following[id_]), default=0)
            lengths[id_] = here[id_].words.aim + longest
            waiting.pop()
    return {id_: lengths[id_] for id_ in here}
