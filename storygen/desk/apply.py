"""Puts into a section what a model suggested and its author chose; the text before is kept as a version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storygen.book.reviews import StoredReview, applied_to, read_review, write_review
from storygen.desk.project import Project
from storygen.desk.replacing import replace_text
from storygen.desk.select import find
from storygen.desk.states import Standing, refuse_fixed
from storygen.desk.writable import writable
from storygen.desk.write import Run
from storygen.draft import Objection
from storygen.errors import UsageError
from storygen.outline.tree import Section
from storygen.review.anchoring import Applied, applied
from storygen.writer.events import Tell


@dataclass(frozen=True, slots=True)
class Revised:
    """What became of one section: the suggestions that stand in it now, and why others do not.

    `taken` and `left` go by the numbers of the review; `replaced` is the version that was there before, 0
    where nothing has changed.
    """

    id: str
    taken: tuple[int, ...]
    left: tuple[tuple[int, str], ...]
    replaced: int


def apply(
    project: Project, id_: str, numbers: Iterable[int] | None = None, *, tell: Tell = lambda _: None
) -> Revised:
    """Put the suggestions called *numbers*, or all, of the last review of the section *id_* into its text.

    Only what they quote is replaced, and only where it still stands once; the text is its author's then, as
    after any edit. Raises UsageError for a section without a review and for a number that it does not have.
    """
    with writable(project) as journal:
        run = Run.begin(project, journal, rehearse=False, tell=tell)
        section = find(project.outline, id_)
        standing = next(each for each in run.standings if each.section is section)
        _refuse(standing)
        stored = _stored(run, section)
        result = applied(standing.text, _chosen(stored, numbers, id_))
        replaced = _lay(run, section, stored, result) if result.taken else 0
    return Revised(section.id, result.taken, result.left, replaced)


def _lay(run: Run, section: Section, stored: StoredReview, result: Applied) -> int:
    """Put the new text in its place, and return the number of the version that it replaces.

    The review first: a run that is killed in between has changed nothing, and never counts as an edit.
    """
    keeper = run.keeper
    suggestions = tuple(stored.objections[number - 1].suggestion for number in result.taken)
    write_review(run.project.book, section.id, applied_to(stored, result.text, suggestions))
    replaced = replace_text(keeper, section, result.text)
    run.compile()
    return replaced


def _stored(run: Run, section: Section) -> StoredReview:
    """Return the last review of *section*, if its words may stand there."""
    id_, stored = section.id, read_review(run.project.book, section.id)
    if stored is None:
        raise UsageError(f"{id_} has not been reviewed", f"storygen review {id_} --model")
    row = run.keeper.shelved.record.sections.get(id_)
    if stored.rehearsed and row and not row.rehearsed:
        raise UsageError(
            f"the review of {id_} was rehearsed, and its text was not", f"storygen review {id_} --model"
        )
    return stored


def _refuse(standing: Standing) -> None:
    """Raise UsageError where nothing can be put into a section as it stands."""
    refuse_fixed(standing)
    id_ = standing.section.id
    if not standing.whole or not standing.text.strip():
        raise UsageError(f"{id_} is not written yet", f"storygen write {id_}")


def _chosen(
    stored: StoredReview, numbers: Iterable[int] | None, id_: str
) -> tuple[tuple[int, Objection], ...]:
    """Return the objections called *numbers*, in that order; all that suggest something without them."""
    by_number = dict(enumerate(stored.objections, 1))
    if numbers is None:
        return tuple((number, each) for number, each in by_number.items() if each.suggestion)
    chosen = tuple(dict.fromkeys(numbers))
    if wrong := [number for number in chosen if number not in by_number]:
        there = f"there are 1 to {len(by_number)}" if by_number else "nothing was found in it"
        raise UsageError(f"the review of {id_} has no number {wrong[0]}", there)
    return tuple((number, by_number[number]) for number in chosen)
