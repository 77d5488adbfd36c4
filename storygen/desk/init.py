"""Begins a book: a small project, or a shipped outline copied into a folder of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from storygen.errors import FileError, UsageError
from storygen.files.save import save
from storygen.outline.read import read_outline
from storygen.outline.schema import schema
from storygen.shipped import shipped
from storygen.text.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from storygen.outline.tree import Kind, Outline

SCHEMA = Path(".storygen/outline.schema.json")
"""Where editors find the schema that a new outline's first line names."""

_OUTLINES = ("outline.yaml", "outline.md")


@dataclass(frozen=True, slots=True)
class Shipped:
    """An outline that came with storygen: the name for `init --from`, and what is in it."""

    name: str
    outline: Outline


def shipped_outlines() -> tuple[Shipped, ...]:
    """Read every shipped outline, in the order of their names."""
    with as_file(shipped("outlines")) as folder:
        return tuple(
            Shipped(path.parent.name, read_outline(path))
            for path in sorted(folder.glob("*/outline.*"))
            if path.name in _OUTLINES
        )


def begin(folder: Path, *, kind: Kind) -> tuple[Path, ...]:
    """Write a small project of one outline into *folder*; return the files, the outline first.

    Raises FileError where an outline is already there: nothing is overwritten.
    """
    starter = files("storygen") / "desk" / "starter" / f"{kind}.yaml"
    return _lay(folder, {Path("outline.yaml"): starter.read_text(encoding="utf-8")})


def begin_from(folder: Path, *, name: str) -> tuple[Path, ...]:
    """Copy the shipped outline called *name* into *folder*; return the files, the outline first.

    Raises UsageError for a name that is not shipped, FileError where a file is already there.
    """
    root = shipped("outlines")
    names = sorted(item.name for item in root.iterdir() if item.is_dir())
    if name not in names:
        close = nearest(name, names)
        raise UsageError(
            f"no shipped outline is called `{name}`",
            f"did you mean `{close}`?" if close else f"choose one of {', '.join(names)}",
        )
    return _lay(folder, {path: item.read_text(encoding="utf-8") for path, item in _walk(root / name)})


def _walk(folder: Traversable, base: Path = Path()) -> Iterator[tuple[Path, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _walk(item, base / item.name)
        else:
            yield base / item.name, item


def _lay(folder: Path, texts: dict[Path, str]) -> tuple[Path, ...]:
    taken = sorted(str(path) for path in (*texts, *map(Path, _OUTLINES)) if (folder / path).exists())
    if taken:
        raise FileError(f"{folder} already has {taken[0]}", "choose another folder; nothing was written")
    order = sorted(texts, key=lambda path: (path.name not in _OUTLINES, path))
    lay_schema(folder)
    for path, text in texts.items():
        _save(folder, path, text)
    return tuple(folder / path for path in order)


def lay_schema(folder: Path) -> None:
    """Put the schema of outlines where editors find it for a book in *folder*. Raises FileError."""
    _save(folder, SCHEMA, json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")


def _save(folder: Path, path: Path, text: str) -> None:
    try:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder} cannot be made: {error.strerror}", "choose another folder") from error
    save(folder / path, text)
