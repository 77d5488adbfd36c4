"""What a section is told of those before it: the nearest one by one, the rest by their headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storygen.draft import Digest
from storygen.messages import Count
from storygen.outline.tree import Heading, Outline, Section
from storygen.prompts.plan import about, clip

NEAREST = 5
"""How many sections before are recapped one by one, and listed by how they begin and end."""

COLLAPSED = 12
"""How many headings that are finished before those keep a line; the plan has the others."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest lines, as many as there is room for, and how many older ones are `left_out`."""

    lines: tuple[str, ...]
    left_out: int


def recap(
    outline: Outline,
    written: Sequence[Section],
    *,
    digests: Mapping[str, Digest],
    limit: int,
    count: Count,
) -> Newest:
    """Return a line for each of the nearest *written* sections, and for what is finished before them.

    Those that have *digests*, by id, are told as these say, the others as their cards do. They come in
    reading order; where they need more than *limit* tokens, the oldest are left out.
    """
    finished = _finished(outline, written[:-NEAREST], most=COLLAPSED)
    near = (_recalled(each, digests.get(each.id)) for each in written[-NEAREST:])
    lines = [*finished, *near]
    return newest(lines, limit=limit, count=count)


def newest(lines: Sequence[str], *, limit: int, count: Count) -> Newest:
    """Keep the last of *lines*, as many as fit."""
    start = len(lines)
    left = limit
    while start and (left := left - count(lines[start - 1]) - 1) >= 0:
        start -= 1
    return Newest(tuple(lines[start:]), left_out=start)


def _recalled(section: Section, digest: Digest | None) -> str:
    """Say in a line what *section* did and how it left things."""
    did = " ".join(digest.happened.split()) if digest else clip(about(section), words=60)
    left = f"At its end: {clip(section.leave, words=40)}" if section.leave else ""
    return f"{clip(section.title, words=20)}: {' '.join(filter(None, (did, left)))}".removesuffix(": ")


def _finished(outline: Outline, written: Sequence[Section], *, most: int) -> list[str]:
    """Give the last *most* outermost headings above *written* one line: a summary, or the titles below it."""
    groups: dict[str, list[Section]] = {}
    for section in written:
        groups.setdefault("".join(section.parents[:1]), []).append(section)
    return [_collapsed(outline.headings.get(id_), group) for id_, group in [*groups.items()][-most:]]


def _collapsed(heading: Heading | None, group: Sequence[Section]) -> str:
    title = heading.title if heading else "Before that"
    told = heading.summary if heading else ""
    return f"{title}: {clip(told or '; '.join(section.title for section in group), words=40)}"
