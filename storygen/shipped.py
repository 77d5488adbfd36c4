"""Finds `templates/` and `outlines/` in a wheel, a zip or a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from storygen.errors import FileError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def shipped(folder: str) -> Traversable:
    """Return the folder called *folder*: inside the package once installed, beside it in a checkout.

    Raises FileError where neither is there. A folder beside the package counts only if the project's
    `pyproject.toml` is there too, so that nobody else's templates are ever read.
    """
    inside = files("storygen") / folder
    if inside.is_dir():
        return inside
    checkout = Path(__file__).parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / folder).is_dir():
        return checkout / folder
    raise FileError(f"this copy of storygen came without its {folder}", "install storygen again")
