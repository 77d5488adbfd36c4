"""Asks again for sections that have a text: a new version, variants of one, or more of the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from storygen.book.attempts import Kept
from storygen.book.orders import Order, Verb, read_order, write_order
from storygen.book.record import hash_text
from storygen.book.versions import Version
from storygen.desk.commission import replies
from storygen.desk.consent import refuse
from storygen.desk.left import Begin
from storygen.desk.project import Project
from storygen.desk.select import find
from storygen.desk.states import Standing
from storygen.desk.wire import OpenWire
from storygen.desk.writable import writable
from storygen.desk.write import Run
from storygen.draft import Draft, Flag
from storygen.errors import TemplateError
from storygen.known_settings import OnRefusal
from storygen.outline.tree import Section, WordTarget
from storygen.prompts.context import Revision
from storygen.text.words import count_words
from storygen.writer.ask import Commission, ask
from storygen.writer.attempt import Line
from storygen.writer.book import Result, Shelf, Work, write_book
from storygen.writer.events import Tell
from storygen.writer.reasons import Sitting, cut_short

_SPREAD = 0.1
_SHARE = 4
"""A continuation that nobody gave a length adds what is missing, or one in so many of the words there are."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants of a text that is there.

    `words` are those that a continuation adds, 0 where it finds its own measure. `agreed` holds the hashes of
    the texts that may be replaced although their author edited them, by id, as `questions` gives them.
    """

    note: str = ""
    variants: int = 1
    words: int = 0
    rehearse: bool = False
    agreed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Renewed:
    """What became of one section: the drafts of this run, and the numbers of its versions.

    `replaced` is the version that was there before, `made` are those that came of it, none where it is not
    whole yet. The first of them is in use, unless its author changed the text during the run and has
    `kept_own`. `cost` is in micro-dollars, None for an unknown price.
    """

    id: str
    drafts: tuple[Draft, ...]
    replaced: int
    made: tuple[int, ...]
    kept_own: bool
    cost: int | None


@dataclass(frozen=True, slots=True)
class Renewals:
    """What became of all sections that were asked for again; `held_back` are the ids it did not come to."""

    sections: tuple[Renewed, ...]
    held_back: tuple[str, ...]
    rehearsed: bool
    manuscript: Path | None

    @property
    def whole(self) -> bool:
        """Whether everything that was asked for is written."""
        return not self.held_back and all(section.made for section in self.sections)


async def renew(
    project: Project,
    ids: Sequence[str],
    verb: Verb,
    wish: Wish,
    *,
    tell: Tell,
    stop: Callable[[], bool],
    wire: OpenWire | None,
    chance: Random | None,
) -> Renewals:
    """Fulfil *wish* for the sections called *ids*, in reading order; a killed one is gone on with.

    Raises UsageError before anything is sent, else as `awrite`.
    """
    wanted = {find(project.outline, id_).id for id_ in ids}
    sections = tuple(section for section in project.outline.sections if section.id in wanted)
    with writable(project) as journal:
        run = Run.begin(project, journal, rehearse=wish.rehearse, tell=tell)
        bench = _Bench(run, verb, wish)
        for section in sections:
            bench.refuse(section)
        begun = [bench.begin(section) for section in sections]
        done: list[Renewed] = []
        async with run.at_work(sections, wire=wire, chance=chance) as line:
            for task in begun:
                if stop() or _refused(done, run.commission):
                    break
                done.append(await bench.write(task, line, stop=stop))
        built = run.compile()
        held_back = tuple(task.section.id for task in begun[len(done) :])
        renewals = Renewals(tuple(done), held_back, run.rehearsed, built.path)
        if renewals.whole:
            journal.end_run()
    return renewals


def _refused(done: Iterable[Renewed], commission: Commission) -> bool:
    """Say whether a refusal ends the run, as it ends that of a whole book."""
    refusals = any(Flag.REFUSED in draft.flags for each in done for draft in each.drafts)
    return refusals and commission.settings.on_refusal is OnRefusal.STOP


@dataclass(frozen=True, slots=True)
class _Task:
    """One section, the order as it stands for it, and the version that it began from."""

    section: Section
    order: Order
    base: Version


class _Bench:
    """Where sections of one run are written anew; it knows the texts of the book as they become."""

    def __init__(self, run: Run, verb: Verb, wish: Wish) -> None:
        """Fulfil *wish* in *run*."""
        self._run, self._agreed = run, wish.agreed
        self._order = Order(verb, wish.note.strip(), wish.variants, wish.words, rehearsed=run.rehearsed)
        self._standings = {each.section.id: each for each in run.standings}
        self._texts = {id_: each.text for id_, each in self._standings.items() if each.whole}
        self._digests = run.digests(self._standings.values()).told
        self._replies = dict(run.commission.replies)

    def refuse(self, section: Section) -> None:
        """Raise UsageError where nothing can be asked of *section*, or its author has to agree first."""
        found = read_order(self._run.project.book, section.id)
        order = self._order_for(section)
        begun = found is not None and found.open and found.asks_the_same(order)
        refuse(self._standings[section.id], order, begun=begun, agreed=self._agreed.get(section.id))

    def begin(self, section: Section) -> _Task:
        """Store every text there is of *section*, and take up the order for it or begin it."""
        keeper, standing = self._run.keeper, self._standings[section.id]
        order, found = self._order_for(section), read_order(self._run.project.book, section.id)
        versions = keeper.shelve(section)
        if found is None or not self._goes_on(standing, order, found, versions):
            versions = keeper.shelve_partial(section)
            found = self._place(standing, order, versions)
        base = next((each for each in versions if each.number == found.base), Version(0, "", 0.0))
        text = _to_go_on_from(base.text) if order.verb is Verb.CONTINUE else ""
        keeper.begins[section.id] = Begin(found.after, text, keeper.shelved.record.sections.get(section.id))
        if standing.whole:
            keeper.agreed[section.id] = hash_text(standing.text)
        task = _Task(section, found, base)
        _prove_heard(self._revised(task, 1), section, self._texts)
        return task

    async def write(self, task: _Task, line: Line, *, stop: Callable[[], bool]) -> Renewed:
        """Write what is missing of *task*; the first text is put in place once all of them are there."""
        drafts: list[Draft] = []
        made = self._made(task.section, task.order)
        whole = True
        while whole and len(made) < task.order.variants:
            result = await self._once(task, len(made) + 1, line, stop=stop)
            drafts += result.drafts
            whole = result.whole
            made = self._made(task.section, task.order)
        if whole:
            self._finish(task, made)
        return self._renewed(task, tuple(drafts), made if whole else ())

    def _goes_on(self, standing: Standing, order: Order, found: Order, versions: tuple[Version, ...]) -> bool:
        """Say whether *found*, left by a killed run, is *order*, and nobody has changed the text since."""
        if not (found.open and found.asks_the_same(order)):
            return False
        texts = [each.text for each in versions if each.number == found.base]
        texts += [kept.draft.text for kept in self._made(standing.section, found)]
        return not standing.whole or hash_text(standing.text) in map(hash_text, texts)

    def _order_for(self, section: Section) -> Order:
        return replace(self._order, model=self._run.keeper.model(section))

    def _place(self, standing: Standing, order: Order, versions: tuple[Version, ...]) -> Order:
        """Write down *order* as new: nothing that was sent before belongs to it."""
        book, id_ = self._run.project.book, standing.section.id
        now = hash_text(standing.text)
        base = next(each.number for each in versions if hash_text(each.text) == now)
        after = self._run.journal.last_attempt(id_)
        placed = replace(order, base=base, known=len(versions), after=after)
        write_order(book, id_, placed)
        return placed

    def _made(self, section: Section, order: Order) -> tuple[Kept, ...]:
        """Return the whole texts of *section* that came of *order* so far."""
        kept = self._run.journal.versions(section.id)
        own = [each for each in kept if each.attempt > order.after and each.rehearsed is order.rehearsed]
        return tuple(own[: order.variants])

    async def _once(self, task: _Task, take: int, line: Line, *, stop: Callable[[], bool]) -> Result:
        section, keeper = task.section, self._run.keeper
        shelf = Shelf(
            resume=lambda _, texts, digests: keeper.resume(section, texts, digests),
            keep=lambda _, draft: keeper.keep_beside(section, draft),
            leave=lambda _: keeper.leave(section),
            proofread=self._run.proofread,
        )
        work = Work((_resized(task),), self._texts, frozenset(section.after), self._digests)
        commission = self._revised(task, take)
        seats = self._run.allowance.seats
        return await write_book(commission, work, line=line, shelf=shelf, seats=seats, stop=stop)

    def _revised(self, task: _Task, take: int) -> Commission:
        """Return the commission that asks for that *take* of *task*; with a note it revises what is there."""
        note = task.order.note
        revision = Revision("", note)
        if task.order.verb is Verb.REWRITE:
            revision = (
                Revision(task.base.text, note, take) if note else Revision(take=task.order.known + take)
            )
        revisions = {task.section.id: revision}
        return replace(self._run.commission, revisions=revisions, replies=self._replies)

    def _finish(self, task: _Task, made: tuple[Kept, ...]) -> None:
        self._texts[task.section.id] = self._run.keeper.lay(task.section, made[0])
        self._replies |= replies(made[-1:])
        texts = tuple(hash_text(kept.draft.text) for kept in made)
        write_order(self._run.project.book, task.section.id, replace(task.order, made=texts))

    def _renewed(self, task: _Task, drafts: tuple[Draft, ...], made: tuple[Kept, ...]) -> Renewed:
        costs = [self._run.keeper.price(task.section, draft) for draft in drafts]
        numbers = {hash_text(each.text): each.number for each in self._run.keeper.versions(task.section)}
        return Renewed(
            task.section.id,
            drafts,
            task.base.number,
            tuple(dict.fromkeys(numbers[hash_text(kept.draft.text)] for kept in made)),
            bool(made) and self._texts[task.section.id] != made[0].draft.text,
            None if None in costs else sum(cost or 0 for cost in costs),
        )


def _resized(task: _Task) -> Section:
    """Return the section of *task* with the length that its whole text shall have."""
    if task.order.verb is Verb.REWRITE:
        return task.section
    there = count_words(task.base.text)
    more = task.order.words or max(task.section.words.aim - there, there // _SHARE, 1)
    low, high = (round((there + more) * (1 + side)) for side in (-_SPREAD, _SPREAD))
    return replace(task.section, words=WordTarget(low, high))


def _to_go_on_from(text: str) -> str:
    r"""Return *text* with what has to stand between it and the words that follow.

    >>> _to_go_on_from("It rained."), _to_go_on_from("It rained, and")
    ('It rained.\n\n', 'It rained, and')
    """
    return text if cut_short(text) else text + "\n\n"


def _prove_heard(commission: Commission, section: Section, texts: Mapping[str, str]) -> None:
    """Raise TemplateError where an author's own template leaves out the note that is being paid for."""
    told = commission.revisions[section.id]
    deaf = replace(commission, revisions={section.id: replace(told, note="")})
    if told.note and ask(commission, section, texts, sitting=Sitting()) == ask(
        deaf, section, texts, sitting=Sitting()
    ):
        raise TemplateError(
            f"your own template of {section.id} leaves out the note that goes with it",
            "show `note` in your revise/user.md.j2, or extend the shipped one; templates/README.md says how",
        )
