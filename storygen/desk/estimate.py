"""What a run would send and cost, before it is sent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from operator import attrgetter

from storygen.catalogue import Model, catalogue
from storygen.desk.commission import commission_now, contexts
from storygen.desk.digests import digests_of
from storygen.desk.freshness import replaceable
from storygen.desk.project import Project
from storygen.desk.select import Selection, select
from storygen.desk.states import State, read_book, standings
from storygen.draft import Stretch, total_usage
from storygen.messages import Request, Usage
from storygen.model.endpoint import is_anthropic
from storygen.outline.tree import Section
from storygen.text.tokens import count_tokens
from storygen.text.words import count_words
from storygen.writer.ask import TOKENS_A_WORD, Commission, ask, course_of
from storygen.writer.bills import STAND_IN, so_many, stand_in
from storygen.writer.cache import Cache, Taken
from storygen.writer.digest import STEP, TOKENS, ask_digest
from storygen.writer.reasons import Sitting
from storygen.writer.stretches import first_stretch, next_stretch


@dataclass(frozen=True, slots=True)
class Estimate:
    """What so many `calls` would take: tokens in the model's own count, the price in micro-dollars.

    They ask for `section` in `asked` words, or for what is called `step` there, as its digest.
    """

    section: Section
    model: str
    usage: Usage
    cost: int | None
    calls: int = 1
    asked: int = 0
    step: str = ""

    @property
    def id(self) -> str:
        """The name that the request would have in the journal."""
        return _name(self.section, self.step)


@dataclass(frozen=True, slots=True)
class Ask:
    """What would be asked in one call, and of whom; `factor` is a plain token in the model's own.

    `output` is how many plain tokens the reply would have, `asked` for how many words the section is asked,
    `step` what is asked for if not the section.
    """

    section: Section
    request: Request
    row: Model
    factor: float
    output: float
    asked: int = 0
    step: str = ""

    @property
    def id(self) -> str:
        """The name that the request would have in the journal."""
        return _name(self.section, self.step)


def estimate(
    project: Project, *, selection: Selection = Selection(), batch: bool = False
) -> tuple[Estimate, ...]:
    """Return what `write` would ask for now, section by section; nothing is sent and no key is needed.

    A text that is not there yet is stood in for by as many tokens as its target has, so prompts have their
    true length. *batch* says whether they leave in batches.
    """
    return estimates(project, asks(project, selection=selection), batch=batch)


def asks(project: Project, *, selection: Selection = Selection()) -> tuple[Ask, ...]:
    """Return the requests that `write` would make now, as far as they can be known."""
    commission = commission_now(project)
    shelved = read_book(project.book)
    now = standings(project.outline, shelved)
    stale = replaceable(project, now, shelved.record) if selection.stale else frozenset()
    unwritten = [
        each.section for each in now if each.section.id in stale or (each.section.asked and _open(each.state))
    ]
    texts = {each.section.id: each.text or stand_in(each.section) for each in now}
    chosen = select(project.outline, selection, unwritten)
    there = [each for each in now if not _open(each.state)]
    digests = digests_of(project, there, shelved.record, rehearsed=False)
    to_come = {section.id: STAND_IN for section in project.outline.sections if commission.sums_up(section)}
    commission = replace(commission, digests=to_come | dict(digests.told))
    owed = digests.owed(project.outline, chosen, all_missing=selection.everything)
    summed_up = (section for section in (*owed, *chosen) if commission.sums_up(section))
    return (
        *(each for section in chosen for each in _asks(commission, section, texts)),
        *(_ask_digest(commission, section, texts) for section in summed_up),
    )


def estimates(
    project: Project, wanted: Sequence[Ask], *, batch: bool, counts: Sequence[int] = ()
) -> tuple[Estimate, ...]:
    """Return what the calls *wanted* would take, by section; *counts* are what their prompts truly have.

    What is marked for the cache counts as written to it once and read from it after that. Only Anthropic's
    endpoint is sent marks, and in a batch it is luck what finds them: there nothing counts as cached.
    """
    cache = Cache() if is_anthropic(project.settings.base_url) and not batch else None
    known: Sequence[int | None] = counts or [None] * len(wanted)
    calls = [_estimate(each, count, cache) for each, count in zip(wanted, known, strict=True)]
    found = (total(list(group)) for _, group in groupby(calls, key=attrgetter("id")))
    return tuple(map(_in_a_batch, found) if batch else found)


def total(found: Sequence[Estimate]) -> Estimate:
    """Add up what was *found*, of one section or of many; section, model and step are those of the first."""
    costs = [each.cost for each in found]
    return replace(
        found[0],
        usage=total_usage(each.usage for each in found),
        cost=None if None in costs else sum(cost or 0 for cost in costs),
        calls=sum(each.calls for each in found),
        asked=sum(each.asked for each in found),
    )


def kind_of_context(project: Project) -> tuple[str, ...]:
    """Return what has to be said of how the sections are told of the book before them, in words."""
    return contexts(commission_now(project), project.outline.sections)


def _in_a_batch(each: Estimate) -> Estimate:
    return replace(each, cost=None if each.cost is None else -(-each.cost // 2))


def _name(section: Section, step: str) -> str:
    return f"{section.id}/{step}" if step else section.id


def _open(state: State) -> bool:
    return state in {State.MISSING, State.INCOMPLETE, State.REHEARSED}


def _asks(commission: Commission, section: Section, texts: Mapping[str, str]) -> Iterator[Ask]:
    """Yield the request for every stretch of *section*, each as if what was asked for before had come."""
    course = course_of(commission, section, texts)
    stretch: Stretch | None = first_stretch(course)
    sitting = Sitting()
    while stretch:
        sitting = sitting.asked_for(stretch)
        request, leg = ask(commission, section, texts, sitting=sitting)
        row = commission.catalogue.find(request.model)
        output = stretch.words * TOKENS_A_WORD
        yield Ask(section, request, row, commission.billed(row), output, asked=stretch.asked)
        text = f"{sitting.text}\n\n{so_many(stretch.words)}".strip()
        sitting = sitting.grown(text, replace(leg, text=text))
        stretch = next_stretch(course, stretch, count_words(text))


def _ask_digest(commission: Commission, section: Section, texts: Mapping[str, str]) -> Ask:
    request = ask_digest(commission, section, texts)
    row = commission.catalogue.find(request.model)
    return Ask(section, request, row, commission.billed(row), TOKENS / 2, step=STEP)


def _estimate(asked: Ask, count: int | None, cache: Cache | None) -> Estimate:
    row, messages = asked.row, asked.request.messages
    plain = [_plain(message.text) for message in messages]
    factor = asked.factor if count is None else count / sum(plain)
    marked = 1 + max((index for index, message in enumerate(messages) if message.cached), default=-1)
    blocks = [
        (message.text, math.ceil(tokens * factor))
        for message, tokens in zip(messages[:marked], plain[:marked], strict=True)
    ]
    taken = cache.take(row, blocks) if cache and row.prices else Taken()
    whole = math.ceil(sum(plain) * factor) if count is None else count
    usage = Usage(
        input_tokens=max(0, whole - taken.read - taken.written),
        cache_creation_input_tokens=taken.written,
        cache_read_input_tokens=taken.read,
        output_tokens=math.ceil(asked.output * factor),
    )
    return Estimate(asked.section, row.id, usage, row.cost(usage), asked=asked.asked, step=asked.step)


@lru_cache(maxsize=4_000)
def _plain(text: str) -> int:
    """Count a text once: where the book is told in full, the same ones are in many prompts."""
    return count_tokens(text)


def text_alone(project: Project) -> int | None:
    """Return what the words that the outline asks for cost as output, in micro-dollars; None without a price.

    It is quick for any number of sections, since no prompt is made.
    """
    known = catalogue()
    row = known.find(project.settings.model or known.default)
    return row.cost(Usage(output_tokens=math.ceil(project.outline.words * TOKENS_A_WORD * row.factor)))
