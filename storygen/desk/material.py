"""Reads what an outline names besides itself: sources, a style guide, samples of the author's prose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from storygen.errors import FileError, UsageError
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
    return tuple(
        Source(name, read_inside(root, name, limit=LARGEST)) for name in _all_names(root, section.sources)
    )


def read_style(outline: Outline, style: Style) -> StyleTexts:
    """Read the guide and the samples that *style* names, beside *outline*."""
    root = outline.path.parent
    return StyleTexts(
        guide=read_inside(root, style.guide, limit=LARGEST) if style.guide else "",
        samples=tuple(read_inside(root, name, limit=LARGEST) for name in style.samples),
    )


def named_style(style: Style, texts: StyleTexts) -> dict[str, str]:
    """Return the *texts* of *style* by kind and name: `guide:style/house.md`."""
    guide = {f"guide:{style.guide}": texts.guide} if style.guide else {}
    samples = zip(style.samples, texts.samples, strict=False)
    return guide | {f"sample:{name}": text for name, text in samples}


class Beside:
    """The files that an outline names, as they are now; each is read once."""

    def __init__(self, outline: Outline) -> None:
        """Read beside *outline*."""
        self._outline = outline
        self._texts: dict[str, str | None] = {}

    def texts(self, section: Section) -> dict[str, str]:
        """Return what the files of *section* say, by kind and name: `source:README.md`.

        Those that are gone, or cannot be read any more, are left out.
        """
        read = [each for each in section.sources if not each.run]
        names = [("source", name) for name in _all_names(self._outline.path.parent, read)]
        for style in (self._outline.style, section.style):
            names += [("guide", style.guide)] if style.guide else []
            names += [("sample", name) for name in style.samples]
        found = {f"{kind}:{name}": self._text(name) for kind, name in names}
        return {name: text for name, text in found.items() if text is not None}

    def _text(self, name: str) -> str | None:
        if name not in self._texts:
            try:
                self._texts[name] = read_inside(self._outline.path.parent, name, limit=LARGEST)
            except FileError:
                self._texts[name] = None
        return self._texts[name]


def _all_names(root: Path, sources: Iterable[SourceRef]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for source in sources for name in _names(root, source)))


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
