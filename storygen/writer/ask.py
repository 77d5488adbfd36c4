"""What a section asks of the model: its request, the first one or the next leg's."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from storygen.catalogue import Catalogue, Model
from storygen.draft import WHOLE, Digest, Joint, Leg, Stretch
from storygen.known_settings import ContextMode, Length
from storygen.manuscript.seam import anchor, boundary
from storygen.messages import Count, Message, Request, StopReason
from storygen.model.factor import roomy
from storygen.outline.shares import SLACK
from storygen.outline.tree import Outline, Section
from storygen.prompts.closure import closure
from storygen.prompts.context import ANEW, Context, Limits, Revision, StyleTexts, gather
from storygen.prompts.full import in_full, tokens_in_full
from storygen.prompts.messages import (
    Written,
    continue_messages,
    extend_messages,
    prefilled_messages,
    section_messages,
)
from storygen.prompts.sources import Source
from storygen.prompts.templates import Templates
from storygen.settings import Settings
from storygen.text.tokens import count_tokens
from storygen.text.words import count_words
from storygen.writer.rate import Replies, heard
from storygen.writer.reasons import Sitting
from storygen.writer.stretches import Course, aim_of, least_of

TOKENS_A_WORD = 1.4
"""Plain tokens of a word of prose, on the high side."""

ROOM = 1.5
"""A reply may be so much longer than it was asked to be before it is cut."""


BESIDE = 60_000
"""Own tokens of a window that are not for finished sections: the rest of the prompt, thinking, the reply."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What `auto` comes to for a book, and why, in words."""

    mode: ContextMode = ContextMode.ROLLING
    why: str = ""


@dataclass(frozen=True, slots=True)
class Commission:
    """Everything that decides what a section asks: the plan, the templates, the settings, frozen for a run.

    `factors` holds what a plain token is in the own tokens of models that have written here before, by id,
    as far as anything is learned from that for this run; `bills` as far as anybody knows, for what has a
    price. `replies` is what came of each section at last, by id, oldest first; `earlier` what of that is
    learned from for all others: a run that goes on from one that broke off learns what that learned, and so
    asks what it would have asked. `sources` gives what a section is
    written from, each file read once for the run, `style` has the texts of the book's style, and `styles`
    those of the sections that name others. `revisions` says of sections that are written anew what is told
    besides, `digests` what finished ones come to, by id. `auto` is what the context of that name is in this
    book.
    """

    outline: Outline
    templates: Templates
    settings: Settings
    catalogue: Catalogue
    count: Count
    rehearsed: bool = False
    factors: Mapping[str, float] = field(default_factory=dict)
    bills: Mapping[str, float] = field(default_factory=dict)
    replies: Mapping[str, Replies] = field(default_factory=dict)
    earlier: Mapping[str, Replies] = field(default_factory=dict)
    sources: Callable[[Section], tuple[Source, ...]] = lambda _section: ()
    style: StyleTexts = StyleTexts()
    styles: Mapping[str, StyleTexts] = field(default_factory=dict)
    revisions: Mapping[str, Revision] = field(default_factory=dict)
    digests: Mapping[str, Digest] = field(default_factory=dict)
    auto: Chosen = Chosen()

    def mode(self, section: Section) -> ContextMode:
        """Return whether *section* is told of the book in full or not; never `auto`."""
        mode = ContextMode(self.settings.at(section.own_settings).context)
        return self.auto.mode if mode is ContextMode.AUTO else mode

    def sums_up(self, section: Section) -> bool:
        """Say whether one more call says what *section* comes to: nobody asks where it is told in full."""
        return section.summed_up and self.mode(section) is ContextMode.ROLLING

    def factor(self, row: Model) -> float:
        """Return how many of its own tokens a plain token is to the model of *row*, as requests count it."""
        return self.factors.get(row.id, row.factor)

    def billed(self, row: Model) -> float:
        """Return the same as bills count it: by all that is known now."""
        return self.bills.get(row.id, row.factor)


def course_of(
    commission: Commission,
    section: Section,
    texts: Mapping[str, str],
    *,
    replies: Mapping[str, Replies] = MappingProxyType({}),
) -> Course:
    """Return how *section* is steered to its length in a book of these *texts*, by id.

    *replies* are those of this run. Of them, and of the texts, only what *section* comes after counts, so
    that the order in which sections are finished never changes what is asked.
    """
    settings = commission.settings
    if settings.length is Length.PLAIN:
        return Course(section, section.words.aim, most=settings.call_words, steered=False)
    before = [each for each in closure(commission.outline, section) if each.position < section.position]
    model = without_messages(commission, section).model
    there = {**commission.replies, **replies}
    found = heard(before, model=model, there=there, earlier=commission.earlier)
    aim = aim_of(commission.outline, section, before, texts)
    least = least_of(commission.outline, section, before, texts)
    return Course(section, aim, tuple(found), settings.call_words, least)


def ask(
    commission: Commission, section: Section, texts: Mapping[str, str], *, sitting: Sitting
) -> tuple[Request, Leg]:
    """Return the request that *section* needs next, and the leg it will be, still without a reply.

    *texts* are the texts of the book by id. A sitting without text asks for the section, or for the first
    stretch of it; one with text for what comes after that.
    """
    stretch = sitting.stretch or WHOLE
    empty = without_messages(commission, section, stretch)
    row = commission.catalogue.find(empty.model)
    context = replace(context_of(commission, section, texts, shrunk=sitting.shrunk), stretch=stretch)
    prefill = row.prefill and not sitting.in_words and stretch.number == 1
    messages, leg = _messages(commission, section, context, sitting=sitting, prefill=prefill)
    return replace(empty, messages=messages, max_tokens=empty.max_tokens * sitting.cap), leg


def ask_more(
    commission: Commission,
    section: Section,
    texts: Mapping[str, str],
    *,
    sitting: Sitting,
    stretch: Stretch,
    absent: tuple[str, ...] = (),
) -> tuple[Request, Leg]:
    """Return the request for passages that the whole text of *sitting* lacks, and the leg they will be.

    *stretch* says how many words of them are wanted, *absent* which texts have to stand in them verbatim.
    """
    told = (commission.outline, section, context_of(commission, section, texts), commission.templates)
    written = Written(
        sitting.text, count_words(sitting.text), stretch.asked, opening_stretch(sitting), absent
    )
    empty = without_messages(commission, section, stretch)
    leg = Leg("", StopReason.CUT, base=len(sitting.text), joint=Joint.PASSAGES, stretch=stretch)
    return replace(empty, messages=extend_messages(*told, written=written)), leg


def without_messages(commission: Commission, section: Section, stretch: Stretch = WHOLE) -> Request:
    """Return what the settings make of a request for *stretch* of *section*, which still says nothing."""
    settings = commission.settings.at(section.own_settings)
    row = commission.catalogue.find(settings.model or commission.catalogue.default)
    room = room_for(section, stretch, factor=roomy(row.factor, commission.factor(row)))
    return Request(
        model=row.id,
        messages=(),
        max_tokens=settings.max_tokens or min(room, row.max_output),
        temperature=settings.temperature,
        top_p=settings.top_p,
        effort=settings.effort,
        thinking=settings.thinking,
        user_id=settings.user_id,
        rehearsed=commission.rehearsed,
    )


def model_row(commission: Commission, section: Section) -> Model:
    """Return the model that writes *section*."""
    name = commission.settings.at(section.own_settings).model or commission.catalogue.default
    return commission.catalogue.find(name)


def plain_tokens(request: Request) -> int:
    """Return how long the prompt of *request* is in plain cl100k tokens."""
    return sum(count_tokens(message.text) for message in request.messages)


def context_of(
    commission: Commission, section: Section, texts: Mapping[str, str], *, shrunk: int = 0
) -> Context:
    """Gather the context of *section*, each tier half as large for every time it was *shrunk*.

    It is told in full where it is to be, as long as nothing had to be shrunk and the model's window holds it.
    """
    rolling = rolling_context(commission, section, texts, shrunk=shrunk)
    if shrunk or commission.mode(section) is ContextMode.ROLLING:
        return rolling
    full = in_full(rolling, commission.outline, section, texts)
    row = model_row(commission, section)
    needed = tokens_in_full(full, count=commission.count) * max(row.factor, commission.factor(row))
    return full if needed + BESIDE <= row.window else rolling


def rolling_context(
    commission: Commission, section: Section, texts: Mapping[str, str], *, shrunk: int = 0
) -> Context:
    """Gather the context of *section* in tiers, each half as large for every time it was *shrunk*."""
    settings, smaller = commission.settings, 2**shrunk
    found = gather(
        commission.outline,
        section,
        texts,
        limits=Limits(
            codex=settings.context_codex // smaller,
            facts=settings.context_facts // smaller,
            recap=settings.context_recap // smaller,
            tail=settings.context_tail // smaller,
            plan=settings.context_plan,
            sources=settings.context_sources // smaller,
        ),
        count=commission.count,
        digests=commission.digests,
        sources=commission.sources(section),
    )
    return replace(
        found,
        style=commission.style,
        section_style=commission.styles.get(section.id, StyleTexts()),
        revision=commission.revisions.get(section.id, ANEW),
    )


def room_for(section: Section, stretch: Stretch = WHOLE, *, factor: float) -> int:
    """Return the max_tokens for what *stretch* of *section* asks for, in the model's own tokens.

    >>> from storygen.outline.tree import Level, WordTarget
    >>> room_for(Section("a", "A", 1, 1, Level.SCENE, WordTarget(900, 1100)), factor=1.4)
    3490
    """
    words = max(stretch.asked, stretch.words)
    most = section.words.high if words in {0, section.words.aim} else words + words // SLACK
    return 256 + math.ceil(most * TOKENS_A_WORD * factor * ROOM)


def _messages(
    commission: Commission, section: Section, context: Context, *, sitting: Sitting, prefill: bool
) -> tuple[tuple[Message, ...], Leg]:
    told = (commission.outline, section, context, commission.templates)
    leg = Leg("", StopReason.CUT, stretch=sitting.stretch or WHOLE)
    if not sitting.text.strip():
        return section_messages(*told), leg
    if sitting.begins_stretch:
        leg = replace(leg, base=len(sitting.text), joint=Joint.PARAGRAPH)
        return continue_messages(*told, written=_written(section, sitting, sitting.text)), leg
    base = boundary(sitting.text, prefill=prefill)
    if len(base) < sitting.firm:
        base = sitting.text[: sitting.firm]
    leg = replace(leg, base=len(base))
    written = _written(section, sitting, base)
    if prefill:
        return prefilled_messages(*told, written=written), leg
    messages = continue_messages(*told, written=written, anchor=anchor(base))
    return messages, replace(leg, joint=Joint.ANCHOR)


def _written(section: Section, sitting: Sitting, kept: str) -> Written:
    """Return what a request says of the text that is *kept*: its length, and how much is still to come."""
    stretch, words = sitting.stretch or WHOLE, count_words(kept)
    if not stretch.words:
        return Written(kept, words, max(0, section.words.aim - words), opening_stretch(sitting))
    start = next((leg.base for leg in sitting.legs if leg.stretch == stretch), len(kept))
    left = max(0, stretch.words - count_words(kept[start:]))
    return Written(kept, words, round(left * stretch.asked / stretch.words), opening_stretch(sitting))


def opening_stretch(sitting: Sitting) -> Stretch:
    """Return what the first request of *sitting* asked for; all, where somebody else began the text."""
    return next((leg.stretch for leg in sitting.legs if leg.text.strip() and not leg.base), WHOLE)
