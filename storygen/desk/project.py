"""An outline with all that belongs to it: its book, its settings, its templates."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storygen.book.folder import Book
from storygen.crash_points import Reached, unwatched
from storygen.errors import FileError, SettingsError
from storygen.files.inside import read_inside
from storygen.outline.read import read_outline
from storygen.outline.tree import Outline
from storygen.prompts.templates import Templates
from storygen.settings import Settings

BOOK_SETTINGS = "storygen.toml"
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Project:
    """What one run works on, read once; `reached` hears how far it is, for tests that kill it there."""

    outline: Outline
    book: Book
    settings: Settings
    templates: Templates
    reached: Reached = unwatched

    @property
    def source_root(self) -> Path:
        """The folder that sources are in: the one that was named, or the outline's own."""
        return Path(self.settings.source_root or self.outline.path.parent)


def open_project(
    path: Path,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, object] | None = None,
    user: str = "",
    key_file: Path | None = None,
    book: Path | None = None,
    reached: Reached = unwatched,
) -> Project:
    """Read the outline at *path* and what lies beside it.

    *flags* come from the command line, *user* is the text of the user's own config, *key_file* where the
    user's keys are stored. Raises OutlineError, SettingsError or TemplateError, before anything else happens.
    """
    settings = _settings(path, environ, flags=flags, user=user, key_file=key_file)
    root = Path(settings.source_root) if settings.source_root else None
    outline = read_outline(path, source_root=root)
    templates = Templates.read(path.parent / "templates")
    return Project(outline, Book.of(path, book=book), settings, templates, reached)


def begin_project(
    outline: Outline,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, object] | None = None,
    user: str = "",
    key_file: Path | None = None,
    reached: Reached = unwatched,
) -> Project:
    """Return the project of an *outline* that is still to be made, with what lies already where it will be.

    Else as `open_project`.
    """
    settings = _settings(outline.path, environ, flags=flags, user=user, key_file=key_file)
    templates = Templates.read(outline.path.parent / "templates")
    return Project(outline, Book.of(outline.path), settings, templates, reached)


def book_settings(folder: Path) -> str:
    """Return the text of the storygen.toml in *folder*, or nothing where there is none.

    Raises SettingsError for one that cannot be read: a pipe, say, or a link that leads out of the folder.
    """
    if not os.path.lexists(folder / BOOK_SETTINGS):
        return ""
    try:
        return read_inside(folder, BOOK_SETTINGS, limit=_LARGEST)
    except FileError as error:
        raise SettingsError(error.message, error.help or "repair or remove the file") from error


def _settings(
    path: Path,
    environ: Mapping[str, str],
    *,
    flags: Mapping[str, object] | None,
    user: str,
    key_file: Path | None,
) -> Settings:
    own = book_settings(path.parent)
    return Settings.read(environ, flags=flags, book=own, user=user, key_file=key_file)
