"""Opens a project with what only the command line knows: the environment and the user's own config."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storygen.cli.flags import flags_here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storygen.desk.project import Project
    from storygen.outline.tree import Outline


def user_config() -> Path:
    """Return the path of the user's own settings, which need not exist."""
    return _own_folder() / "config.toml"


def user_keys() -> Path:
    """Return the path of the user's stored keys, which need not exist."""
    return _own_folder() / "keys.json"


def open_here(path: Path, *, flags: Mapping[str, object] | None = None, book: Path | None = None) -> Project:
    """Open the outline at *path* with this environment, *flags* first."""
    from storygen.desk.project import open_project

    return open_project(path, book=book, **_surroundings(flags))


def begin_here(outline: Outline, *, flags: Mapping[str, object]) -> Project:
    """Return the project of an *outline* that is still to be made, with this environment, *flags* first."""
    from storygen.desk.project import begin_project

    return begin_project(outline, **_surroundings(flags))


def source_root_here() -> Path | None:
    """Return where flags, environment or the user's own config say that sources are; None if nobody does."""
    from storygen.settings import Settings, read_toml

    known = Settings.read(os.environ, flags=flags_here(), user=read_toml(user_config()))
    return Path(known.source_root) if known.source_root else None


def _surroundings(flags: Mapping[str, object] | None) -> dict[str, Any]:
    """Return what any project has from where this process runs."""
    from storygen.cli.crash import crash_at
    from storygen.settings import read_toml

    return {
        "environ": os.environ,
        "flags": {**(flags or {}), **flags_here()},
        "user": read_toml(user_config()),
        "key_file": user_keys(),
        "reached": crash_at(os.environ.get("STORYGEN_CRASH_AT", "")),
    }


def _own_folder() -> Path:
    from platformdirs import user_config_path

    return user_config_path("storygen", appauthor=False)
