"""What has to be written before what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from storygen.draft import Finding
from storygen.outline.scraps import Scalar
from storygen.outline.tree import Kind, PlanStatus, Section
from storygen.text.nearest import nearest

MOST_COMPARED = 2_000
"""Among how many ids the nearest is looked for."""


Wishes: TypeAlias = Mapping[str, tuple[Scalar, ...] | None]
"""For each section the ids that it names in `after`; None where it names none and gets the default."""


def ordered(
    sections: Sequence[Section], wishes: Wishes, *, kind: Kind, below: Mapping[str, Sequence[str]]
) -> tuple[dict[str, tuple[str, ...]], list[Finding]]:
    """Return for each section the ids that must be written before it, and what is wrong with them.

    *below* leads from every id to the sections that it stands for: itself, or all under a heading.
    """
    later = {section.id for section in sections if section.status is PlanStatus.TODO}
    after: dict[str, tuple[str, ...]] = {}
    found: list[Finding] = []
    before: Section | None = None
    for section in sections:
        wish = wishes[section.id]
        if wish is None:
            after[section.id] = default_after(section, before, kind)
        else:
            after[section.id], wrong = _named(section, wish, below, later)
            found += wrong
        if section.status is not PlanStatus.TODO:
            before = section
    return after, found + _circle(sections, after, wishes)


def default_after(section: Section, before: Section | None, kind: Kind) -> tuple[str, ...]:
    """Return what *section* comes after unless it says so itself; *before* is the last one to be written."""
    if before is None or (kind is Kind.DOCS and before.page != section.page):
        return ()
    return (before.id,)


def _named(
    section: Section, wish: Sequence[Scalar], below: Mapping[str, Sequence[str]], later: set[str]
) -> tuple[tuple[str, ...], list[Finding]]:
    ids: list[str] = []
    found = []
    for name in wish:
        if name.text not in below:
            found.append(unknown(name, below))
            continue
        targets = below[name.text]
        if section.id in targets:
            found.append(name.spot.error("outline/cycle", f"`{section.id}` cannot come after itself"))
            continue
        if later.issuperset(targets):
            found.append(_not_yet(name))
        ids += [target for target in targets if target not in later and target not in ids]
    return tuple(ids), found


def unknown(name: Scalar, known: Mapping[str, object]) -> Finding:
    """Say that no section is called *name*."""
    meant = nearest(name.text, known) if len(known) <= MOST_COMPARED else None
    return name.spot.error(
        "outline/unknown-section",
        f"no section has the id `{name.text}`",
        under=f"did you mean `{meant}`?" if meant else "",
        tip="" if meant else "an id is given by `id:`, or made from the title: The Storm is the-storm",
    )


def _not_yet(name: Scalar) -> Finding:
    return name.spot.warning(
        "outline/status", f"`{name.text}` is for later (status: todo), so nothing waits for it"
    )


def _circle(sections: Sequence[Section], after: Mapping[str, Sequence[str]], wishes: Wishes) -> list[Finding]:
    """Find a section that waits for itself by way of others."""
    way = _way_round([section.id for section in sections], after)
    if not way:
        return []
    name = next(named[0] for one in way if (named := wishes[one]))
    shown = " → ".join(way if len(way) <= 8 else [*way[:4], "…", *way[-3:]])  # noqa: PLR2004 - fits a screen
    finding = name.spot.error(
        "outline/cycle", "these sections wait for each other", under="closes the circle"
    )
    return [replace(finding, help=f"{shown}: take one of the arrows away")]


def _way_round(ids: Sequence[str], after: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a way from a section back to itself, in the order of writing; nothing if there is none."""
    done: set[str] = set()
    for start in ids:
        path: list[str] = []
        stack: list[tuple[str, int]] = [(start, 0)] if start not in done else []
        on_path: set[str] = set()
        while stack:
            name, at = stack.pop()
            if at == 0:
                path.append(name)
                on_path.add(name)
            waits_for = after.get(name, ())
            if at >= len(waits_for):
                done.add(name)
                on_path.discard(path.pop())
                continue
            stack.append((name, at + 1))
            following = waits_for[at]
            if following in on_path:
                return [following, *path[: path.index(following) : -1], following]
            if following not in done:
                stack.append((following, 0))
    return []
