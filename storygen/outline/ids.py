"""Every node gets the name that its text is kept under."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from storygen.draft import Finding
from storygen.outline.branch import Branch
from storygen.outline.scraps import Scalar
from storygen.outline.sheet import Spot
from storygen.text.slug import slug

MOST = 100
"""How many clashes are told; more is one mistake made everywhere."""


def name_all(branches: Sequence[Branch], parents: Sequence[int | None]) -> tuple[list[str], list[Finding]]:
    """Return the id of each node, and an error for each that another has already.

    An id comes from `id:`, or else from the title; where nothing is left of it, the level and number count.
    """
    ids = [_id(branch, number) for number, branch in enumerate(branches, 1)]
    first: dict[str, int] = {}
    taken = {_folded(name) for name in ids}
    found: list[Finding] = []
    for index, name in enumerate(ids):
        key = _folded(name)
        if key in first and len(found) < MOST:
            above = parents[index]
            wishes = [f"{ids[above]}-{name}"] if above is not None else []
            wishes += [f"{name}-{number}" for number in range(2, MOST + 3)]
            free = next((wish for wish in wishes if _folded(wish) not in taken), "a-new-name")
            taken.add(_folded(free))
            found.append(_clash(branches[first[key]], branches[index], name, free))
        first.setdefault(key, index)
    return ids, found


def _id(branch: Branch, number: int) -> str:
    own = branch.card.get("id")
    if isinstance(own, Scalar):
        return unicodedata.normalize("NFC", own.text)
    return slug(branch.card.get("title", "")) or f"{branch.level}-{number}"


def _folded(name: str) -> str:
    """Return what is the same for two ids that a disk could take for one."""
    return unicodedata.normalize("NFKC", name).casefold()


def _place(branch: Branch) -> Spot:
    return branch.card.at("id") if "id" in branch.card.spots else branch.spot


def _clash(first: Branch, again: Branch, name: str, free: str) -> Finding:
    place, other = _place(again), _place(first)
    finding = place.error(
        "outline/duplicate-id",
        f"two nodes have the id `{name}`",
        under=f"the first is on line {other.line}",
        tip=f"give this one a name of its own: id: {free}",
    )
    return replace(finding, second=(other.line, other.sheet.line(other.line)))
