"""A whole book reviewed, section after section: each is read once and let go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TypeAlias

from storygen.draft import Finding
from storygen.outline.tree import Kind, Section
from storygen.review.attributes import Attributes
from storygen.review.card import absent_names, beats_not_found, outside_target
from storygen.review.conventions import MOST, Conventions, first_of
from storygen.review.drift import drifts
from storygen.review.echoes import Echoes, Edges
from storygen.review.evidence import Evidence, unsupported
from storygen.review.habits import habits, rhythm
from storygen.review.marks import MarkMix, marks_of
from storygen.review.measures import Measures, measure
from storygen.review.names import Names
from storygen.review.page import Page, Piece
from storygen.review.residue import to_verify
from storygen.review.rules import RULES, Ground
from storygen.review.spelling import Spellings
from storygen.review.stock import Stock, stock_phrases

EvidenceFor: TypeAlias = Callable[[Section], Evidence]
"""Gives what bears out the names in a section."""

_GROUNDS = {rule.name: rule.ground for rule in RULES}


@dataclass(frozen=True, slots=True)
class Report:
    """What a review found: findings in reading order, and what was measured of each section, by id."""

    findings: tuple[Finding, ...]
    measures: Mapping[str, Measures] = field(default_factory=dict)

    def on(self, ground: Ground) -> tuple[Finding, ...]:
        """Return the findings that rest on *ground*."""
        return tuple(finding for finding in self.findings if ground_of(finding) is ground)


def ground_of(finding: Finding) -> Ground:
    """Return what *finding* rests on; one of a rule that is not in the table hints."""
    return _GROUNDS.get(finding.rule, Ground.INDICATIVE)


def review(
    conventions: Conventions,
    pieces: Iterable[Piece],
    *,
    stock: Stock = Stock(),
    whole: bool = True,
    evidence: EvidenceFor | None = None,
) -> Report:
    """Review *pieces*, the sections of a book in reading order, against its *conventions*.

    *stock* finds phrases that models are fond of; *whole* is whether these are all sections of the book.
    *evidence* gives what documentation has to bear out its names; without it that is not looked at.
    """
    reviewer = _Reviewer(conventions, stock, evidence)
    order: dict[str, int] = {}
    findings: list[Finding] = []
    for piece in pieces:
        order[piece.path] = len(order)
        findings += reviewer.read(piece)
    findings += reviewer.end(whole=whole)
    findings.sort(key=lambda finding: (order.get(finding.path, len(order)), finding.line, finding.column))
    return Report(tuple(findings), reviewer.measures)


class _Reviewer:
    """Reads one section after another and remembers what the next ones are held against."""

    def __init__(self, conventions: Conventions, stock: Stock, evidence: EvidenceFor | None) -> None:
        outline = conventions.outline
        self.measures: dict[str, Measures] = {}
        self._conventions, self._stock, self._evidence = conventions, stock, evidence
        self._echoes, self._edges = Echoes(outline.lang), Edges()
        self._spellings, self._attributes = Spellings(outline.lang), Attributes(outline)
        self._marks = MarkMix(marks_of(outline.style.quotes, outline.lang, outline.kind))
        self._names = Names(outline)

    def read(self, piece: Piece) -> Iterator[Finding]:
        page = self._conventions.page(piece)
        again, echoes = self._echoes.read(page)
        found = self.measures[piece.section.id] = measure(page, again=again)
        self._marks.add(page)
        self._names.read(page)
        own = self._keeping(page) if piece.section.asked else ()
        beside = (self._edges.read(page), self._spellings.read(page), self._attributes.read(page))
        return chain(own, first_of(echoes, *beside, to_verify(page), self._hints(page, found)))

    def _keeping(self, page: Page) -> Iterator[Finding]:
        """Yield what a section that a model was asked for does not keep to."""
        yield from self._conventions.findings(page)
        yield from outside_target(page)
        yield from beats_not_found(page)
        if self._conventions.outline.kind is Kind.FICTION:
            yield from absent_names(page, self._conventions.outline)
        elif self._evidence:
            yield from islice(unsupported(page, self._evidence(page.section)), MOST)

    def _hints(self, page: Page, found: Measures) -> Iterator[Finding]:
        """Yield what may be a habit; steps and lists are as even as documentation wants them."""
        if self._conventions.outline.kind is Kind.FICTION:
            yield from rhythm(page, found)
        yield from habits(page, found)
        yield from stock_phrases(page, self._stock)

    def end(self, *, whole: bool) -> Iterator[Finding]:
        uses = (self._marks.findings(), self._spellings.findings(), self._names.findings(whole=whole))
        return chain(*uses, drifts(self.measures))
