"""A text reaches the disk whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from storygen.errors import FileError
from storygen.files.trouble import why

PREFIX, SUFFIX = ".storygen-", ".tmp"
"""How the name of a file begins and ends that is not whole yet; `sweep` removes those of a killed process."""

_UNHEARD_OF = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES}
"""What file systems say that have no way to force a folder to disk."""

_NEXT = "put that right and run the same command again; what was there before is whole"


def save(path: Path, text: str) -> bool:
    """Replace the file *path* by *text* in one step, and say whether that changed anything.

    A reader, or a crash at any moment, finds the old text or the new one. An old file keeps its mode, a
    new one gets what the umask leaves of 0644. A link is replaced, never followed. The folder must exist.
    Raises FileError if *path* is a folder, a pipe or a device, or cannot be written.
    """
    try:
        wanted = text.encode("utf-8")
        mode = _old_mode(path)
        if mode is not None and path.read_bytes() == wanted:
            return False
        _replace(path, wanted, mode=_new_mode() if mode is None else mode)
    except UnicodeEncodeError as error:
        raise FileError(f"{path} cannot be written: its text holds half a character") from error
    except OSError as error:
        raise FileError(f"{path} cannot be written: {why(error)}", _NEXT) from error
    return True


def sweep(folder: Path) -> None:
    """Remove what a killed process left unfinished in *folder*, where nobody else may write meanwhile."""
    with contextlib.suppress(OSError):  # what cannot be removed does no harm
        for path in folder.glob(f"{PREFIX}*{SUFFIX}*"):  # SQLite adds a word for a file beside its own
            path.unlink()


def _old_mode(path: Path) -> int | None:
    """Return the permissions of the regular file *path*; None if there is none, or only a link."""
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISREG(found):
        return stat.S_IMODE(found)
    if stat.S_ISLNK(found):
        return None
    raise FileError(f"{path} cannot be written: it is no regular file", "move it out of the way")


def _new_mode() -> int:
    """Return the permissions of a new file; a process can ask for its umask only by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o644 & ~umask


def _replace(path: Path, wanted: bytes, *, mode: int) -> None:
    """Write a private file beside *path*, force it to disk, and give it the name."""
    beside = path.with_name(f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(wanted)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Force the new name to disk, where there is such a thing as a folder that waits for it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _UNHEARD_OF:
            raise
    finally:
        os.close(handle)
