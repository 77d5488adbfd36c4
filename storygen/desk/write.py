"""Writes what is missing of a book, then compiles its manuscript."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import anyio

from storygen.book.journal import Journal, open_journal
from storygen.book.lock import hold
from storygen.catalogue import Catalogue
from storygen.desk.build import Built, ManuscriptEdited, build, compiled
from storygen.desk.commission import commission_of, cost_of, model_of, remarks
from storygen.desk.keeping import Keeper
from storygen.desk.project import Project
from storygen.desk.select import Selection, select
from storygen.desk.states import Standing, State, read_book, standings
from storygen.desk.wire import Wire, http_wire, nothing_configured, rehearsal_wire
from storygen.draft import Draft, DraftStatus, total_usage
from storygen.errors import StorygenError
from storygen.messages import Usage
from storygen.outline.tree import Section
from storygen.writer.ask import Commission
from storygen.writer.attempt import Line
from storygen.writer.book import Result, Shelf, Work, write_book
from storygen.writer.events import Noted, Tell
from storygen.writer.saves import Saves

OpenWire = Callable[[Project, Catalogue], AbstractAsyncContextManager[Wire]]
"""Opens the way to a model; tests and the rehearsal have their own."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did.

    `drafts` are the sections that it wrote, whole or not, `held_back` the ids it did not come to, `standings`
    the whole book as it is now. `costs` and `models` go by id: micro-dollars, None for an unknown price; a
    rehearsal's are what it would have cost. `manuscript` is None where none was compiled.
    """

    drafts: tuple[Draft, ...]
    held_back: tuple[str, ...]
    standings: tuple[Standing, ...]
    costs: Mapping[str, int | None]
    models: Mapping[str, str]
    rehearsed: bool
    manuscript: Path | None

    @property
    def cost(self) -> int | None:
        """What all drafts of this run cost, in micro-dollars; None where nobody knows a price."""
        return None if None in self.costs.values() else sum(cost or 0 for cost in self.costs.values())

    @property
    def usage(self) -> Usage:
        """What all drafts of this run used."""
        return total_usage(draft.usage for draft in self.drafts)

    @property
    def whole(self) -> bool:
        """Whether everything that was asked for is written."""
        return not self.held_back and all(draft.status is not DraftStatus.INCOMPLETE for draft in self.drafts)


def write(project: Project, *, rehearse: bool = False, selection: Selection = Selection()) -> Written:
    """Write what is missing of *project*, compile its manuscript, and return what was done.

    The plain way to call `awrite`, for programs without an event loop.
    """

    async def run() -> Written:
        return await awrite(project, rehearse=rehearse, selection=selection)

    return anyio.run(run)


async def awrite(
    project: Project,
    *,
    rehearse: bool = False,
    selection: Selection = Selection(),
    tell: Tell = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    wire: OpenWire | None = None,
    chance: Random | None = None,
) -> Written:
    """Write what is missing of *project*, compile its manuscript, and return what was done.

    *tell* hears of everything that happens, *stop* is asked before every section. *wire* replaces the way to
    the model. Raises StorygenError; what came until then is kept, and the same call goes on from there.
    """
    project.book.prepare()
    with hold(project.book), open_journal(project.book.journal, clock=time.time) as journal:
        run = _Run.begin(project, journal, rehearse=rehearse, tell=tell)
        missing = run.missing(selection)
        result = Result((), ())
        if missing:
            open_wire = wire or (rehearsal_wire if run.rehearsed else http_wire)
            try:
                async with open_wire(project, run.catalogue) as opened:
                    result = await run.write(missing, opened, stop=stop, chance=chance or Random())  # noqa: S311 - jitter
            except StorygenError:
                run.compile()
                raise
        return run.end(result)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run over one book."""

    project: Project
    commission: Commission
    keeper: Keeper
    journal: Journal
    standings: tuple[Standing, ...]
    tell: Tell

    @property
    def rehearsed(self) -> bool:
        return self.commission.rehearsed

    @property
    def catalogue(self) -> Catalogue:
        return self.commission.catalogue

    @classmethod
    def begin(cls, project: Project, journal: Journal, *, rehearse: bool, tell: Tell) -> _Run:
        shelved = read_book(project.book)
        paid = any(not written.rehearsed for written in shelved.record.sections.values())
        rehearsed = rehearse or (nothing_configured(project.settings, project.outline) and not paid)
        commission = commission_of(project, rehearsed=rehearsed)
        keeper = Keeper(
            project=project,
            journal=journal,
            shelved=shelved,
            rehearsed=rehearsed,
            model=lambda section: model_of(commission, section),
            price=lambda section, draft: cost_of(commission, section, draft),
            tell=tell,
        )
        keeper.reconcile()
        return cls(project, commission, keeper, journal, standings(project.outline, keeper.shelved), tell)

    def missing(self, selection: Selection) -> tuple[Section, ...]:
        """Return the sections to ask for; drafts that the journal still holds are brought back first."""
        gone = [standing for standing in self.standings if standing.state is State.MISSING]
        restored = {standing.section.id for standing in gone if self.keeper.restore(standing.section)}
        if restored:
            self.tell(
                Noted(f"brought back from the journal, nothing was sent: {', '.join(sorted(restored))}")
            )
        unwritten = (
            standing.section
            for standing in self.standings
            if standing.section.id not in restored and self._unwritten(standing)
        )
        return select(self.project.outline, selection, unwritten)

    async def write(
        self, missing: tuple[Section, ...], wire: Wire, *, stop: Callable[[], bool], chance: Random
    ) -> Result:
        for remark in remarks(self.commission, missing):
            self.tell(Noted(remark))
        now = standings(self.project.outline, read_book(self.project.book))
        there = [standing for standing in now if standing.whole and not self._unwritten(standing)]
        work = Work(
            missing=missing,
            texts={standing.section.id: standing.text for standing in there},
            ready=frozenset(standing.section.id for standing in there),
        )
        saves = Saves(self.journal)
        line = Line(
            encode=wire.encode,
            send=wire.send,
            journal=self.journal,
            catalogue=self.catalogue,
            tell=self.tell,
            sleep=anyio.sleep,
            chance=chance,
            saves=saves,
            retries=self.project.settings.retries,
        )
        shelf = Shelf(self.keeper.resume, self.keeper.keep, self.keeper.leave)
        async with saves.kept(anyio.sleep):
            return await write_book(self.commission, work, line=line, shelf=shelf, stop=stop)

    def compile(self) -> Built:
        """Compile the manuscript from what is there; one that a person changed is left alone."""
        try:
            return build(self.project)
        except ManuscriptEdited as error:
            self.tell(Noted(f"{error.message}; {error.help}"))
            return compiled(self.project)

    def end(self, result: Result) -> Written:
        """Compile the manuscript and say what was done."""
        built = self.compile()
        by_id = {section.id: section for section in self.project.outline.sections}
        return Written(
            drafts=result.drafts,
            held_back=result.held_back,
            standings=built.standings,
            costs={draft.id: self.keeper.price(by_id[draft.id], draft) for draft in result.drafts},
            models={draft.id: self.keeper.model(by_id[draft.id]) for draft in result.drafts},
            rehearsed=self.rehearsed,
            manuscript=built.path,
        )

    def _unwritten(self, standing: Standing) -> bool:
        """Say whether a section has to be asked for: a rehearsed draft is none once a real model is there."""
        rehearsed_only = standing.state is State.REHEARSED and not self.rehearsed
        return standing.section.asked and (not standing.whole or rehearsed_only)
