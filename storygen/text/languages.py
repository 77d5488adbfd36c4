"""What is usual in a language: its name, its quotation marks, its dashes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Language:
    """A language as a table knows it.

    `write` asks for it in its own words. `quotes` are the usual pairs of marks, outer then inner, and `also`
    those that are in use besides. `dashes` are its dashes, the usual one first, with blanks around it where
    `spaced`. `speech` says how dialogue is set where no marks do it, `scripts` what it is written in, and
    `alone` whether every character is a word.
    """

    code: str
    name: str
    write: str
    quotes: tuple[str, ...]
    also: tuple[str, ...] = ()
    dashes: str = "—"
    spaced: bool = False
    speech: str = ""
    scripts: tuple[str, ...] = ("latin",)
    alone: bool = False

    @property
    def quotes_told(self) -> str:
        """The usual quotation marks, as a prompt names them.

        >>> language("de").quotes_told
        '„ “, and ‚ ‘ inside'
        """
        outer, inner = (" ".join(pair) for pair in self.quotes[:2])
        return f"{outer}, and {inner} inside"

    @property
    def speech_told(self) -> str:
        """How a story sets what is said, as a prompt names it.

        >>> language("es").speech_told
        'dialogue behind a raya (—), without quotation marks; else « », and “ ” inside'
        """
        return f"{self.speech}; else {self.quotes_told}" if self.speech else self.quotes_told

    @property
    def dashes_told(self) -> str:
        """The usual dash, as a prompt names it.

        >>> language("de").dashes_told
        '–, with a blank on each side'
        """
        return f"{self.dashes[0]}{', with a blank on each side' if self.spaced else ''}"


def language(tag: str) -> Language | None:
    """Return the language that the BCP 47 *tag* names, in its region where that differs; None if unknown.

    >>> [known.name for known in map(language, ["en_gb", "de-LI", "ja"]) if known], language("tlh")
    (['British English', 'German', 'Japanese'], None)
    """
    parts = tag.replace("_", "-").lower().split("-")
    rows, found = _rows(), dict[str, Any]()
    for size in range(1, len(parts) + 1):
        found |= rows.get("-".join(parts[:size]), {})
    return _language(found) if parts[0] in rows else None


def code_of(name: str) -> str:
    """Return the code of the language that English calls *name*; nothing where nobody knows it.

    >>> code_of("german"), code_of("British English"), code_of("Klingon")
    ('de', 'en-GB', '')
    """
    wanted = name.strip().casefold()
    return next(
        (str(row["code"]) for row in _rows().values() if row.get("name", "").casefold() == wanted), ""
    )


def _language(row: dict[str, Any]) -> Language:
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.items()
    }
    return Language(**fields)


@cache
def _rows() -> dict[str, dict[str, Any]]:
    table = tomllib.loads((files(__package__) / "languages.toml").read_text("utf-8"))
    return {code.lower(): {"code": code, **row} for code, row in table.items()}
