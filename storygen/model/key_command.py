"""Asks a person's own program, such as a password manager, for a key."""

from __future__ import annotations

import shlex
import subprocess

from storygen.errors import KeyMissing
from storygen.model.keys import Key, Source

PATIENCE = 120
"""Seconds; the program may ask for a password or a touch."""

_HELP = "run the key_command of your config.toml yourself: the first line that it prints has to be the key"


def key_from(command: str, *, patience: float = PATIENCE) -> Key:
    """Run *command*, without a shell, and return the key that is the first line of its stdout.

    The program may talk to the person over stdin and stderr. Raises KeyMissing if it fails.
    """
    words = shlex.split(command)
    try:
        printed = subprocess.check_output(words, timeout=patience)  # noqa: S603 - a program of the user's choice
    except subprocess.TimeoutExpired:
        raise _no_key(words, f"took longer than {patience:g} seconds") from None
    except subprocess.CalledProcessError as error:
        raise _no_key(words, f"ended with code {error.returncode}") from None
    except (OSError, ValueError) as error:
        raise _no_key(words, f"cannot be run: {getattr(error, 'strerror', None) or 'no such name'}") from None
    lines = printed.decode("utf-8", "replace").splitlines()
    if not lines or not lines[0].strip():
        raise _no_key(words, "printed nothing")
    return Key(lines[0], Source.COMMAND)


def _no_key(words: list[str], why: str) -> KeyMissing:
    """Return the error of a program that gave no key; its causes hold what it printed, so none is chained."""
    return KeyMissing(f"key_command ({words[0]}) {why}", _HELP)
