"""A line of YAML cut up, so that it can be judged and mended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storygen.outline.fields import FIELDS
from storygen.outline.mistakes import quoted

NAMES = "|".join(
    sorted((re.escape(name) for field in FIELDS for name in (field.name, *field.also)), key=len, reverse=True)
)
LINE = re.compile(rf"(?P<lead>\s*(?:-\s+)*)(?P<key>(?:{NAMES}):(?:\s+|$))?(?P<value>.*)")


@dataclass(frozen=True, slots=True)
class Trap:
    """What is wrong with a line, and how the line would read if its author's meaning were quoted.

    `line` and `column` count from 1 in the text that was given; `repaired` is None where nobody can know.
    """

    rule: str
    message: str
    line: int
    column: int
    width: int
    under: str = ""
    help: str = ""
    repaired: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line cut into what leads it, the field's name, and the value."""

    number: int
    text: str
    lead: str
    key: str
    value: str

    @property
    def column(self) -> int:
        """Where the value begins, from 1."""
        return len(self.lead) + len(self.key) + 1

    @property
    def quoted(self) -> str:
        """The line with its value in quotes."""
        return f"{self.lead}{self.key}{quoted(self.value)}"

    def trap(self, rule: str, message: str, *, at: int = 0, width: int = 1, under: str = "") -> Trap:
        """Return a trap at character *at* of the value, cured by quoting the value."""
        tip = f"write: {self.quoted.strip()}"
        return Trap(rule, message, self.number, self.column + at, width, under, tip, self.quoted)


def cut(lines: Sequence[str], number: int) -> Line:
    """Return line *number*, counted from 1, of *lines*."""
    text = lines[number - 1]
    found = LINE.fullmatch(text)
    if found is None:
        return Line(number, text, "", "", text)
    return Line(number, text, found["lead"], found["key"] or "", found["value"])
