"""An outline with all that belongs to it: its book, its settings, its templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storygen.book.folder import Book
from storygen.outline.read import read_outline
from storygen.outline.tree import Outline
from storygen.prompts.templates import Templates
from storygen.settings import Settings, read_toml


@dataclass(frozen=True, slots=True)
class Project:
    """What one run works on, read once."""

    outline: Outline
    book: Book
    settings: Settings
    templates: Templates


def open_project(
    path: Path,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, object] | None = None,
    user: str = "",
    key_file: Path | None = None,
    book: Path | None = None,
) -> Project:
    """Read the outline at *path* and what lies beside it.

    *flags* come from the command line, *user* is the text of the user's own config, *key_file* where the
    user's keys are stored. Raises OutlineError, SettingsError or TemplateError, before anything else happens.
    """
    own = read_toml(path.parent / "storygen.toml")
    settings = Settings.read(environ, flags=flags, book=own, user=user, key_file=key_file)
    outline = read_outline(path)
    return Project(outline, Book.of(path, book=book), settings, Templates.read(path.parent / "templates"))
