"""Reads what an outline names besides itself: sources, a style guide, samples of the author's prose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from storygen.errors import FileError, UsageError
from storygen.files.inside import read_inside
from storygen.outline.paths import LARGEST, LARGEST_SOURCE, chosen, sources_of
from storygen.outline.tree import Outline, Section, SourceRef, Style
from storygen.prompts.context import StyleTexts
from storygen.prompts.sources import Source

Output = Callable[[str], str]
"""Runs a command and returns what it prints; raises StorygenError."""


def refuse(command: str) -> str:
    """Raise UsageError: nobody has allowed *command* to run."""
    raise UsageError(
        f"the outline wants the output of `{command}`, and commands do not run by themselves",
        "read what it does, then add --allow-commands; or save its output in a file and name that file",
    )


class Material:
    """The sources of sections, below one folder; every file is read, and every command run, only once."""

    def __init__(self, root: Path, *, output: Output = refuse) -> None:
        """Read below *root*, and have *output* run commands."""
        self._root, self._output = root, output
        self._texts: dict[SourceRef, str] = {}

    def of(self, section: Section) -> tuple[Source, ...]:
        """Return the sources of *section*, globs in the order of their names, each once.

        Raises FileError for a file that is missing, too large or outside the root, and what running a command
        raises.
        """
        return tuple(Source(ref.name, self.text(ref)) for ref in self.refs(section))

    def refs(self, section: Section) -> tuple[SourceRef, ...]:
        """Return the files, parts of files and commands that the sources of *section* come to."""
        return tuple(
            dict.fromkeys(ref for source in section.sources for ref in sources_of(self._root, source))
        )

    def text(self, ref: SourceRef) -> str:
        """Return what *ref* says, or prints. Raises FileError as `of` does."""
        whole = replace(ref, lines=None)
        if whole not in self._texts:
            self._texts[whole] = (
                self._output(ref.run) if ref.run else read_inside(self._root, ref.path, limit=LARGEST)
            )
        return chosen(self._texts[whole], ref)


def read_style(outline: Outline, style: Style) -> StyleTexts:
    """Read the guide and the samples that *style* names, beside *outline*."""
    root = outline.path.parent
    return StyleTexts(
        guide=read_inside(root, style.guide, limit=LARGEST_SOURCE) if style.guide else "",
        samples=tuple(read_inside(root, name, limit=LARGEST_SOURCE) for name in style.samples),
    )


def named_style(style: Style, texts: StyleTexts) -> dict[str, str]:
    """Return the *texts* of *style* by kind and name: `guide:style/house.md`."""
    guide = {f"guide:{style.guide}": texts.guide} if style.guide else {}
    samples = zip(style.samples, texts.samples, strict=False)
    return guide | {f"sample:{name}": text for name, text in samples}


class Beside:
    """The files that an outline names, as they are now; each is read once, and no command is run."""

    def __init__(self, outline: Outline, *, source_root: Path) -> None:
        """Read beside *outline*, and its sources below *source_root*."""
        self._outline, self._sources = outline, Material(source_root)
        self._style = Material(outline.path.parent)

    def texts(self, section: Section) -> dict[str, str]:
        """Return what the files of *section* say, by kind and name: `source:README.md`.

        Those that are gone, or cannot be read any more, are left out.
        """
        sources = [ref for ref in self._sources.refs(section) if not ref.run]
        found = {f"source:{ref.name}": _text_if_any(self._sources, ref) for ref in sources}
        for style in (self._outline.style, section.style):
            named = [("guide", style.guide)] if style.guide else []
            named += [("sample", name) for name in style.samples]
            found |= {f"{kind}:{name}": _text_if_any(self._style, SourceRef(name)) for kind, name in named}
        return {name: text for name, text in found.items() if text is not None}


def _text_if_any(material: Material, ref: SourceRef) -> str | None:
    try:
        return material.text(ref)
    except FileError:
        return None
