"""The file of the keys that a person stored: private, and by the origin they belong to."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from storygen.errors import FileError, SettingsError
from storygen.files.save import save
from storygen.model.endpoint import origin
from storygen.model.keys import Key, Source
from storygen.model.strict_json import read_json

_OTHERS = 0o077
"""The permissions of everybody but the owner."""


def stored_keys(path: Path) -> dict[str, Key]:
    """Return the keys stored at *path*, by origin; none where there is no such file.

    Raises SettingsError if anybody else may read it, or if it makes no sense, FileError if nobody can.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from error
    if os.name == "posix" and mode & _OTHERS:
        raise SettingsError(
            f"{path} holds keys, and others on this machine may read or change it",
            f"make it private (chmod 600 {path}); if it has been open for long, make new keys",
        )
    return _read(path)


def store_key(path: Path, base_url: str, key: Key) -> None:
    """Keep *key* at *path* for the origin of *base_url*, in the place of an older one.

    The file is its owner's alone, and so is its folder. Raises FileError and SettingsError.
    """
    folder, path = path.parent, path.resolve()  # whoever keeps it behind a link wants to keep the link
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(stat.S_IRWXU)
        path.touch(mode=0o600)
        path.chmod(0o600)
    except OSError as error:
        raise FileError(f"no key can be stored in {path}: {error.strerror}") from error
    keys = _read(path) | {origin(base_url): key}
    save(path, json.dumps({where: kept.secret for where, kept in keys.items()}, indent=2) + "\n")


def _read(path: Path) -> dict[str, Key]:
    try:
        raw = read_json(path.read_bytes() or b"{}")
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError:
        raw = None
    if not isinstance(raw, dict) or not all(isinstance(secret, str) for secret in raw.values()):
        raise SettingsError(f"{path} holds no keys as storygen stores them", "remove it and store them again")
    return {str(where): Key(secret, Source.STORED) for where, secret in raw.items()}
