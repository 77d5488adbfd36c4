"""Documentation of the built-in model: a draft of the asked length that takes up a card's beats in order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import cycle

from storygen.rehearsal.card import Card
from storygen.rehearsal.chance import Chance
from storygen.rehearsal.grammar import word_file
from storygen.rehearsal.phrasing import Matter, Phrasing
from storygen.rehearsal.tongues import apology
from storygen.text.sentences import sentences
from storygen.text.words import count_words

_PARAGRAPHS = (3, 4, 5, 4, 6)
"""Sentences of a paragraph, in turn."""

_QUESTION_EVERY = 13
_WORDS_A_ROW = 100
_ROOM_FOR_A_LIST = 40
_ROOM_FOR_A_NOTE = 60
_LAST_SENTENCE = 16
_CANDIDATES = 80


@dataclass(frozen=True, slots=True)
class Shape:
    """What a type of document calls for."""

    steps: bool = False
    table: bool = False
    fence: bool = False
    bullets: bool = False


SHAPES = {
    "tutorial": Shape(steps=True, fence=True),
    "how-to": Shape(steps=True, fence=True),
    "reference": Shape(table=True, fence=True),
    "explanation": Shape(bullets=True),
}
_PLAIN = Shape(bullets=True)
_NAMELESS = "…"
_TABLE = re.compile(r"\b(?:tables?|tablas?)\b", re.IGNORECASE)
_WORD_FILES = {"en": "docs-english", "es": "docs-spanish"}


def docs(card: Card) -> str:
    """Return the section of *card* as Markdown, without a heading, within a few words of its length.

    Tutorials and how-tos get steps and a fence, references a table and a fence, explanations a list, and a
    beat that asks for a table gets one. Nothing in it claims a fact: its sentences speak of readers and of
    the page. It is English or Spanish; any other language gets English after a line that says so.
    """
    page = _Page.begin(card)
    page.promise(card.must)
    page.fill()
    page.round_off()
    return page.text


def _shape(card: Card) -> Shape:
    """Return what the type of *card* calls for, and a table where a beat names one."""
    shape = SHAPES.get(card.type, _PLAIN)
    return replace(shape, table=shape.table or bool(_TABLE.search(" ".join(card.beats))))


@dataclass(slots=True)
class _Point:
    """One beat: how it stands in the outline, what it is about, the paragraphs that take it up."""

    lead: str
    matter: Matter
    paragraphs: list[list[str]] = field(default_factory=lambda: [[]])


@dataclass(slots=True)
class _Page:
    """A section while it is being written."""

    aim: int
    shape: Shape
    phrasing: Phrasing
    points: list[_Point]
    opening: list[str]
    closing: list[str]
    made: int = 0

    @classmethod
    def begin(cls, card: Card) -> _Page:
        words = word_file(_WORD_FILES.get(card.lang[:2].lower(), "docs-english"))
        title = " ".join(card.title.replace("*", "").split())
        phrasing = Phrasing(words, Chance(card.seed), title or _NAMELESS)
        leads = [lead for beat in _beats(card) if (lead := _one_line(beat))] or [phrasing.title]
        points = [_Point(lead, phrasing.matter(lead)) for lead in leads]
        note = [line] if (line := apology(card.lang)) and card.words >= _ROOM_FOR_A_NOTE else []
        page = cls(card.words, _shape(card), phrasing, points, note, [])
        page.frame()
        return page

    def frame(self) -> None:
        """Write what stands before and behind the points."""
        first, last = self.points[0].matter, self.points[-1].matter
        self.opening.append(self.phrasing.sentence("intros", first))
        if self.shape.table:
            self.opening += [self.phrasing.sentence("tables", first, end=":"), self.table()]
        if self.shape.fence:
            self.closing += [self.phrasing.sentence("code", last, end=":"), self.fence()]
        if self.shape.bullets and self.aim > _ROOM_FOR_A_LIST * (len(self.points) + 1):
            self.closing += [self.phrasing.sentence("lists", last, end=":"), self.bullets()]

    def table(self) -> str:
        """Return a table with one row for each point."""
        header = self.phrasing.chance.one(self.phrasing.groups["headers"]).split(" / ")
        rows = [self.row(point.matter) for point in self.sample()]
        return "\n".join(_row(cells) for cells in (header, ["---"] * len(header), *rows))

    def sample(self) -> list[_Point]:
        """Return as many points as a page of this length has room for in a table or a fence."""
        return self.points[: max(1, self.aim // _WORDS_A_ROW)]

    def row(self, matter: Matter) -> list[str]:
        """Return the cells of one row."""
        return [self.phrasing.piece(cell, matter) for cell in ("rows", "tasks", "moments")]

    def fence(self) -> str:
        """Return a fence that holds the place of the code."""
        lines = [f"# {self.phrasing.piece('comments', point.matter)}" for point in self.sample()]
        return "\n".join(("```text", *lines, "```"))

    def bullets(self) -> str:
        """Return a list with one item for each point."""
        return "\n".join(f"- {self.phrasing.sentence('bullets', point.matter)}" for point in self.points)

    def promise(self, must: Iterable[str]) -> None:
        """Work in what has to appear to the letter and does not yet."""
        missing = [words for words in must if words not in self.text]
        for words, point in zip(missing, cycle(self.points), strict=False):
            sentence = self.phrasing.sentence("verbatim", point.matter)
            point.paragraphs[-1].append(sentence.replace("<must>", words if "`" in words else f"`{words}`"))

    def fill(self) -> None:
        """Add sentences to each point in turn until only the last one is missing."""
        written = count_words(self.text)
        for point in cycle(self.points):
            if written > self.aim - _LAST_SENTENCE:
                return
            written += count_words(self.add(point))

    def add(self, point: _Point) -> str:
        """Add a sentence to a point, in a new paragraph when the last one is full; return it."""
        self.made += 1
        group, end = ("questions", "?") if self.made % _QUESTION_EVERY == 0 else ("patterns", ".")
        sentence = self.phrasing.sentence(group, point.matter, end=end)
        if len(point.paragraphs[-1]) >= _PARAGRAPHS[len(point.paragraphs) % len(_PARAGRAPHS)]:
            point.paragraphs.append([])
        point.paragraphs[-1].append(sentence)
        return sentence

    def round_off(self) -> None:
        """Add the one sentence that brings the page closest to its length."""
        missing = self.aim - count_words(self.text)
        matter = self.points[-1].matter
        candidates = [self.phrasing.sentence("patterns", matter) for _ in range(_CANDIDATES)]
        best = min(candidates, key=lambda sentence: abs(count_words(sentence) - missing))
        if count_words(best) < 2 * missing:
            self.points[-1].paragraphs[-1].append(best)

    @property
    def text(self) -> str:
        """The page as it stands."""
        steps = self.shape.steps and len(self.points) > 1
        written = [self.step(n, p) if steps else self.passage(p) for n, p in enumerate(self.points, 1)]
        return "\n\n".join((*self.opening, *written, *self.closing))

    def step(self, number: int, point: _Point) -> str:
        """Return a point as an item of a numbered list."""
        marker = f"{number}. "
        first, *others = _paragraphs(point)
        lead = f"{point.lead} {first}".strip()
        return "\n\n".join((f"{marker}{lead}", *(" " * len(marker) + other for other in others)))

    def passage(self, point: _Point) -> str:
        """Return a point as paragraphs, its beat in bold at the head."""
        first, *others = _paragraphs(point)
        lead = point.lead if "*" in point.lead else f"**{point.lead}**"
        return "\n\n".join((f"{lead} {first}".strip(), *others))


def _paragraphs(point: _Point) -> list[str]:
    return [" ".join(paragraph) for paragraph in point.paragraphs]


def _beats(card: Card) -> Iterable[str]:
    return card.beats or (sentences(card.summary, card.lang) if card.summary else [card.title])


def _one_line(text: str) -> str:
    """Return *text* as one sentence on one line that opens no comment and no code that it does not close."""
    line = " ".join(text.replace("<!--", "").split())
    line = line if line.count("`") % 2 == 0 else line.replace("`", "")
    return line if not line or line[-1] in ".!?:" else f"{line}."


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
