"""Reads what an outline names besides itself: sources, a style guide, samples of the author's prose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from storygen.errors import UsageError
from storygen.files.inside import read_inside
from storygen.outline.tree import Outline, Section, SourceRef, Style
from storygen.prompts.context import Source, StyleTexts

LARGEST = 256 << 10
"""Bytes of one source or sample."""

_GLOB = set("*?[")


def read_sources(outline: Outline, section: Section) -> tuple[Source, ...]:
    """Read the sources of *section*, globs in the order of their names, each file once.

    Raises FileError for a file that is missing, too large or outside the outline's folder, and UsageError for
    a command, which this version does not run.
    """
    root = outline.path.parent
    names = dict.fromkeys(name for source in section.sources for name in _names(root, source))
    return tuple(Source(name, read_inside(root, name, limit=LARGEST)) for name in names)


def read_style(outline: Outline, style: Style) -> StyleTexts:
    """Read the guide and the samples that *style* names, beside *outline*."""
    root = outline.path.parent
    return StyleTexts(
        guide=read_inside(root, style.guide, limit=LARGEST) if style.guide else "",
        samples=tuple(read_inside(root, name, limit=LARGEST) for name in style.samples),
    )


def _names(root: Path, source: SourceRef) -> Iterator[str]:
    if source.run:
        raise UsageError(
            f"the outline wants the output of `{source.run}`, and commands are not run",
            "save its output in a file and name that file",
        )
    if not _GLOB & set(source.path):
        yield source.path
        return
    for path in sorted(root.glob(source.path)):
        if path.is_file():
            yield path.relative_to(root).as_posix()
