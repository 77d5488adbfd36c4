"""The template files: an author's own and the shipped ones, read once, found by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from jinja2 import BaseLoader, Environment, TemplateNotFound

from storygen.errors import FileError, TemplateError
from storygen.files.inside import read_inside
from storygen.messages import Role
from storygen.outline.tree import Kind
from storygen.shipped import shipped

SUFFIX = ".md.j2"
PREFIX = "storygen/"
"""What a shipped template is called by one that overrides it."""

LARGEST = 200_000
"""Bytes that a template of an author may have."""

_STEP = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One template: the name that Jinja finds it by, where it lies, whether the author made it, its text."""

    name: str
    path: str
    own: bool
    text: str

    @property
    def plain(self) -> str:
        """The name without the prefix: `<kind>/<step>/<role>.md.j2`."""
        return self.name.removeprefix(PREFIX)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All templates. A plain name means the author's file where there is one, else the shipped one."""

    own: Mapping[str, TemplateFile]
    shipped: Mapping[str, TemplateFile]

    def find(self, name: str) -> TemplateFile | None:
        """Return the file that *name* means, if there is one."""
        if name.startswith(PREFIX):
            return self.shipped.get(name.removeprefix(PREFIX))
        return self.own.get(name) or self.shipped.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a template may use for another."""
        return (
            *sorted(self.own.keys() | self.shipped.keys()),
            *(PREFIX + name for name in sorted(self.shipped)),
        )


class ShelfLoader(BaseLoader):
    """Gives Jinja the files of a shelf; it has no folder that it could leave."""

    def __init__(self, shelf: Shelf) -> None:
        """Serve *shelf*."""
        self._shelf = shelf

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool] | None]:
        """Return a template's text and its path, for errors."""
        del environment
        file = self._shelf.find(template)
        if file is None:
            raise TemplateNotFound(template)
        return file.text, file.path, None


def read_shelf(own: Path | None) -> Shelf:
    """Read the shipped templates and those in the folder *own*, which need not exist.

    Files that are not called `<kind>/<step>/<role>.md.j2` are ignored. Raises TemplateError for one that
    is no regular file, leads out of the folder, is too large or is not UTF-8.
    """
    return Shelf(own=_read_own(own) if own else {}, shipped=read_shipped(shipped("templates")))


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
    return {
        name: TemplateFile(name, str(folder / name), own=True, text=_own_text(folder, name))
        for name in _own_names(folder)
    }


def _own_names(folder: Path) -> Iterator[str]:
    """Yield what the folder has of the one shape that counts."""
    for kind in Kind:
        for step in _steps(folder / kind):
            names = (f"{kind}/{step}/{role}{SUFFIX}" for role in Role)
            yield from (name for name in names if _there(folder / name))


def _steps(folder: Path) -> list[str]:
    try:
        names = sorted(step.name for step in folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise TemplateError(f"{folder} cannot be read: {error.strerror}") from error
    return [name for name in names if _STEP.fullmatch(name)]


def _there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _own_text(folder: Path, name: str) -> str:
    try:
        text = read_inside(folder, name, limit=LARGEST)
    except FileError as error:
        raise TemplateError(f"{folder / name}: {error.message}", error.help) from error
    return text.replace("\r\n", "\n")
