"""Room on the disk that is kept for the last words: a file that goes when nothing else fits any more."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

SIZE = 1 << 20
"""Bytes; enough for the newest text of dozens of streams, and how each of them ended."""

LOW = 1 << 18
"""Bytes; with less free than that the next commit may not fit."""

_NAME = "ballast"


def lay(folder: Path) -> None:
    """Have the ballast lie in *folder*; raises OSError, and leaves nothing behind, where it has no room."""
    path = folder / _NAME
    if path.exists() and path.stat().st_size == SIZE:
        return
    drop(folder)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(os.urandom(SIZE))  # a disk may store zeros as nothing
    except OSError:
        drop(folder)
        raise


def drop(folder: Path) -> None:
    """Give its room back."""
    with suppress(OSError):
        (folder / _NAME).unlink()


def is_low(folder: Path) -> bool:
    """Say whether the disk of *folder* is all but full; one that does not know its size is not."""
    disk = shutil.disk_usage(folder)
    return disk.total > 0 and disk.free < LOW
