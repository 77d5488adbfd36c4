"""Has a model review sections that are written; their author decides what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from storygen.book.attempts import Spent, spent
from storygen.book.record import hash_text
from storygen.book.reviews import ROUNDS, StoredReview, read_review, round_of, write_review
from storygen.desk.allowance import Allowance
from storygen.desk.project import Project
from storygen.desk.review import Reviewed, piece_of
from storygen.desk.review import review as review_offline
from storygen.desk.select import find
from storygen.desk.states import Standing, State
from storygen.desk.wire import OpenWire
from storygen.desk.writable import writable
from storygen.desk.write import Run
from storygen.draft import Finding, Objection
from storygen.errors import ModelError, UsageError
from storygen.outline.tree import Section
from storygen.review.anchoring import placed
from storygen.review.page import Page, clipped
from storygen.writer.ask import Commission
from storygen.writer.attempt import Line
from storygen.writer.digest import ends_the_run
from storygen.writer.events import Noted, Tell
from storygen.writer.review import look_over


@dataclass(frozen=True, slots=True)
class SectionReview:
    """What a model objects to in one section, each with its place; the first is number 1."""

    section: Section
    objections: tuple[Objection, ...]
    round: int


@dataclass(frozen=True, slots=True)
class ModelReviews:
    """What a model objects to, and what was found without one.

    `failed` are the ids of the sections of which no review came, `held_back` of those that the run did not
    come to.
    """

    offline: Reviewed
    sections: tuple[SectionReview, ...]
    failed: tuple[str, ...]
    held_back: tuple[str, ...]
    rehearsed: bool
    spent: Spent

    @property
    def whole(self) -> bool:
        """Whether everything that was to be reviewed is."""
        return not (self.failed or self.held_back)


async def areview(
    project: Project,
    ids: Sequence[str] = (),
    *,
    rehearse: bool = False,
    tell: Tell = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    wire: OpenWire | None = None,
    chance: Random | None = None,
    allowance: Allowance | None = None,
) -> ModelReviews:
    """Have a model review what is written of *project*, or the sections called *ids*; no text is changed.

    A review that is there already is found again for nothing. Raises UsageError for a section that cannot be
    reviewed, or was so often that its author has to change something first; else as `awrite`.
    """
    with writable(project) as journal:
        run = Run.begin(project, journal, rehearse=rehearse, tell=tell, allowance=allowance)
        desk = _Desk.of(run)
        wanted = desk.wanted(ids)
        reviews: list[SectionReview] = []
        failed: list[str] = []
        todo = list(wanted)
        if wanted:
            sections = tuple(each.section for each in wanted)
            async with run.at_work(sections, wire=wire, chance=chance) as line:
                while todo and not stop():
                    standing = todo.pop(0)
                    tell(Noted(f"{standing.section.id} is reviewed"))
                    found = await desk.review(standing, line)
                    failed += [] if found else [standing.section.id]
                    reviews += [found] if found else []
        return ModelReviews(
            desk.offline,
            tuple(reviews),
            tuple(failed),
            tuple(each.section.id for each in todo),
            run.rehearsed,
            spent(journal.attempts(after=run.since)),
        )


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the sections of one run are reviewed; `texts` are those of the book, by id."""

    run: Run
    commission: Commission
    texts: Mapping[str, str]
    offline: Reviewed

    @classmethod
    def of(cls, run: Run) -> _Desk:
        there = [each for each in run.standings if each.whole and each.text.strip()]
        commission = replace(run.commission, digests=run.digests(there).told)
        texts = {each.section.id: each.text for each in there}
        return cls(run, commission, texts, review_offline(run.project))

    def wanted(self, ids: Sequence[str]) -> tuple[Standing, ...]:
        """Return what is to be reviewed; of sections that nobody named, those that can be."""
        outline = self.run.project.outline
        if not ids:
            self._tell_of_others()
            return tuple(each for each in self.run.standings if self._why_not(each) is None)
        named = {find(outline, id_).id for id_ in ids}
        chosen = tuple(each for each in self.run.standings if each.section.id in named)
        for each in chosen:
            if why_not := self._why_not(each):
                raise why_not
        return chosen

    def _tell_of_others(self) -> None:
        """Say which sections that have a text are left out, and why; of placeholder prose only how many."""
        placeholders = 0
        for each in self.run.standings:
            why = self._why_not(each) if each.section.id in self.texts and each.section.asked else None
            if why and each.state is State.REHEARSED:
                placeholders += 1
            elif why:
                self.run.tell(Noted(f"{why.message}; {why.help}"))
        if placeholders:
            told = f"left out, as placeholder prose of the built-in model: {placeholders:,}"
            self.run.tell(Noted(f"{told}; --rehearse reviews that"))

    def _why_not(self, standing: Standing) -> UsageError | None:
        """Return why a section cannot be reviewed now; None where it can."""
        section, id_ = standing.section, standing.section.id
        if not section.asked:
            return UsageError(f"{id_} is a text of your own, and is not reviewed", "name another section")
        if id_ not in self.texts:
            return UsageError(f"{id_} is not written yet", f"storygen write {id_}")
        if standing.state is State.REHEARSED and not self.run.rehearsed:
            return UsageError(
                f"{id_} is placeholder prose of the built-in model", f"storygen write {id_}, or --rehearse"
            )
        if round_of(self._stored(id_), standing.text) > ROUNDS:
            return UsageError(
                f"{id_} was reviewed {ROUNDS} times, and has only changed by what was suggested",
                "read it yourself, change what you see, and have it reviewed again",
            )
        return None

    def _stored(self, id_: str) -> StoredReview | None:
        """Return the last review of a section; a rehearsed one never counts for a real model's."""
        found = read_review(self.run.project.book, id_)
        return found if found and found.rehearsed is self.run.rehearsed else None

    async def review(self, standing: Standing, line: Line) -> SectionReview | None:
        """Have one section reviewed, and keep what is objected to; None where no review came."""
        section, known = standing.section, self._known(standing)
        try:
            reading = await look_over(self.commission, section, self.texts, known, line=line)
        except ModelError as error:
            if ends_the_run(error):
                raise
            self.run.tell(Noted(f"{section.id} could not be reviewed: {error.message}"))
            return None
        if reading.objections is None:
            return None
        stored = self._keep(standing, reading.objections, reading.model)
        page = Page(piece_of(self.run.project.outline, standing), self.run.project.outline.lang)
        objections = tuple(placed(each, page) for each in stored.objections)
        return SectionReview(section, objections, stored.round)

    def _keep(self, standing: Standing, objections: tuple[Objection, ...], model: str) -> StoredReview:
        book, id_ = self.run.project.book, standing.section.id
        last, before = read_review(book, id_), self._stored(id_)
        seen = hash_text(standing.text)
        review = StoredReview(
            objections,
            seen,
            round_of(before, standing.text),
            model,
            self.run.rehearsed,
            made=before.made if before and before.seen == seen else (),
            accepted=last.accepted if last else (),
        )
        write_review(book, id_, review)
        return review

    def _known(self, standing: Standing) -> tuple[str, ...]:
        """Return what was found in a section without a model, one a line."""
        path = str(standing.stored.path) if standing.stored else ""
        return tuple(_line(each) for each in self.offline.report.findings if each.path == path)


def _line(finding: Finding) -> str:
    quoted = f"“{clipped(finding.quote)}”: " if finding.quote else ""
    return f"{finding.rule.removeprefix('review/')}: {quoted}{finding.message}"
