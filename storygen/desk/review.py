"""Reviews a book without a model: what does not keep to the outline, and how it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from storygen.book.frontmatter import first_line, split_front_matter
from storygen.desk.evidence import EvidenceOf
from storygen.desk.material import Beside
from storygen.desk.project import Project
from storygen.desk.select import find
from storygen.desk.states import LARGEST_FILE, Standing, State, read_book, standings
from storygen.draft import Finding
from storygen.files.inside import read_inside
from storygen.outline.tree import Outline, Section
from storygen.review.conventions import Conventions
from storygen.review.measures import Measures, measure
from storygen.review.page import Page, Piece
from storygen.review.report import Report
from storygen.review.report import review as review_pieces
from storygen.review.rules import LEAKED, Ground
from storygen.review.scope import unchecked
from storygen.review.stock import OWN, Stock, shipped_stock, stock_of


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a review of a book came to.

    `sections` are those that were reviewed and `report` what was found in them; `unwritten` are the ids of
    those that have no whole text, `unchecked` what nobody can check in the book's language. `samples` are
    the measures of the author's own prose, None where the outline names none.
    """

    sections: tuple[Section, ...]
    report: Report
    unwritten: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    samples: Measures | None = None

    @property
    def verifiable(self) -> tuple[Finding, ...]:
        """What anybody can look up in the text."""
        return self.report.on(Ground.VERIFIABLE)

    @property
    def indicative(self) -> tuple[Finding, ...]:
        """What is only a hint."""
        return self.report.on(Ground.INDICATIVE)

    @property
    def measures(self) -> Measures:
        """What was measured of all sections that were reviewed, put together."""
        return reduce(add, (self.report.measures[section.id] for section in self.sections), Measures())


def review(project: Project, *, ids: Sequence[str] = ()) -> Reviewed:
    """Review what is written of *project*, or only the sections called *ids*; sends nothing.

    The whole book is read in any case, since a section is held against those before it. Raises UsageError
    for an id that is not there, FileError for a file that cannot be read.
    """
    outline = project.outline
    now = standings(outline, read_book(project.book))
    wanted = {find(outline, id_).id for id_ in ids}
    written = [each for each in now if each.whole and each.text.strip()]
    unwritten = tuple(each.section.id for each in now if each not in written and each.section.asked)
    pieces = [piece_of(outline, each) for each in written]
    sources, samples = material_of(project)
    conventions = Conventions.of(outline, sources=sources, samples=samples)
    report = review_pieces(
        conventions, pieces, stock=_stock(outline), whole=not unwritten, evidence=EvidenceOf(project)
    )
    return Reviewed(
        sections=tuple(each.section for each in written if not wanted or each.section.id in wanted),
        report=_only(report, {piece.path: each for piece, each in zip(pieces, written, strict=True)}, wanted),
        unwritten=unwritten,
        unchecked=unchecked(outline.lang),
        samples=_measured(samples, outline) if samples else None,
    )


def piece_of(outline: Outline, standing: Standing) -> Piece:
    """Return the text of a section, with the file that holds it and the line on which it begins there."""
    if standing.stored:
        return Piece(standing.section, standing.text, str(standing.stored.path), standing.stored.line)
    whole = read_inside(outline.path.parent, standing.section.file, limit=LARGEST_FILE)
    path = str(outline.path.parent / standing.section.file)
    return Piece(standing.section, standing.text, path, first_line(split_front_matter(whole)))


def _only(report: Report, written: Mapping[str, Standing], wanted: set[str]) -> Report:
    """Return what *report* says of the sections that are *wanted*, or of all; *written* are those by file.

    What the built-in model writes is made of the words of its card, and that is not held against it.
    """

    def counts(finding: Finding) -> bool:
        standing = written.get(finding.path)
        if standing is None:
            return not wanted
        if wanted and standing.section.id not in wanted:
            return False
        return standing.state is not State.REHEARSED or finding.rule != LEAKED.name

    return Report(tuple(filter(counts, report.findings)), report.measures)


def _stock(outline: Outline) -> Stock:
    """Return what finds phrases that models are fond of: by the author's own list where there is one."""
    own = outline.path.parent / OWN
    text = read_inside(outline.path.parent, OWN, limit=LARGEST_FILE) if own.exists() else shipped_stock()
    return stock_of(text, outline.lang)


def material_of(project: Project) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts that *project* is written from, and the samples, by what a finding calls them.

    A file that is gone, or the output of a command, is left out.
    """
    beside = Beside(project.outline, source_root=project.source_root)
    found: dict[str, str] = {}
    for section in project.outline.sections:
        found |= beside.texts(section)
    named = {f"the {name.replace(':', ' ', 1)}": text for name, text in found.items()}
    samples = {name: text for name, text in named.items() if name.startswith("the sample ")}
    return {name: text for name, text in named.items() if name not in samples}, samples


def _measured(samples: Mapping[str, str], outline: Outline) -> Measures:
    """Measure the *samples* as if they were sections of the book."""
    anybody = outline.sections[0]
    pages = (Page(Piece(anybody, text), outline.lang) for text in samples.values())
    return reduce(add, map(measure, pages), Measures())
