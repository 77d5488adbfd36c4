"""Marks in drafts of documentation what nothing bears out; the text before is kept as a version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storygen.desk.evidence import EvidenceOf
from storygen.desk.project import Project
from storygen.desk.replacing import replace_text
from storygen.desk.review import piece_of
from storygen.desk.select import find
from storygen.desk.states import Standing, State
from storygen.desk.writable import writable
from storygen.desk.write import Run
from storygen.errors import UsageError
from storygen.outline.tree import Kind
from storygen.review.evidence import unproved
from storygen.review.marking import marked
from storygen.review.page import Page
from storygen.writer.events import Tell


@dataclass(frozen=True, slots=True)
class Marked:
    """A section that has marks now: the names in them, and the version that was there before."""

    id: str
    names: tuple[str, ...]
    replaced: int


@dataclass(frozen=True, slots=True)
class Marks:
    """What was marked, section by section, and which were left as they are, with the reason.

    `unseen` are the sources of the marked ones that nobody could look at.
    """

    sections: tuple[Marked, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    unseen: tuple[str, ...] = ()


def mark(project: Project, ids: Sequence[str] = (), *, tell: Tell = lambda _: None) -> Marks:
    """Mark in the sections called *ids*, or in all that are written, what nothing bears out.

    What a mark names already is not marked again. A marked text is its author's, as after any edit. Raises
    UsageError for an id that is not there, and for a story.
    """
    if project.outline.kind is not Kind.DOCS:
        raise UsageError(
            "a story may name what it likes; marks are for documentation", "leave --mark out, or `kind: docs`"
        )
    wanted = {find(project.outline, id_).id for id_ in ids}
    with writable(project) as journal:
        run = Run.begin(project, journal, rehearse=False, tell=tell)
        bench = _Bench(run, EvidenceOf(project))
        chosen = [each for each in run.standings if not wanted or each.section.id in wanted]
        done = [(each, found) for each in chosen if (found := bench.mark(each))]
        if done:
            run.compile()
        unseen = dict.fromkeys(name for each, _ in done for name in bench.evidence(each.section).unseen)
        left = tuple((each.section.id, why) for each in chosen if (why := bench.left(each)))
    return Marks(tuple(found for _, found in done), left, tuple(unseen))


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where the drafts of one run are marked."""

    run: Run
    evidence: EvidenceOf

    def mark(self, standing: Standing) -> Marked | None:
        """Mark what is unproved in one draft; None where nothing is, or the draft stays as it is."""
        found = () if _why_not(standing) else self._unproved(standing)
        if not found:
            return None
        text = marked(standing.text, found)
        names = tuple(name for _, each in found for name in each)
        return Marked(standing.section.id, names, replace_text(self.run.keeper, standing.section, text))

    def left(self, standing: Standing) -> str:
        """Return why a draft in which something is unproved stays as it is; empty for any other."""
        why = _why_not(standing)
        return why if why and self._unproved(standing) else ""

    def _unproved(self, standing: Standing) -> tuple[tuple[int, tuple[str, ...]], ...]:
        if not (standing.section.asked and standing.whole and standing.text.strip()):
            return ()
        page = Page(piece_of(self.run.project.outline, standing), self.run.project.outline.lang)
        found = unproved(page, self.evidence(standing.section))
        return tuple((claim.start, names) for claim, names in found)


def _why_not(standing: Standing) -> str:
    match standing.state:
        case State.FINAL:
            return "it is final, and stays as it is"
        case State.REHEARSED:
            return "it is placeholder prose of the built-in model"
        case _:
            return ""
