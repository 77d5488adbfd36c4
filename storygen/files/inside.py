"""Files that are named by an outline or a template: found only inside their folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PureWindowsPath

from storygen.errors import FileError
from storygen.files.trouble import why


def inside(root: Path, name: str) -> Path:
    """Return the real path of what *name* means in the folder *root*, whether or not it exists.

    Raises FileError for an absolute path, for `..`, for what no file can be called, and for a link that
    leads out of *root*.
    """
    if not name.strip() or "\0" in name:
        raise FileError(f"“{name}” is no name for a file")
    windows = PureWindowsPath(name)
    if Path(name).is_absolute() or windows.drive or windows.root:
        raise FileError(f"{name} is an absolute path", f"write it relative to {root}")
    if ".." in windows.parts:
        raise FileError(f"{name} leads upwards with `..`", f"name a file inside {root}")
    return _real(root, name)


def read_inside(root: Path, name: str, *, limit: int) -> str:
    """Return the text of the file *name* in the folder *root*, without a byte order mark.

    Raises FileError as `inside` does, and for what is missing, no regular file, longer than *limit* bytes
    or not UTF-8.
    """
    return _read_text(root, name, inside(root, name), limit=limit)


def read_folder(root: Path, folder: str, names: Iterable[str], *, limit: int) -> Iterator[str]:
    """Yield the text of each file of *names* that lies in *folder* of *root*, one by one.

    They are read as `read_inside` reads one, but the way to the folder is followed once for all of them.
    """
    home = inside(root, folder)
    for name in names:
        whole, path = f"{folder}/{name}", home / name
        yield _read_text(root, whole, inside(root, whole) if path.is_symlink() else path, limit=limit)


def _read_text(root: Path, name: str, path: Path, *, limit: int) -> str:
    try:
        raw = _read_regular(path, name=name, limit=limit)
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(
            f"{name} is not UTF-8 text: byte {error.start + 1} is wrong", "save it as UTF-8"
        ) from error
    except FileNotFoundError as error:
        raise FileError(f"{name} does not exist in {root}") from error
    except OSError as error:
        raise FileError(f"{name} cannot be read: {why(error)}") from error


def _real(root: Path, name: str) -> Path:
    """Follow every link of *name* and make sure that it ends inside *root*."""
    try:
        home = root.resolve()
        path = (home / name).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # Python 3.11 calls a loop of links a RuntimeError
        raise FileError(f"{name} cannot be found: {error}") from error
    if not path.is_relative_to(home):
        raise FileError(f"{name} is a link that leads out of {root}", "copy the file into the folder")
    return path


def _read_regular(path: Path, *, name: str, limit: int) -> bytes:
    """Open *path* once, judge what was opened, and read no more than *limit* bytes."""
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    with os.fdopen(os.open(path, flags), "rb") as file:  # without blocking: nobody may ever write to a pipe
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileError(f"{name} is not a regular file")
        raw = file.read(limit + 1)
    if len(raw) > limit:
        raise FileError(f"{name} is larger than {limit:,} bytes", "name a smaller file")
    return raw
