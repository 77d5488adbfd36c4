"""The prompt templates: which there are, and a copy of one to make one's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from storygen.desk.ejected import body, keep, line_of, origin
from storygen.errors import FileError, UsageError
from storygen.files.inside import inside
from storygen.files.save import save
from storygen.prompts.shelf import PREFIX, TemplateFile
from storygen.prompts.templates import Templates

FOLDER = "templates"
"""Where an author's templates lie, beside the outline."""


def open_templates(folder: Path) -> Templates:
    """Read the shipped templates and those of a book whose outline lies in *folder*."""
    return Templates.read(folder / FOLDER)


def eject(folder: Path, name: str) -> Path:
    """Copy the shipped template called *name* into *folder*/templates and return the file.

    Its first line says what it was copied from, and that text is kept beside it. Raises TemplateError for an
    unknown name, FileError where the file is already there.
    """
    plain = name.removeprefix(PREFIX)
    text = open_templates(folder).source(PREFIX + plain)
    target = inside(folder, f"{FOLDER}/{plain}")
    if target.exists():
        raise FileError(
            f"{target} is already there", "it is yours; delete it first to begin from the shipped one"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    keep(folder / FOLDER, plain, text)
    save(target, line_of(plain, text) + text)
    return target


def take_over(folder: Path, name: str) -> Path:
    """Say of the template called *name* that the changes to the shipped one are in it; return the file.

    Its first line names the shipped text of today, which is kept beside it; the rest stays as it is. Raises
    UsageError where it was copied from nothing.
    """
    templates = open_templates(folder)
    (file,) = own_files(templates, [name])
    if origin(file.text) is None:
        raise UsageError(
            f"{file.path} was not copied from a shipped template", "there is nothing to take over"
        )
    text = templates.source(PREFIX + name)
    keep(folder / FOLDER, name, text)
    target = inside(folder, f"{FOLDER}/{name}")
    save(target, line_of(name, text) + body(file.text))
    return target


def own_files(templates: Templates, names: Iterable[str] = ()) -> list[TemplateFile]:
    """Return the templates that are an author's: those called *names*, or all.

    Raises UsageError for a name that is none of them.
    """
    own = {file.name: file for file in templates.list() if file.own}
    wanted = list(names)
    if missing := [name for name in wanted if name not in own]:
        raise UsageError(f"there is no {missing[0]} among your templates", "see `storygen templates list`")
    return [own[name] for name in wanted or own]
