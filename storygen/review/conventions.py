"""What was declared once and holds in every section, checked in one section alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from storygen.draft import Finding, Flag
from storygen.outline.tree import Kind, Outline
from storygen.review.card import avoided, missing
from storygen.review.echoes import leaked, notes_from, notes_of, quoted
from storygen.review.marks import Marks, marks_of, strange_marks
from storygen.review.page import Page, Piece
from storygen.review.residue import ids_of, left_over
from storygen.review.rules import LANGUAGE, LEAKED, PERSON, RESIDUE, SAMPLE, TENSE
from storygen.review.runs import Notes
from storygen.review.structure import broken_markdown, unbalanced
from storygen.review.tongue import foreign_text
from storygen.review.voice import strange_person, strange_tense

FLAGS = {
    LANGUAGE.name: Flag.WRONG_LANGUAGE,
    PERSON.name: Flag.PERSON_DRIFT,
    TENSE.name: Flag.TENSE_DRIFT,
    LEAKED.name: Flag.NOTES_LEAKED,
    SAMPLE.name: Flag.NOTES_LEAKED,
    RESIDUE.name: Flag.RESIDUE,
}
"""What a finding of these rules is called on a draft; of any other rule it is `conventions`."""


MOST = 50
"""Findings of one rule in one section: whoever has so many knows what is wrong."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """What holds in every section of a book: its outline, and the texts that nobody may copy from."""

    outline: Outline
    ids: re.Pattern[str] | None
    notes: tuple[Notes, ...]
    samples: Notes

    @classmethod
    def of(cls, outline: Outline, *, sources: Mapping[str, str], samples: Mapping[str, str]) -> Conventions:
        """Return what holds in *outline*; *sources* and *samples* are texts by their names."""
        tag = outline.lang
        return cls(
            outline,
            ids_of(section.id for section in outline.sections),
            (notes_of(outline, tag), notes_from(sources, tag)),
            notes_from(samples, tag),
        )

    def page(self, piece: Piece) -> Page:
        """Return *piece* made ready to be reviewed."""
        return Page(piece, self.outline.lang)

    def marks(self, page: Page) -> Marks:
        """Return the marks that *page* should have."""
        return marks_of(page.section.style.quotes, self.outline.lang, self.outline.kind)

    def findings(self, page: Page) -> Iterator[Finding]:
        """Yield what *page* does not keep to, all of it verifiable."""
        kind: Kind = self.outline.kind
        return first_of(
            foreign_text(page),
            strange_person(page, kind),
            strange_tense(page),
            strange_marks(page, self.marks(page)),
            avoided(page),
            left_over(page, self.ids),
            unbalanced(page),
            leaked(page, self.notes),
            quoted(page, self.samples),
            missing(page, kind),
            broken_markdown(page),
        )


def flag_of(finding: Finding) -> Flag:
    """Return what a draft with this *finding* is flagged as."""
    return FLAGS.get(finding.rule, Flag.CONVENTIONS)


def first_of(*rules: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings of each of *rules*, of none more than anybody reads about one section."""
    return chain.from_iterable(islice(findings, MOST) for findings in rules)
