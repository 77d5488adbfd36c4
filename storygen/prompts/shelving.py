"""Reads the template files: what comes with storygen, and what an author has put beside the outline."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path

from storygen.errors import FileError, TemplateError
from storygen.files.inside import inside, read_inside
from storygen.messages import Role
from storygen.outline.tree import Kind
from storygen.prompts.shelf import PREFIX, SUFFIX, Shelf, TemplateFile
from storygen.shipped import shipped

LARGEST = 200_000
"""Bytes that a template of an author may have."""

LARGEST_ALL = 2_000_000
"""Characters that all templates of an author may have together."""

MOST = 100
"""Steps that a folder may have of its own; those of storygen are a handful."""

_STEP = re.compile(r"[a-z]+")
_LOOKS_LIKE_ONE = {".j2", ".jinja", ".jinja2"}


def read_shelf(own: Path | None) -> Shelf:
    """Read the shipped templates and those in the folder *own*, which need not exist.

    Files that are not called `<kind>/<step>/<role>.md.j2` are not read, and nothing outside of the folder is
    opened. Raises TemplateError for one that is no regular file, leads out of the folder, is too large or is
    not UTF-8.
    """
    found = _read_own(own) if own else {}
    misnamed = dict(_misnamed(own, found)) if own else {}
    return Shelf(own=found, shipped=read_shipped(shipped("templates")), misnamed=misnamed)


def read_shipped(folder: Traversable) -> Mapping[str, TemplateFile]:
    """Read the templates in *folder*, which may be inside a zip."""
    found: dict[str, TemplateFile] = {}
    for kind in Kind:
        for step in sorted((folder / kind).iterdir(), key=lambda step: step.name):
            for role in Role:
                file = step / f"{role}{SUFFIX}"
                if file.is_file():
                    name = f"{kind}/{step.name}/{role}{SUFFIX}"
                    text = file.read_text(encoding="utf-8")
                    found[name] = TemplateFile(PREFIX + name, PREFIX + name, own=False, text=text)
    return found


def _read_own(folder: Path) -> Mapping[str, TemplateFile]:
    found = {}
    for name in _own_names(folder):
        found[name] = TemplateFile(name, str(folder / name), own=True, text=_own_text(folder, name))
        if sum(len(file.text) for file in found.values()) > LARGEST_ALL:
            raise TemplateError(f"the templates in {folder} are larger than {LARGEST_ALL:,} characters")
    return found


def _own_names(folder: Path) -> Iterator[str]:
    """Yield what the folder has of the one shape that counts."""
    for kind in Kind:
        for step in _steps(folder, kind):
            names = (f"{kind}/{step}/{role}{SUFFIX}" for role in Role)
            yield from (name for name in names if os.path.lexists(folder / name))


def _misnamed(folder: Path, own: Mapping[str, TemplateFile]) -> Iterator[tuple[str, str]]:
    """Yield what lies in *folder*, looks like a template and is none of its *own*: its name, its path."""
    names = {name.casefold() for name in own}
    places = islice(os.walk(folder), MOST)
    files = (Path(place, name) for place, _, found in places for name in found)
    for file in islice(files, MOST):
        path = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in path.parts)
        if path.suffix in _LOOKS_LIKE_ONE and path.as_posix().casefold() not in names and not hidden:
            yield path.as_posix(), str(file)


def _steps(folder: Path, kind: Kind) -> list[str]:
    """Return the steps that *folder* has for *kind*. Raises TemplateError where a link leads elsewhere."""
    if _leads_away(folder):
        raise TemplateError(f"{folder} is a link that leads elsewhere", "copy them into a real folder")
    try:
        home = inside(folder, kind)
        names = [each.name for each in islice(home.iterdir(), MOST + 1)] if home.is_dir() else []
    except FileError as error:
        raise TemplateError(error.message, error.help) from error
    except OSError as error:
        raise TemplateError(f"{folder / kind} cannot be read: {error.strerror}") from error
    if len(names) > MOST:
        raise TemplateError(f"{folder / kind} holds more than {MOST} files", "keep other things elsewhere")
    return sorted(name for name in names if _STEP.fullmatch(name))


def _leads_away(folder: Path) -> bool:
    try:
        inside(folder.parent, folder.name)
    except FileError:
        return True
    return False


def _own_text(folder: Path, name: str) -> str:
    try:
        text = read_inside(folder, name, limit=LARGEST)
    except FileError as error:
        raise TemplateError(f"{folder / name}: {error.message}", error.help) from error
    return text.replace("\r\n", "\n")
