"""One section's text, made ready to be reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from storygen.draft import Finding
from storygen.outline.tree import Section
from storygen.review.layers import paragraphs, prose_of, speeches_in, told_of, unspoken_of
from storygen.review.rules import Rule
from storygen.text.words import plain_words

LONGEST_QUOTE = 60
"""Characters of a quote that stand in a sentence; a finding's own `quote` is never cut."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A section and its text as it stands in the file `path`, where it begins on `line`."""

    section: Section
    text: str
    path: str = ""
    line: int = 1


@dataclass(frozen=True, eq=False)
class Page:
    """A piece in layers; a place in one of them is the same place in all, and in the text.

    `prose` is the text without code, tables and markup, `unspoken` that without what somebody says, `told`
    that without emphasis, quotations and headings: the narrator's own words.
    """

    piece: Piece
    lang: str = "en"

    @property
    def text(self) -> str:
        """The text, as it stands in the file."""
        return self.piece.text

    @property
    def section(self) -> Section:
        """The section that the text is of."""
        return self.piece.section

    @cached_property
    def prose(self) -> str:
        """The text, blank where it is no prose."""
        return prose_of(self.text)

    @cached_property
    def speeches(self) -> list[tuple[int, int]]:
        """Where in the prose something stands in quotation marks."""
        return speeches_in(self.prose)

    @cached_property
    def unspoken(self) -> str:
        """The prose, blank where somebody speaks."""
        return unspoken_of(self.prose, self.speeches)

    @cached_property
    def told(self) -> str:
        """The narrator's own words."""
        return told_of(self.unspoken)

    @cached_property
    def paragraphs(self) -> list[tuple[int, int]]:
        """Where the paragraphs of prose start and end."""
        return paragraphs(self.prose)

    @cached_property
    def words(self) -> list[str]:
        """The words of the prose, as they are compared."""
        return plain_words(self.prose)

    @cached_property
    def unspoken_words(self) -> list[str]:
        """The words of the prose that nobody says."""
        return self.words if self.unspoken == self.prose else plain_words(self.unspoken)

    @cached_property
    def told_words(self) -> list[str]:
        """The narrator's words, as they are compared."""
        return self.unspoken_words if self.told == self.unspoken else plain_words(self.told)

    def finding(self, rule: Rule, span: tuple[int, int], message: str, *, help: str = "") -> Finding:  # noqa: A002 - the field's name
        """Return what *rule* says about the text from the start to the end of *span*."""
        start, end = span
        text = self.text
        first = text.rfind("\n", 0, start) + 1
        last = text.find("\n", start)
        last = len(text) if last < 0 else last
        return Finding(
            rule=rule.name,
            message=message,
            path=self.piece.path,
            line=self.piece.line + text.count("\n", 0, start),
            column=start - first + 1,
            width=max(1, min(end, last) - start),
            source=text[first:last],
            help=help or rule.help,
            severity=rule.ground.severity,
            quote=text[start:end],
        )


def clipped(quote: str) -> str:
    """Return *quote* on one line, short enough for a sentence.

    >>> clipped("the lamp  had been out for so long that nobody in the harbour looked for it")
    'the lamp had been out for so long that nobody in the harbour …'
    """
    line = " ".join(quote.split())
    if len(line) <= LONGEST_QUOTE:
        return line
    return line[: LONGEST_QUOTE + 1].rpartition(" ")[0] + " …" if " " in line else line[:LONGEST_QUOTE] + "…"
