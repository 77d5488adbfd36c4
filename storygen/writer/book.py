"""A book in its order: each section after those it needs, as many at once as may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

import anyio
from anyio.abc import TaskGroup

from storygen.draft import Digest, Draft, DraftStatus, Flag
from storygen.errors import DiskFull, FileError, JournalError, ModelError, lone
from storygen.known_settings import OnRefusal
from storygen.outline.tree import Section
from storygen.prompts.closure import closure, further_back
from storygen.text.words import count_words
from storygen.writer.ask import Commission, without_messages
from storygen.writer.attempt import Line
from storygen.writer.digest import ends_the_run, sum_up
from storygen.writer.events import Began, Event, Grew, Left, Thinking
from storygen.writer.rate import Replies
from storygen.writer.reasons import Sitting
from storygen.writer.seats import Seats
from storygen.writer.section import write_section
from storygen.writer.ways import ways


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where drafts lie: `resume` gives what an earlier run left, `keep` takes a draft that has ended.

    `resume` is told the texts and the digests that the section is about to be asked with, by id. `keep`
    returns the text that the section has from then on: its author may have written one meanwhile. `leave`
    saves what there is of a section that had to be left in the middle. `proofread` sees a draft before it is
    kept, and may flag it. `sum_up` keeps what a text comes to, and returns what later sections are told;
    where there is none, none is asked for.
    """

    resume: Callable[[Section, Mapping[str, str], Mapping[str, Digest]], Sitting]
    keep: Callable[[Section, Draft], str]
    leave: Callable[[Section], None]
    proofread: Callable[[Section, Draft], Draft] = lambda _, draft: draft
    sum_up: Callable[[Section, str, Digest], Digest] | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be written in this run, and what is there already.

    `texts` are the texts of the book and `digests` what they come to, by id, `missing` the sections to write
    and `owed` those with a text that are to be summed up, in reading order, `ready` the ids of all sections
    that others may follow.
    """

    missing: tuple[Section, ...]
    texts: Mapping[str, str]
    ready: frozenset[str]
    digests: Mapping[str, Digest] = field(default_factory=dict)
    owed: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What a run wrote, and which sections it held back."""

    drafts: tuple[Draft, ...]
    held_back: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was left incomplete or held back."""
        return not self.held_back and all(draft.status is not DraftStatus.INCOMPLETE for draft in self.drafts)


async def write_book(
    commission: Commission, work: Work, *, line: Line, shelf: Shelf, seats: Seats, stop: Callable[[], bool]
) -> Result:
    """Write what is missing, each section as soon as all that it comes after is there.

    As many are written at once as there are *seats*, which books may share, and each is kept as soon as it
    ends; what is whole comes out the same however many. The first has the line to itself until the model
    answers, so that the others find what all prompts of a book share in the cache. Where the outline wants
    digests, a section is summed up beside those that go on from it; what reads its digest waits until that is
    there, or has failed. *stop* is asked before every section. A section that ends incomplete holds back only
    what comes after it; a refusal holds back the rest of the book, unless the settings say to skip it. Raises
    the error of a section that could not be written: at once where it concerns the whole run, else when the
    others are done.
    """
    bench = _Bench.of(commission, work, line=line, shelf=shelf, seats=seats, stop=stop)
    try:
        async with anyio.create_task_group() as group:
            bench.start(group)
    except BaseExceptionGroup as several:
        raise lone(several.subgroup(JournalError) or several) from None
    if bench.failures:
        raise bench.failures[0]
    ids = [section.id for section in work.missing]
    written = tuple(bench.drafts[id_] for id_ in ids if id_ in bench.drafts)
    return Result(written, tuple(id_ for id_ in ids if id_ not in bench.drafts))


@dataclass(slots=True)
class _Bench:
    """A book as it is written: what waits, what is at hand, and what came of the rest.

    `unread` are the ids of the sections whose digest is still to come: whatever reads one of them waits.
    `ways` says by id how long the way from a section to the end is; `queueing` counts those who ask for a
    seat. `warm` is whether the model has begun to answer anything, `closed` whether nothing more is begun.
    """

    commission: Commission
    line: Line
    shelf: Shelf
    seats: Seats
    stop: Callable[[], bool]
    texts: dict[str, str]
    digests: dict[str, Digest]
    ready: set[str]
    waiting: dict[str, Section]
    owed: list[Section]
    unread: set[str]
    ways: Mapping[str, int]
    warm: bool = False
    queueing: int = 0
    at_hand: dict[str, Section] = field(default_factory=dict)
    summing_up: int = 0
    closed: bool = False
    drafts: dict[str, Draft] = field(default_factory=dict)
    replies: dict[str, Replies] = field(default_factory=dict)
    failures: list[ModelError | DiskFull] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        commission: Commission,
        work: Work,
        *,
        line: Line,
        shelf: Shelf,
        seats: Seats,
        stop: Callable[[], bool],
    ) -> _Bench:
        """Lay out *work*."""
        digests = dict(work.digests)
        return cls(
            replace(commission, digests=digests),
            line,
            shelf,
            seats,
            stop,
            texts=dict(work.texts),
            digests=digests,
            ready=set(work.ready),
            waiting={section.id: section for section in work.missing},
            owed=list(work.owed),
            unread={section.id for section in work.owed},
            ways=ways(work.missing),
            warm=line.batched,  # a wave leaves when all have joined it
        )

    def start(self, group: TaskGroup) -> None:
        """Ask for a seat for every section that can begin, and begin the digests that may be at hand."""
        if self.closed or self.stop():
            return
        jobs = self.commission.settings.jobs
        most = jobs if self.warm else 1
        able = sorted(filter(self._able, self.waiting.values()), key=self._rank)
        for section in able[self.queueing : most - len(self.at_hand)]:
            self.queueing += 1
            group.start_soon(self._queue, self.ways[section.id], group)
        for section in list(islice(filter(self._is_told, self.owed), jobs - self.summing_up)):
            self.owed.remove(section)
            self.summing_up += 1
            group.start_soon(self._sum_up, section, group)

    async def _queue(self, way: int, group: TaskGroup) -> None:
        """Wait for a seat, and write on it whatever has the longest *way* by then."""
        async with self.seats.seat(way=way):
            self.queueing -= 1
            able = [] if self.closed or self.stop() else list(filter(self._able, self.waiting.values()))
            if not able:
                return
            section = min(able, key=self._rank)
            self.at_hand[section.id] = self.waiting.pop(section.id)
            await self._finish(section, group)
        self.warm = True
        self.start(group)

    def _rank(self, section: Section) -> tuple[int, int]:
        """Put the longest way first, and of equal ones the first in reading order."""
        return -self.ways[section.id], section.position

    def _able(self, section: Section) -> bool:
        """Say whether all that *section* comes after is there, and all that it is told."""
        return self.ready.issuperset(section.after) and self._is_told(section)

    def _is_told(self, section: Section) -> bool:
        """Say whether nothing that *section* is told will change any more: no text before it, no digest."""
        outline = self.commission.outline
        if any(self._is_ahead(each, section) for each in closure(outline, section)):
            return False
        return not self.unread or self.unread.isdisjoint(further_back(outline, section))

    def _is_ahead(self, each: Section, section: Section) -> bool:
        """Say whether the text of *each* is still to come, and will be told to *section*."""
        return each.id in self.at_hand or (each.id in self.waiting and each.position < section.position)

    async def _finish(self, section: Section, group: TaskGroup) -> None:
        """Write *section*, and keep it."""
        try:
            draft = await self._write(section, group)
            try:
                await self.seats.turns.take()
            finally:
                self._keep(section, self.shelf.proofread(section, draft))
        except DiskFull as error:  # nothing new is begun, and what streams ends well
            self.closed = True
            self._leave(section, error)
        except ModelError as error:
            if ends_the_run(error):
                raise
            self._leave(section, error)
        del self.at_hand[section.id]

    def _leave(self, section: Section, error: ModelError | DiskFull) -> None:
        """Let the others go on without *section*."""
        self.failures.append(error)
        self.line.tell(Left(section, error.message))

    async def _sum_up(self, section: Section, group: TaskGroup) -> None:
        """Sum up *section*, and begin what can follow."""
        line = replace(self.line, way=self.ways.get(section.id, 0))
        digest = await sum_up(self.commission, section, self.texts, line=line)
        if digest and self.shelf.sum_up:
            self.digests[section.id] = self.shelf.sum_up(section, self.texts[section.id], digest)
        self.unread.discard(section.id)
        self.summing_up -= 1
        self.start(group)

    async def _write(self, section: Section, group: TaskGroup) -> Draft:
        await self.seats.turns.take()
        sitting = self.shelf.resume(section, self.texts, self.digests)
        self.line.tell(Began(section, count_words(sitting.text)))
        tell = self.line.tell if self.warm else partial(self._hear, group)
        line = replace(self.line, way=self.ways[section.id], tell=tell)
        try:
            return await write_section(
                self.commission, section, self.texts, sitting=sitting, line=line, replies=self.replies
            )
        except BaseException:
            with suppress(
                FileError
            ):  # what came is in the journal, and the error that is on its way says more
                self.shelf.leave(section)
            raise

    def _hear(self, group: TaskGroup, event: Event) -> None:
        """Let the others begin as soon as the model answers: from then on the cache has what they share."""
        self.line.tell(event)
        if not self.warm and isinstance(event, Grew | Thinking):
            self.warm = True
            self.start(group)

    def _keep(self, section: Section, draft: Draft) -> None:
        text = self.shelf.keep(section, draft)
        self.drafts[section.id] = draft
        if Flag.REFUSED in draft.flags and self.commission.settings.on_refusal is OnRefusal.STOP:
            self.closed = True
        if draft.status is not DraftStatus.INCOMPLETE:
            self.ready.add(section.id)
            self.texts[section.id] = text
            self.replies[section.id] = Replies(without_messages(self.commission, section).model, draft.legs)
            self._owe(section)

    def _owe(self, section: Section) -> None:
        """Have *section*, just written, summed up if its outline wants that; what was told of it is old."""
        self.digests.pop(section.id, None)
        if self.shelf.sum_up and self.commission.sums_up(section):
            self.owed.append(section)
            self.unread.add(section.id)


def runs_alone(sections: Sequence[Section]) -> bool:
    """Say whether no two of *sections* can be written at once, since each waits for another one."""
    open_ = {section.id for section in sections}
    after = {section.id: open_.intersection(section.after) for section in sections}
    written: set[str] = set()
    while open_:
        able = [id_ for id_ in open_ if after[id_] <= written]
        if len(able) != 1:
            return not able
        written.update(able)
        open_.difference_update(able)
    return True
