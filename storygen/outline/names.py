"""Names in an outline are held against the codex."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from storygen.draft import Finding
from storygen.outline.branch import Branch
from storygen.outline.scraps import Scalar
from storygen.outline.tree import Entry
from storygen.text.nearest import nearest

MOST = 100
"""How many names are questioned; more of them means that the codex is of another book."""

ALIKE = 0.85
"""From this likeness on, a place is taken for a misspelt one of the codex."""


def check_names(branches: Sequence[Branch], codex: Sequence[Entry]) -> list[Finding]:
    """Warn of people whom the codex does not know, if it knows any; note places that are nearly in it.

    Only an entry whose kind says so is a place; a codex without a character knows nobody. Kinds may be
    written in any language, so a name is known whatever its entry's kind.
    """
    places = [entry for entry in codex if entry.kind.casefold() == "place"]
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
        if place and (meant := _misspelt(place.text, _names(places))):
            found.append(
                place.spot.note("codex/near-name", f"`{place.text}` is nearly `{meant}` of the codex")
            )
    return found


def _misspelt(place: str, names: Sequence[str]) -> str | None:
    """Return the name that *place* nearly is; None where it names one whole, or something else.

    >>> _misspelt("lamp rooms", ["Lamp room"]), _misspelt("door of the lamp room", ["Lamp room"])
    ('Lamp room', None)
    >>> _misspelt("the ferry saloon", ["the ferry clock"])
    """
    folded = place.casefold()
    if any(re.search(rf"\b{re.escape(name.casefold())}\b", folded) for name in names):
        return None
    close = nearest(place, names)
    alike = SequenceMatcher(None, folded, close.casefold()).ratio() if close else 0
    return close if alike >= ALIKE else None


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
