"""What a book would cost with either kind of context: how `auto` chooses."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from statistics import mean

from storygen.catalogue import Model
from storygen.draft import Digest
from storygen.known_settings import ContextMode
from storygen.messages import Role, Usage
from storygen.outline.tree import Section
from storygen.prompts.closure import closure
from storygen.prompts.messages import section_messages
from storygen.writer.ask import BESIDE, TOKENS_A_WORD, Chosen, Commission, model_row, rolling_context
from storygen.writer.cache import Cache
from storygen.writer.digest import INSTRUCTIONS, TOKENS
from storygen.writer.purse import spelled

STAND_IN = Digest("It went on in so many words as a digest has, one after another. " * 6)
"""A digest that is not there yet."""

_SENTENCE = "It goes on from here, in so many words as are asked for."
_SAMPLES = 3
_FRAME = 20
"""Plain tokens around a finished section."""


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The plain tokens of a prompt: its system message, and its user's with and without a recap."""

    system: int
    rolling: int
    full: int


def stand_in(section: Section) -> str:
    """Return a text as long as *section* will be, in sentences that a tail can be cut from."""
    return so_many(section.words.aim)


def so_many(words: int) -> str:
    """Return a text of so many *words*."""
    return " ".join(islice(cycle(_SENTENCE.split()), words))


def choose_context(commission: Commission, *, caches: bool) -> Chosen:
    """Return what `auto` comes to for the book of *commission*: the cheaper kind of context, and why.

    Both bills are for the whole outline at its word targets, whatever is written already, so that the choice
    stays the same from run to run. *caches* is whether the endpoint is known to cache prompts.
    """
    sections = [each for each in commission.outline.sections if each.asked and _is_auto(commission, each)]
    if not sections:
        return Chosen()
    rows = {section.id: model_row(commission, section) for section in sections}
    if not caches:
        return Chosen(why="context auto: rolling, since this server is not known to cache prompts")
    if unpriced := next((row for row in rows.values() if row.prices is None), None):
        return Chosen(why=f"context auto: rolling, since the price of {unpriced.id} is not known")
    if row := _too_small(commission, sections, rows):
        return Chosen(
            why=f"context auto: rolling, since the whole book does not fit into the window of {row.id}"
        )
    rolling, full = _bills(commission, sections, rows)
    digests = " with its digests" if any(section.summed_up for section in sections) else ""
    costs = {
        ContextMode.ROLLING: (rolling, f"{ContextMode.ROLLING}{digests}"),
        ContextMode.FULL: (full, str(ContextMode.FULL)),
    }
    mode = ContextMode.FULL if full < rolling else ContextMode.ROLLING
    (cost, words), (more, others) = costs.pop(mode), *costs.values()
    why = f"{words} is about {spelled(cost)} for the whole book, {others} about {spelled(more)}"
    return Chosen(mode, f"context auto: {mode}, because {why}")


def _is_auto(commission: Commission, section: Section) -> bool:
    return commission.settings.at(section.own_settings).context == ContextMode.AUTO


def _too_small(
    commission: Commission, sections: Sequence[Section], rows: Mapping[str, Model]
) -> Model | None:
    """Return a model whose window does not hold what some section comes after."""
    for section in sections:
        row = rows[section.id]
        if sum(_tokens(each, row) for each in closure(commission.outline, section)) + BESIDE > row.window:
            return row
    return None


def _bills(commission: Commission, sections: Sequence[Section], rows: Mapping[str, Model]) -> tuple[int, int]:
    """Return what *sections* cost in micro-dollars: with a rolling context, and in full."""
    sizes = _sizes(commission, sections)
    rolling, full = Cache(), Cache()
    bills = [0, 0]
    for section in sections:
        row = rows[section.id]
        before = [(each.id, _tokens(each, row)) for each in closure(commission.outline, section)]
        system = ("", _own(sizes.system, row))
        output = _own(section.words.aim * TOKENS_A_WORD, row)
        bills[0] += _cost(row, rolling, [system], fresh=_own(sizes.rolling, row), output=output)
        bills[0] += _digest_cost(section, row)
        bills[1] += _cost(row, full, [system, *before], fresh=_own(sizes.full, row), output=output)
    return bills[0], bills[1]


def _cost(row: Model, cache: Cache, blocks: list[tuple[str, int]], *, fresh: int, output: int) -> int:
    taken = cache.take(row, blocks)
    beside = sum(tokens for _, tokens in blocks) - taken.read - taken.written
    return row.cost(Usage(fresh + beside, taken.written, taken.read, output)) or 0


def _digest_cost(section: Section, row: Model) -> int:
    if not section.summed_up:
        return 0
    read = _tokens(section, row) + _own(INSTRUCTIONS, row)
    return row.cost(Usage(read, output_tokens=_own(TOKENS / 2, row))) or 0


def _sizes(commission: Commission, sections: Sequence[Section]) -> _Sizes:
    """Measure the prompts of some of *sections*, from the beginning, the middle and the end of the book."""
    last = len(sections) - 1
    chosen = {round(last * part / (_SAMPLES - 1)) for part in range(_SAMPLES)}
    found = [list(_measured(commission, sections[index])) for index in sorted(chosen)]
    system, rolling, full = (round(mean(column)) for column in zip(*found, strict=True))
    return _Sizes(system, rolling, full)


def _measured(commission: Commission, section: Section) -> Iterator[int]:
    outline = commission.outline
    texts = {each.id: stand_in(each) for each in outline.sections}
    digests = {each.id: STAND_IN for each in outline.sections if each.summed_up}
    context = rolling_context(replace(commission, digests=digests), section, texts)
    for role, told in (
        (Role.SYSTEM, context),
        (Role.USER, context),
        (Role.USER, replace(context, recap=())),
    ):
        messages = section_messages(outline, section, told, commission.templates)
        yield sum(commission.count(message.text) for message in messages if message.role is role)


def _tokens(section: Section, row: Model) -> int:
    return _own(section.words.aim * TOKENS_A_WORD + _FRAME, row)


def _own(plain: float, row: Model) -> int:
    """Return *plain* tokens in those of *row*, by the catalogue: what is learned would change the choice."""
    return math.ceil(plain * row.factor)
