"""Runs a command that an outline names as a source, where a person has allowed that."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread

from storygen.errors import FileError

PATIENCE = 60.0
"""Seconds that a command may take."""

LARGEST = 256 << 10
"""Bytes that it may print."""

_SHOWN = 4
"""Lines of a command that failed: the last ones say why."""

_HELP = "run it yourself, or take it out"
_NO_SHELL = f"{_HELP}; no shell reads it, sh -c '...' gives it one"


def output_of(root: Path, *, environ: Mapping[str, str], patience: float = PATIENCE) -> Callable[[str], str]:
    """Return what runs a command in *root*, without a shell, and returns what it prints.

    *environ* is all that the command knows of its surroundings. What is returned raises FileError for a
    command that cannot be run, fails, takes more than *patience* seconds or prints too much.
    """

    def run(command: str) -> str:
        try:
            code, printed = _run(shlex.split(command), root, environ=environ, patience=patience)
        except subprocess.TimeoutExpired:
            raise _failed(command, f"took longer than {patience:g} seconds") from None
        except (OSError, ValueError) as error:
            why = f"cannot be run: {getattr(error, 'strerror', None) or error}"
            raise _failed(command, why, help=_NO_SHELL) from error
        if len(printed) > LARGEST:
            raise _failed(command, f"printed more than {LARGEST:,} bytes")
        text = printed.decode("utf-8", "replace").replace("\r\n", "\n")
        if code:
            raise _failed(command, f"ended with code {code}", notes=tuple(text.splitlines()[-_SHOWN:]))
        return text

    return run


def _run(words: list[str], root: Path, *, environ: Mapping[str, str], patience: float) -> tuple[int, bytes]:
    """Return the exit code of a command and what it printed; of one that prints too much, a byte too many.

    A thread reads, because what the command has started may hold its output open for longer than it lives.
    """
    printed: list[bytes] = []
    ours, theirs = os.pipe()
    reader = Thread(target=_read, args=(ours, printed), daemon=True)
    reader.start()
    with os.fdopen(theirs, "wb") as pipe:
        process = subprocess.Popen(  # noqa: S603 - a person has allowed it
            words,
            cwd=root,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=subprocess.STDOUT,
        )
    try:
        reader.join(patience)
        if not printed:
            raise subprocess.TimeoutExpired(words, patience)
        return (0 if len(printed[0]) > LARGEST else process.wait(patience)), printed[0]
    finally:
        process.kill()
        process.wait()


def _read(end: int, printed: list[bytes]) -> None:
    with os.fdopen(end, "rb") as pipe:
        printed.append(pipe.read(LARGEST + 1))


def _failed(command: str, why: str, *, help: str = _HELP, notes: tuple[str, ...] = ()) -> FileError:  # noqa: A002 - as in errors.py
    return FileError(
        f"`{command}`, a source of the outline, {why}",
        help,
        notes=notes,
    )
