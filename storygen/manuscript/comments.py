"""The invisible comments by which a manuscript knows its sections again."""

from __future__ import annotations

import re

from storygen.text.markdown import Block, BlockKind

REHEARSAL = "<!-- storygen: rehearsal, written by the built-in model; no real model wrote this text -->"

_SECTION = re.compile(r"<!-- storygen: ([^\s()<>]+)(?: \([^()<>]*\))? -->\s*\Z")


def section_comment(id: str, *, remark: str = "") -> str:  # noqa: A002 - the word of the outline
    """Return the comment in front of the section *id*, with a *remark* about it.

    >>> section_comment("the-boat", remark="not written yet")
    '<!-- storygen: the-boat (not written yet) -->'
    """
    return f"<!-- storygen: {id} ({remark}) -->" if remark else f"<!-- storygen: {id} -->"


def section_of(block: Block) -> str:
    """Return the id of the section that *block* is the comment of; nothing if it is none.

    >>> from storygen.text.markdown import blocks
    >>> [section_of(block) for block in blocks("<!-- storygen: the-boat (not written yet) -->")]
    ['the-boat']
    """
    found = _SECTION.match(block.text) if block.kind is BlockKind.HTML and not block.containers else None
    return found[1] if found else ""
