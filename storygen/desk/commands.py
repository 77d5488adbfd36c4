"""Runs a command that an outline names as a source, where a person has allowed that."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from storygen.errors import FileError

PATIENCE = 60
"""Seconds that a command may take."""

LARGEST = 256 << 10
"""Bytes that it may print."""


def output_of(root: Path, *, environ: Mapping[str, str]) -> Callable[[str], str]:
    """Return what runs a command in *root*, without a shell, and returns what it prints.

    *environ* is all that the command knows of its surroundings. What is returned raises FileError for a
    command that cannot be run, fails, takes too long or prints too much.
    """

    def run(command: str) -> str:
        try:
            printed = subprocess.check_output(  # noqa: S603 - a person has allowed it
                shlex.split(command),
                cwd=root,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stderr=subprocess.STDOUT,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            raise _failed(command, f"took longer than {PATIENCE} seconds") from None
        except subprocess.CalledProcessError as error:
            raise _failed(command, f"ended with code {error.returncode}") from None
        except (OSError, ValueError) as error:
            raise _failed(command, f"cannot be run: {getattr(error, 'strerror', None) or error}") from error
        if len(printed) > LARGEST:
            raise _failed(command, f"printed more than {LARGEST:,} bytes")
        return printed.decode("utf-8", "replace").replace("\r\n", "\n")

    return run


def _failed(command: str, why: str) -> FileError:
    return FileError(f"`{command}`, a source of the outline, {why}", "run it yourself, or take it out")
