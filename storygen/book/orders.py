"""What was last asked of a section besides writing it once: kept, so that a killed run can go on with it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from storygen.book.folder import Book
from storygen.errors import FileError
from storygen.files.inside import inside, read_inside
from storygen.files.save import save

_LIMIT = 1 << 20


class Verb(StrEnum):
    """What can be asked of a section that has a text."""

    REWRITE = "rewrite"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Order:
    """One wish for a section, and how far it has come.

    `words` are those that a continuation adds, 0 where nobody said. `base` is the number of the version that
    it began from, `known` how many versions there were, `after` the id of the last attempt before it: what is
    newer belongs to it. `made` are the hashes of the texts that came of it, none as long as it is open.
    """

    verb: Verb
    note: str = ""
    variants: int = 1
    words: int = 0
    model: str = ""
    rehearsed: bool = False
    base: int = 0
    known: int = 0
    after: int = 0
    made: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it still waits for texts."""
        return not self.made

    def asks_the_same(self, other: Order) -> bool:
        """Say whether *other* is the same wish, whenever each of them began."""
        return self._wish() == other._wish()

    def _wish(self) -> Order:
        return replace(self, base=0, known=0, after=0, made=())


def read_order(book: Book, section: str) -> Order | None:
    """Return what was last asked of *section*, an id; None where nothing was. Raises FileError."""
    if not inside(book.root, _name(section)).exists():
        return None
    try:
        row = json.loads(read_inside(book.root, _name(section), limit=_LIMIT))
        return Order(**{**row, "verb": Verb(row["verb"]), "made": tuple(row["made"])})
    except (ValueError, KeyError, TypeError) as error:
        raise FileError(f"{_name(section)} is damaged: {error}", "delete it and ask again") from error


def write_order(book: Book, section: str, order: Order) -> None:
    """Keep *order* as what was last asked of *section*; the caller holds the lock. Raises FileError."""
    path = inside(book.root, _name(section))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    save(path, json.dumps(asdict(order), ensure_ascii=False, indent=2) + "\n")


def _name(section: str) -> str:
    return f".storygen/versions/{section}/order.json"
