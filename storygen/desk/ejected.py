"""What a copy of a shipped template was copied from: its first line says it, a text beside it keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from storygen import __version__
from storygen.book.record import hash_text
from storygen.errors import FileError
from storygen.files.inside import inside, read_inside
from storygen.files.save import save
from storygen.prompts.shelving import LARGEST

KEPT = ".shipped"
"""Where in templates/ the shipped texts lie that copies were made of; nothing else reads them."""

_ORIGIN = re.compile(r"\{# storygen (?P<version>\S+) (?P<name>\S+) (?P<hash>[0-9a-f]+): .* #\}\n")


@dataclass(frozen=True, slots=True)
class Origin:
    """What the first line of a copy says: the version that it was copied from, and the hash of that text."""

    version: str
    hash: str

    def is_of(self, text: str) -> bool:
        """Say whether *text* is what was copied."""
        return self.hash == hash_text(text)


def line_of(name: str, text: str) -> str:
    """Return the first line of a copy of *text*, the shipped template called *name*; no prompt has it.

    >>> print(line_of("docs/section/user.md.j2", "Write."), end="")
    {# storygen 0.1.0 docs/section/user.md.j2 76050b6862606edf: see `storygen templates diff` #}
    """
    return f"{{# storygen {__version__} {name} {hash_text(text)}: see `storygen templates diff` #}}\n"


def origin(text: str) -> Origin | None:
    """Return what the first line of *text* says that it was copied from; None where it says nothing."""
    line = _ORIGIN.match(text)
    return Origin(line["version"], line["hash"]) if line else None


def body(text: str) -> str:
    """Return *text* without the line that says what it was copied from."""
    return _ORIGIN.sub("", text, count=1) if _ORIGIN.match(text) else text


def is_copy(text: str) -> bool:
    """Say whether *text* is a copy that nobody has changed.

    >>> line = line_of("docs/section/user.md.j2", "Write.")
    >>> is_copy(f"{line}Write."), is_copy(f"{line}Draw."), is_copy("Write.")
    (True, False, False)
    """
    copied = origin(text)
    return copied is not None and copied.is_of(body(text))


def keep(folder: Path, name: str, text: str) -> None:
    """Keep *text* in *folder*, an author's templates: what the copy of *name* was made of."""
    target = inside(folder, f"{KEPT}/{name}")
    target.parent.mkdir(parents=True, exist_ok=True)
    save(target, text)


def kept(folder: Path, name: str) -> str | None:
    """Return what was kept for *name*; None where it is gone or cannot be read."""
    try:
        return read_inside(folder, f"{KEPT}/{name}", limit=LARGEST)
    except FileError:
        return None
