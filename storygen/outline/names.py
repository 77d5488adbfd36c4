"""Names in an outline are held against the codex."""

from __future__ import annotations

from collections.abc import Sequence

from storygen.draft import Finding
from storygen.outline.branch import Branch
from storygen.outline.scraps import Scalar
from storygen.outline.tree import Entry
from storygen.text.nearest import nearest

MOST = 100
"""How many names are questioned; more of them means that the codex is of another book."""


def check_names(branches: Sequence[Branch], codex: Sequence[Entry]) -> list[Finding]:
    """Warn of people whom the codex does not know, if it knows any; note places that are nearly in it."""
    people = [entry for entry in codex if entry.kind.casefold() == "character"]
    known = {name.casefold(): entry for entry in codex for name in entry.names}
    found: list[Finding] = []
    for branch in branches:
        if len(found) > MOST:
            break
        pov = branch.card.get("pov")
        named = (*((pov,) if pov else ()), *branch.card.get("cast", ()))
        found += [_unknown(name, people) for name in named if people and name.text.casefold() not in known]
        place = branch.card.get("place")
        if place and place.text.casefold() not in known and (meant := nearest(place.text, _names(codex))):
            found.append(
                place.spot.note("codex/near-name", f"`{place.text}` is nearly `{meant}` of the codex")
            )
    return found


def _names(entries: Sequence[Entry]) -> list[str]:
    return [name for entry in entries for name in entry.names]


def _unknown(name: Scalar, people: Sequence[Entry]) -> Finding:
    meant = nearest(name.text, _names(people))
    entry = next((entry for entry in people if meant in entry.names), None)
    under = ""
    if entry:
        under = f"closest: {entry.name}" + (f' (alias "{meant}")' if meant != entry.name else "")
    return name.spot.warning(
        "codex/unknown-name", f"nobody called `{name.text}` is in the codex", under=under
    )
