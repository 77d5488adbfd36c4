"""What storygen promises, which tests hold it to that, and who breaks each promise to try those tests.

`promises.toml` is the table. A saboteur is a patch, named after its promise (`i-05-...patch` breaks I-5); its
first line says what it breaks.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
TREE = FOLDER.parents[1]


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise by its name, `I-1` to `I-24`: what it says, and the tests that fail where it is broken."""

    name: str
    says: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saboteur:
    """A change to the code that breaks one promise."""

    patch: Path
    promise: Promise

    @property
    def name(self) -> str:
        """The patch's name without its number: what it does, in a few words."""
        return self.patch.stem.split("-", 2)[2].replace("-", " ")

    @property
    def says(self) -> str:
        """What it breaks, in a sentence."""
        return self.patch.read_text(encoding="utf-8").partition("\n")[0]


def read_promises() -> dict[str, Promise]:
    """Return all promises by their names, in their order."""
    table = tomllib.loads((FOLDER / "promises.toml").read_text(encoding="utf-8"))
    return {name: Promise(name, row["says"], tuple(row["tests"])) for name, row in table.items()}


def read_saboteurs() -> tuple[Saboteur, ...]:
    """Return every saboteur with the promise that it breaks; a name without a promise is a KeyError."""
    promises = read_promises()
    return tuple(
        Saboteur(patch, promises[f"I-{int(patch.name.split('-')[1])}"])
        for patch in sorted(FOLDER.glob("*.patch"))
    )
