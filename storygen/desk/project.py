"""An outline with all that belongs to it: its book, its settings, its templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storygen.book.folder import Book
from storygen.crash_points import Reached, unwatched
from storygen.outline.read import read_outline
from storygen.outline.tree import Outline
from storygen.prompts.templates import Templates
from storygen.settings import Settings, read_toml


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


def _settings(
    path: Path,
    environ: Mapping[str, str],
    *,
    flags: Mapping[str, object] | None,
    user: str,
    key_file: Path | None,
) -> Settings:
    own = read_toml(path.parent / "storygen.toml")
    return Settings.read(environ, flags=flags, book=own, user=user, key_file=key_file)
