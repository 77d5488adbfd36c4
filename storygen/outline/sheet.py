"""The text of a file and the places in it, so that every remark can point at what it means."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

from storygen.draft import Finding, Severity


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's text, its lines, and the path that people know it by."""

    path: str
    text: str
    lines: tuple[str, ...] = field(init=False)
    _starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Cut the text into lines, once."""
        lines = tuple(self.text.split("\n"))
        starts = tuple(accumulate((len(line) + 1 for line in lines), initial=0))[:-1]
        object.__setattr__(self, "lines", lines)
        object.__setattr__(self, "_starts", starts)

    def line(self, number: int) -> str:
        """Return line *number*, counted from 1; nothing where there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def spot(self, start: int, end: int) -> Spot:
        """Return the place from character *start* to *end*, as far as it is on one line."""
        line = bisect_right(self._starts, start)
        column = start - self._starts[line - 1] + 1
        left = len(self.lines[line - 1]) - column + 1
        return Spot(self, line, column, max(1, min(end - start, left)))

    @property
    def markdown(self) -> bool:
        """Whether headings are the tree here."""
        return self.path.lower().endswith((".md", ".markdown"))

    @property
    def whole(self) -> Spot:
        """The file itself, no line of it."""
        return Spot(self, 0, 0)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a sheet: line and column from 1 (0: the whole file), and how many characters wide."""

    sheet: Sheet = field(repr=False)
    line: int
    column: int
    width: int = 1

    def error(self, rule: str, message: str, *, under: str = "", tip: str = "") -> Finding:
        """Say that something here has to be changed before anything is written."""
        return self._finding(Severity.ERROR, rule, message, under, tip)

    def warning(self, rule: str, message: str, *, under: str = "", tip: str = "") -> Finding:
        """Say that something here is probably not what its author means."""
        return self._finding(Severity.WARNING, rule, message, under, tip)

    def note(self, rule: str, message: str, *, under: str = "", tip: str = "") -> Finding:
        """Say something about this place that is good to know."""
        return self._finding(Severity.NOTE, rule, message, under, tip)

    def _finding(self, severity: Severity, rule: str, message: str, under: str, tip: str) -> Finding:
        return Finding(
            rule=rule,
            message=message,
            path=self.sheet.path,
            line=self.line,
            column=self.column,
            width=self.width,
            source=self.sheet.line(self.line),
            under=under,
            help=tip,
            severity=severity,
        )
