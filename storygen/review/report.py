"""A whole book reviewed, section after section: each is read once and let go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from storygen.draft import Finding
from storygen.outline.tree import Kind
from storygen.review.card import absent_names, beats_not_found, outside_target
from storygen.review.conventions import Conventions
from storygen.review.echoes import Echoes, Edges
from storygen.review.marks import MarkMix, marks_of
from storygen.review.measures import Measures, measure
from storygen.review.page import Page, Piece
from storygen.review.residue import to_verify
from storygen.review.rules import RULES, Ground
from storygen.review.spelling import Spellings
from storygen.review.spelling import is_checked as spelling_is_checked
from storygen.review.tongue import is_known
from storygen.review.voice import is_checked as voice_is_checked

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


def review(conventions: Conventions, pieces: Iterable[Piece]) -> Report:
    """Review *pieces*, the sections of a book in reading order, against its *conventions*."""
    reviewer = _Reviewer(conventions)
    order: dict[str, int] = {}
    findings: list[Finding] = []
    for piece in pieces:
        order[piece.path] = len(order)
        findings += reviewer.read(piece)
    findings += reviewer.end()
    findings.sort(key=lambda finding: (order.get(finding.path, len(order)), finding.line, finding.column))
    return Report(tuple(findings), reviewer.measures)


def unchecked(tag: str) -> tuple[str, ...]:
    """Return what nobody can check in the language *tag*, in words."""
    checks = {"language": is_known(tag), "person": voice_is_checked(tag), "tense": voice_is_checked(tag)}
    checks["spelling"] = spelling_is_checked(tag)
    return tuple(name for name, known in checks.items() if not known)


class _Reviewer:
    """Reads one section after another and remembers what the next ones are held against."""

    def __init__(self, conventions: Conventions) -> None:
        outline = conventions.outline
        self.measures: dict[str, Measures] = {}
        self._conventions = conventions
        self._echoes, self._edges = Echoes(outline.lang), Edges()
        self._spellings = Spellings(outline.lang)
        self._marks = MarkMix(marks_of(outline.style.quotes, outline.lang, outline.kind))

    def read(self, piece: Piece) -> Iterator[Finding]:
        page = self._conventions.page(piece)
        again, echoes = self._echoes.read(page)
        self.measures[piece.section.id] = measure(page, again=again)
        self._marks.add(page)
        own = self._conventions.findings(page) if piece.section.asked else ()
        return chain(
            own, echoes, self._edges.read(page), self._spellings.read(page), to_verify(page), self._card(page)
        )

    def _card(self, page: Page) -> Iterator[Finding]:
        if page.section.asked:
            yield from outside_target(page)
            yield from beats_not_found(page)
            if self._conventions.outline.kind is Kind.FICTION:
                yield from absent_names(page, self._conventions.outline)

    def end(self) -> Iterator[Finding]:
        return chain(self._marks.findings(), self._spellings.findings())
