"""A text that was made to fit a manuscript, and was edited there, goes back to its draft."""

from __future__ import annotations

from storygen.manuscript.fit import labels_in, relabel, trimmed
from storygen.text.markdown import Block, BlockKind, blocks, lines


def unfit(edited: str, *, draft: str, fitted: str) -> str:
    r"""Undo in *edited* what was done to *draft* when it became *fitted*, which somebody edited then.

    Headings go up as far as they were moved down, and labels get their old names back. Where that cannot be
    undone in a plain way, *edited* is returned as it is: it fits already.

    >>> unfit("A wet quay.\n\n### Later", draft="A quay.\n\n# Later", fitted="A quay.\n\n### Later")
    'A wet quay.\n\n# Later'
    """
    if trimmed(draft) == fitted:
        return edited
    own, found = lines(edited), blocks(edited)
    if not _lift(own, _headings(found), _sunk(draft, fitted)):
        return edited
    relabel(own, found, _old_names(draft, fitted))
    return "".join(own)


def _headings(found: list[Block]) -> list[Block]:
    return [block for block in found if block.kind is BlockKind.HEADING and not block.containers]


def _sunk(draft: str, fitted: str) -> int | None:
    """Return by how many levels the headings of *draft* were moved down; None if not all by as many."""
    new = [block.level for block in _headings(blocks(fitted))]
    old = [block.level for block in _headings(blocks(draft))]
    by = {below - above for below, above in zip(reversed(new), reversed(old), strict=False)}
    return None if len(by) > 1 else next(iter(by), 0)


def _old_names(draft: str, fitted: str) -> dict[str, str]:
    """Return the labels that *draft* has by those that *fitted* has instead."""
    old, new = (labels_in(lines(text), blocks(text)) for text in (draft, fitted))
    return {now: before for now, before in zip(new, old, strict=False) if now != before}


def _lift(own: list[str], headings: list[Block], by: int | None) -> bool:
    """Move *headings* up in place and say whether each of them has so many levels above it."""
    if by is None or (by and any(block.level <= by or not block.mark.startswith("#") for block in headings)):
        return False
    for block in headings if by else ():
        own[block.first] = own[block.first].replace(block.mark, "#" * (block.level - by), 1)
    return True
