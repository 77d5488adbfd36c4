"""Writes what is missing of a book, then compiles its manuscript."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from random import Random

import anyio

from storygen.book.attempts import spent
from storygen.book.journal import Journal
from storygen.catalogue import Catalogue
from storygen.desk.allowance import Allowance, one_by_one, refuse_unpriced
from storygen.desk.asked import asked_from
from storygen.desk.break_off import accounted
from storygen.desk.build import Built, ManuscriptEdited, compile_book, compiled, is_compiled, take_over
from storygen.desk.commission import (
    Past,
    commission_of,
    cost_of,
    cut_sources,
    in_batches,
    model_of,
    remarks,
)
from storygen.desk.digests import Digests, digests_of, keep_digest
from storygen.desk.freshness import is_models, stale
from storygen.desk.held import bring_back
from storygen.desk.keeping import Keeper
from storygen.desk.lines import line_of
from storygen.desk.project import Project
from storygen.desk.proofs import Proofs, unread
from storygen.desk.rescue import rescued
from storygen.desk.results import await_results
from storygen.desk.retitled import begun, refuse_retitled
from storygen.desk.select import Selection, select
from storygen.desk.states import Standing, State, how_far, read_book, standings
from storygen.desk.unconfigured import rehearses
from storygen.desk.wire import OpenWire, http_wire, rehearsal_wire
from storygen.desk.writable import writable
from storygen.desk.written import Written, asides
from storygen.draft import Draft
from storygen.errors import FileError, Stopped, StorygenError, Unsaved
from storygen.outline.tree import Section
from storygen.writer.ask import Commission
from storygen.writer.attempt import Line
from storygen.writer.book import Result, Shelf, Work, write_book
from storygen.writer.events import Noted, Tell

NOTHING = Work((), {}, frozenset())


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
    allowance: Allowance | None = None,
) -> Written:
    """Write what is missing of *project*, compile its manuscript, and return what was done.

    *tell* hears of everything that happens, *stop* is asked before every section. *wire* replaces the way to
    the model, *allowance* is what this run shares with others. Raises StorygenError; what came until
    then is kept, and the same call goes on from there.
    """
    with writable(project) as journal:
        run = Run.begin(project, journal, rehearse=rehearse, tell=tell, allowance=allowance)
        with accounted(project, journal, since=run.since, tell=tell):
            work = run.work(selection)
            result = Result((), ())
            if work.missing or work.owed:
                async with run.at_work((*work.missing, *work.owed), wire=wire, chance=chance) as line:
                    result = await run.write(work, line, stop=stop)
            return run.end(result)


@dataclass(frozen=True, slots=True)
class Run:
    """One run over one book; attempts up to the id `since` were made before it. `proofread` flags a draft."""

    project: Project
    commission: Commission
    keeper: Keeper
    journal: Journal
    standings: tuple[Standing, ...]
    tell: Tell
    since: int
    allowance: Allowance
    proofread: Callable[[Section, Draft], Draft]

    @property
    def rehearsed(self) -> bool:
        """Whether the built-in model writes."""
        return self.commission.rehearsed

    @property
    def catalogue(self) -> Catalogue:
        """The models that are known."""
        return self.commission.catalogue

    @classmethod
    def begin(
        cls,
        project: Project,
        journal: Journal,
        *,
        rehearse: bool,
        tell: Tell,
        allowance: Allowance | None = None,
    ) -> Run:
        """Read the book of *project*, and put on record what a killed run left behind."""
        take_over(project, tell)
        if journal.torn:
            tell(Noted("the journal's last entry, only half on the disk, is dropped; the others are whole"))
        shelved = read_book(project.book)
        partials = begun(project.outline.sections, shelved, journal)
        refuse_retitled(project.outline, shelved, partials=partials)
        rehearsed = rehearse or rehearses(project, shelved)
        past = Past.read(journal, rehearsed=rehearsed)
        commission = commission_of(project, rehearsed=rehearsed, past=past)
        if allowance and allowance.waves:
            commission = in_batches(commission)
        keeper = Keeper(
            project=project,
            journal=journal,
            shelved=shelved,
            rehearsed=rehearsed,
            model=lambda section: model_of(commission, section),
            price=lambda section, draft: cost_of(commission, section, draft, journal),
            inputs=asked_from(project, commission),
            tell=tell,
        )
        keeper.reconcile(journal.all_generated())
        now = standings(project.outline, keeper.shelved)
        since = past.attempts[-1].id if past.attempts else 0
        proofread = unread if rehearsed else Proofs(project, tell=tell).read
        allowance = allowance or Allowance.of(project)
        return cls(project, commission, keeper, journal, now, tell, since, allowance, proofread)

    def missing(self, selection: Selection) -> tuple[Section, ...]:
        """Return the sections to ask for; drafts that the journal still holds are brought back first.

        Stale ones that nobody edited are among them if the *selection* wants that.
        """
        old = [each for each in self._stale(self.standings) if is_models(each)] if selection.stale else []
        chosen = select(self.project.outline, selection, (each.section for each in old))
        restored = bring_back(
            self.keeper, self.standings, stale=[each for each in old if each.section in chosen]
        )
        replaceable = {each.section.id for each in old}
        unwritten = (
            standing.section
            for standing in self.standings
            if standing.section.id not in restored
            and (standing.section.id in replaceable or self._unwritten(standing))
        )
        return select(self.project.outline, selection, unwritten)

    @asynccontextmanager
    async def at_work(
        self, sections: tuple[Section, ...], *, wire: OpenWire | None, chance: Random | None
    ) -> AsyncIterator[Line]:
        """Open the way to the model that writes *sections*; where that breaks off, compile what is there.

        Raises SettingsError where a budget cannot be kept.
        """
        refuse_unpriced(self.commission, sections)
        cut = cut_sources(self.commission, sections)  # what is wrong with a source comes before any request
        open_wire = wire or (rehearsal_wire if self.rehearsed else http_wire)
        try:
            async with open_wire(self.project, self.catalogue) as opened:
                known = remarks(self.commission, sections, opened.accepts)
                alone = one_by_one(self.commission, sections, batched=self.allowance.waves is not None)
                for remark in opened.remarks:
                    self.tell(Noted(remark, everywhere=True))
                for remark in (*known, *alone, *cut):
                    self.tell(Noted(remark))
                await await_results(self.project, self.journal, opened, tell=self.tell, chance=chance)
                line = line_of(
                    self.commission,
                    self.journal,
                    opened,
                    tell=self.tell,
                    allowance=self.allowance,
                    chance=chance,
                )
                self.journal.begin_run()
                async with line.saves.kept(anyio.sleep):
                    yield line
        except Unsaved as error:
            raise rescued(error, self.project.book.root) from error
        except StorygenError as error:
            with suppress(FileError):  # the error that stopped the run says more
                built = self.compile()
                if isinstance(error, Stopped):
                    error.notes = (*error.notes, how_far(built.standings))
            raise

    def work(self, selection: Selection) -> Work:
        """Return what is to be written and summed up, as *selection* wants it, and what is there already."""
        missing = self.missing(selection)
        if not missing and not self._sums_up:
            return NOTHING
        now = standings(self.project.outline, read_book(self.project.book))
        there = [standing for standing in now if standing.whole and not self._unwritten(standing)]
        digests = self.digests(there)
        for remark in digests.remarks:
            self.tell(Noted(remark))
        owed = digests.owed(self.project.outline, missing, all_missing=selection.everything)
        return Work(
            missing=missing,
            texts={standing.section.id: standing.text for standing in there},
            ready=frozenset(standing.section.id for standing in there),
            digests=digests.told,
            owed=tuple(filter(self.commission.sums_up, owed)),
        )

    @property
    def _sums_up(self) -> bool:
        """Whether digests are made beside the sections that are written."""
        return any(map(self.commission.sums_up, self.project.outline.sections))

    def digests(self, now: Iterable[Standing]) -> Digests:
        """Return how the digests of the texts that are there *now* stand."""
        return digests_of(self.project, now, self.keeper.shelved.record, rehearsed=self.rehearsed)

    async def write(self, work: Work, line: Line, *, stop: Callable[[], bool]) -> Result:
        """Do the *work*: write what is missing, in its order, and sum up what is owed."""
        keeper = self.keeper
        shelf = Shelf(
            keeper.resume, keeper.keep, keeper.leave, self.proofread, sum_up=partial(keep_digest, keeper)
        )
        seats = self.allowance.seats
        return await write_book(self.commission, work, line=line, shelf=shelf, seats=seats, stop=stop)

    def compile(self) -> Built:
        """Compile the manuscript from what is there; one that a person changed is left alone."""
        try:
            return compile_book(self.project)
        except ManuscriptEdited as error:
            self.tell(Noted(f"{error.message}; {error.help}"))
            return compiled(self.project)

    def end(self, result: Result) -> Written:
        """Compile the manuscript, unless it is what that would make of it, and say what was done.

        The run is over where that was all that it set out to do; else the next one goes on from it.
        """
        if result.whole:
            self.journal.end_run()
        built = self._built() or self.compile()
        attempts = self.journal.attempts(after=self.since)
        by_id = {section.id: section for section in self.project.outline.sections}
        return Written(
            drafts=result.drafts,
            held_back=result.held_back,
            standings=built.standings,
            costs={draft.id: self.keeper.price(by_id[draft.id], draft) for draft in result.drafts},
            models={draft.id: self.keeper.model(by_id[draft.id]) for draft in result.drafts},
            rehearsed=self.rehearsed,
            manuscript=built.path,
            stale=tuple(each.section.id for each in self._stale(built.standings)),
            spent=spent(attempts),
            asides=asides(attempts, self.catalogue),
        )

    def _stale(self, now: tuple[Standing, ...]) -> tuple[Standing, ...]:
        return stale(self.project, now, self.keeper.shelved.record)

    def _built(self) -> Built | None:
        """Return the manuscript that is there, if nothing has changed since it was compiled."""
        record = self.keeper.shelved.record
        if self.keeper.busy or not is_compiled(self.project, self.standings, record):
            return None
        return Built("", self.standings, self.project.book.manuscript)

    def _unwritten(self, standing: Standing) -> bool:
        """Say whether a section has to be asked for: a rehearsed draft is none once a real model is there."""
        rehearsed_only = standing.state is State.REHEARSED and not self.rehearsed
        return standing.section.asked and (not standing.whole or rehearsed_only)
