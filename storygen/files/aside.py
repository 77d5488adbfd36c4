"""A last place for a text that has none: a new file that takes no other's name."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from storygen.errors import FileError
from storygen.files.trouble import why


def put_aside(folder: Path, name: str, text: str) -> Path:
    """Write *text* to a new private file in *folder*, called *name* and some random letters; return its path.

    The folder is made where it is missing. Raises FileError if the text cannot be written there whole.
    """
    path = folder / f"{name}-{secrets.token_hex(4)}.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "surrogatepass"))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                path.unlink()
            raise
    except OSError as error:
        raise FileError(f"{path} cannot be written: {why(error)}") from error
    return path
