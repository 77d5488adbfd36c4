"""What storygen has changed in a template since its author copied it, and what the author has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from storygen.desk.ejected import Origin, body, kept, origin
from storygen.desk.templates import FOLDER, open_templates, own_files
from storygen.prompts.shelf import TemplateFile
from storygen.prompts.templates import Templates
from storygen.text.differences import by_lines

_EXTENDS = re.compile(r"\{%[-+]?\s*extends\s")
_BLOCK = re.compile(r"\{%[-+]?\s*block\s+(\w+)")


class Base(StrEnum):
    """What is known of how an author's template came to be."""

    KNOWN = "known"
    """It was copied, and what it was copied from is there."""
    LOST = "lost"
    """It was copied, and neither storygen nor the folder has that text any more."""
    UNSAID = "unsaid"
    """It does not say that it was copied."""
    BLOCKS = "blocks"
    """It extends another and overrides blocks: nothing was copied."""
    OWN = "own"
    """storygen has none of its name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a template of an author stands to the shipped one of its name.

    `upstream` is what storygen has changed since it was copied from `version`, `own` what its author has.
    Where nobody knows what it was copied from, `own` is all that sets it apart from the shipped one of today.
    `blocks` are those that it overrides.
    """

    name: str
    base: Base
    version: str = ""
    upstream: str = ""
    own: str = ""
    blocks: tuple[str, ...] = ()


def differences(folder: Path, names: Iterable[str] = ()) -> tuple[Difference, ...]:
    """Return how the templates of an author called *names*, or all, stand to the shipped ones.

    Raises UsageError for a name that is none of the author's.
    """
    templates = open_templates(folder)
    return tuple(difference(folder, templates, file) for file in own_files(templates, names))


def difference(folder: Path, templates: Templates, file: TemplateFile) -> Difference:
    """Return how *file* stands to the shipped one; it is one of *templates*, of the outline in *folder*."""
    now = {each.plain: each.text for each in templates.all_shipped}.get(file.name)
    copied = origin(file.text)
    if now is None:
        return Difference(file.name, Base.OWN)
    if copied is not None:
        return _copied(file, copied, now=now, kept=kept(folder / FOLDER, file.name))
    if _EXTENDS.search(file.text):
        return Difference(file.name, Base.BLOCKS, blocks=tuple(_BLOCK.findall(file.text)))
    return Difference(file.name, Base.UNSAID, own=_apart(file, now, "storygen's of today"))


def _copied(file: TemplateFile, copied: Origin, *, now: str, kept: str | None) -> Difference:
    base = next((text for text in (now, kept) if text is not None and copied.is_of(text)), None)
    if base is None:
        own = _apart(file, now, "storygen's of today")
        return Difference(file.name, Base.LOST, copied.version, own=own)
    was = f"storygen's of {copied.version}"
    upstream = by_lines(base, now, names=(was, "storygen's of today"))
    return Difference(file.name, Base.KNOWN, copied.version, upstream, _apart(file, base, was))


def _apart(file: TemplateFile, text: str, name: str) -> str:
    """Return what sets *file* apart from the *text* that is called *name*."""
    return by_lines(text, body(file.text), names=(name, "yours"))
