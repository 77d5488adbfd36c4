"""What a run would send and cost, before it is sent."""

from __future__ import annotations

import math
from dataclasses import dataclass

from storygen.desk.commission import commission_of, model_of
from storygen.desk.project import Project
from storygen.desk.select import Selection, select
from storygen.desk.states import State, read_book, standings
from storygen.messages import Usage
from storygen.outline.tree import Section
from storygen.writer.ask import TOKENS_A_WORD, Commission, ask
from storygen.writer.reasons import Sitting


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one section would take: tokens in the model's own count, the price in micro-dollars."""

    section: Section
    model: str
    usage: Usage
    cost: int | None


def estimate(project: Project, *, selection: Selection = Selection()) -> tuple[Estimate, ...]:
    """Return what `write` would ask for now, section by section; nothing is sent and no key is needed.

    A text that is not there yet is stood in for by as many tokens as its target has, so prompts have their
    true length. The system message counts as written to the cache once and read from it after that.
    """
    commission = commission_of(project, rehearsed=False)
    now = standings(project.outline, read_book(project.book))
    unwritten = [each.section for each in now if each.section.asked and _open(each.state)]
    texts = {each.section.id: each.text or _stand_in(each.section) for each in now}
    chosen = select(project.outline, selection, unwritten)
    seen: set[str] = set()
    return tuple(_estimate(commission, section, texts, seen) for section in chosen)


def _open(state: State) -> bool:
    return state in {State.MISSING, State.INCOMPLETE, State.REHEARSED}


def _stand_in(section: Section) -> str:
    """Return a text as long as *section* will be, in sentences that a tail can be cut from."""
    return "It goes on from here, in so many words as it was asked for. " * (section.words.aim // 13 + 1)


def _estimate(commission: Commission, section: Section, texts: dict[str, str], seen: set[str]) -> Estimate:
    row = commission.catalogue.find(model_of(commission, section))
    request, _ = ask(commission, section, texts, sitting=Sitting())
    system, rest = (
        math.ceil(row.factor * sum(commission.count(m.text) for m in request.messages if m.cached is cached))
        for cached in (True, False)
    )
    cacheable = row.prices is not None and system >= row.cache_minimum
    known = row.id in seen
    seen.add(row.id)
    usage = Usage(
        input_tokens=rest if cacheable else rest + system,
        cache_creation_input_tokens=system if cacheable and not known else 0,
        cache_read_input_tokens=system if cacheable and known else 0,
        output_tokens=math.ceil(section.words.aim * TOKENS_A_WORD * row.factor),
    )
    return Estimate(section, row.id, usage, row.cost(usage))
