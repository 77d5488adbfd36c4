"""The prompt templates: which there are, their text, and a copy of one to make one's own."""

from __future__ import annotations

from pathlib import Path

from storygen.errors import FileError
from storygen.files.inside import inside
from storygen.files.save import save
from storygen.prompts.shelf import TemplateFile
from storygen.prompts.templates import Templates

PREFIX = "storygen/"
"""Before a name, it means the shipped template of that name, whatever the author has."""


def open_templates(folder: Path) -> Templates:
    """Read the shipped templates and those of a book whose outline lies in *folder*."""
    return Templates.read(folder / "templates")


def eject(folder: Path, name: str) -> Path:
    """Copy the shipped template called *name* into *folder*/templates and return the file.

    Raises TemplateError for an unknown name, FileError where the file is already there.
    """
    plain = name.removeprefix(PREFIX)
    text = open_templates(folder).source(PREFIX + plain)
    target = inside(folder, f"templates/{plain}")
    if target.exists():
        raise FileError(
            f"{target} is already there", "it is yours; delete it first to begin from the shipped one"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    save(target, text)
    return target


def listing(templates: Templates) -> tuple[TemplateFile, ...]:
    """Return the templates in force, by name."""
    return templates.list()
