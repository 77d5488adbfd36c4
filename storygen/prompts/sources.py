"""The material that a section is written from: what of it a prompt has room for, and what is left out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from storygen.messages import Count

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Source:
    """Material that a section is written from, already read."""

    name: str
    text: str

    @property
    def lines(self) -> list[str]:
        """Its lines, with their ends."""
        return _LINE.findall(self.text)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A source that is not sent as a whole: how many of its lines are sent, and how many it has."""

    name: str
    sent: int
    lines: int

    @property
    def words(self) -> str:
        """What is left out, in words.

        >>> LeftOut("README.md", 120, 300).words, LeftOut("setup.cfg", 0, 9).words
        ('README.md from line 121 of 300', 'setup.cfg')
        """
        return f"{self.name} from line {self.sent + 1:,} of {self.lines:,}" if self.sent else self.name


@dataclass(frozen=True, slots=True)
class Fitted:
    """The sources that are sent, in the order of the outline, and what of them is not."""

    sent: tuple[Source, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


NO_SOURCES = Fitted()


def fit(sources: Sequence[Source], *, limit: int, count: Count) -> Fitted:
    """Fit *sources*, those of the book first and a section's own last, into *limit* tokens.

    The nearest come first: the section's own, then its page's, then the book's, of each level the last one
    named. The first that does not fit is cut behind a line, with a mark that the model can see.
    """
    sent: list[Source] = []
    left_out: list[LeftOut] = []
    left = limit
    for source in reversed(sources):
        part, lines = _head(source, limit=left, count=count)
        left = left - count(part.text) if part == source else 0
        if lines:
            sent.append(part)
        if part != source:
            left_out.append(LeftOut(source.name, lines, len(source.lines)))
    return Fitted(tuple(reversed(sent)), tuple(reversed(left_out)))


def _head(source: Source, *, limit: int, count: Count) -> tuple[Source, int]:
    """Return the beginning of *source* that fits into *limit*, and how many of its lines that has."""
    lines = source.lines
    if count(source.text) <= limit:
        return source, len(lines) or 1
    mark = f"[the rest of {source.name} is left out]\n"
    most = bisect_right(range(len(lines)), limit, key=lambda n: count("".join(lines[: n + 1]) + mark))
    return replace(source, text="".join(lines[:most]) + mark), most
