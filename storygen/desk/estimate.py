"""What a run would send and cost, before it is sent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from storygen.catalogue import Model, catalogue
from storygen.desk.commission import attempts_of, commission_of, contexts
from storygen.desk.digests import digests_of
from storygen.desk.freshness import replaceable
from storygen.desk.project import Project
from storygen.desk.select import Selection, select
from storygen.desk.states import State, read_book, standings
from storygen.messages import Request, Usage
from storygen.outline.tree import Section
from storygen.text.tokens import count_tokens
from storygen.writer.ask import TOKENS_A_WORD, Commission, ask
from storygen.writer.bills import STAND_IN, stand_in
from storygen.writer.cache import Cache, Taken
from storygen.writer.digest import STEP, TOKENS, ask_digest
from storygen.writer.reasons import Sitting


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one request would take: tokens in the model's own count, the price in micro-dollars.

    It asks for `section`, or for what is called `step` there, as its digest.
    """

    section: Section
    model: str
    usage: Usage
    cost: int | None
    step: str = ""

    @property
    def id(self) -> str:
        """The name that the request would have in the journal."""
        return _name(self.section, self.step)


@dataclass(frozen=True, slots=True)
class Ask:
    """What would be asked for one section, and of whom; `factor` is a plain token in the model's own.

    `output` is how many plain tokens the reply would have, `step` what is asked for if not the section.
    """

    section: Section
    request: Request
    row: Model
    factor: float
    output: float
    step: str = ""

    @property
    def id(self) -> str:
        """The name that the request would have in the journal."""
        return _name(self.section, self.step)


def estimate(project: Project, *, selection: Selection = Selection()) -> tuple[Estimate, ...]:
    """Return what `write` would ask for now, section by section; nothing is sent and no key is needed.

    A text that is not there yet is stood in for by as many tokens as its target has, so prompts have their
    true length. What is marked for the cache counts as written to it once and read from it after that.
    """
    return estimates(asks(project, selection=selection))


def asks(project: Project, *, selection: Selection = Selection()) -> tuple[Ask, ...]:
    """Return the requests that `write` would begin with now, as far as they can be known."""
    commission = commission_of(project, rehearsed=False, attempts=attempts_of(project.book))
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
        *(_ask(commission, section, texts) for section in chosen),
        *(_ask_digest(commission, section, texts) for section in summed_up),
    )


def estimates(
    wanted: Iterable[Ask], *, counts: Mapping[str, int] = MappingProxyType({})
) -> tuple[Estimate, ...]:
    """Return what *wanted* would take; *counts* are true lengths of prompts, by their names."""
    cache = Cache()
    return tuple(_estimate(each, counts.get(each.id), cache) for each in wanted)


def kind_of_context(project: Project) -> tuple[str, ...]:
    """Return what has to be said of how the sections are told of the book before them, in words."""
    commission = commission_of(project, rehearsed=False, attempts=attempts_of(project.book))
    return contexts(commission, project.outline.sections)


def _name(section: Section, step: str) -> str:
    return f"{section.id}/{step}" if step else section.id


def _open(state: State) -> bool:
    return state in {State.MISSING, State.INCOMPLETE, State.REHEARSED}


def _ask(commission: Commission, section: Section, texts: dict[str, str]) -> Ask:
    request, _ = ask(commission, section, texts, sitting=Sitting())
    row = commission.catalogue.find(request.model)
    return Ask(section, request, row, commission.factor(row), section.words.aim * TOKENS_A_WORD)


def _ask_digest(commission: Commission, section: Section, texts: dict[str, str]) -> Ask:
    request = ask_digest(commission, section, texts)
    row = commission.catalogue.find(request.model)
    return Ask(section, request, row, commission.factor(row), TOKENS / 2, STEP)


def _estimate(asked: Ask, count: int | None, cache: Cache) -> Estimate:
    row, messages = asked.row, asked.request.messages
    plain = [_plain(message.text) for message in messages]
    factor = asked.factor if count is None else count / sum(plain)
    marked = 1 + max((index for index, message in enumerate(messages) if message.cached), default=-1)
    blocks = [
        (message.text, math.ceil(tokens * factor))
        for message, tokens in zip(messages[:marked], plain[:marked], strict=True)
    ]
    taken = cache.take(row, blocks) if row.prices else Taken()
    whole = math.ceil(sum(plain) * factor) if count is None else count
    usage = Usage(
        input_tokens=max(0, whole - taken.read - taken.written),
        cache_creation_input_tokens=taken.written,
        cache_read_input_tokens=taken.read,
        output_tokens=math.ceil(asked.output * factor),
    )
    return Estimate(asked.section, row.id, usage, row.cost(usage), asked.step)


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
