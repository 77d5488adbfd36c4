"""What a section asks of the model: its request, the first one or the next leg's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from storygen.catalogue import Catalogue
from storygen.draft import Leg
from storygen.manuscript.seam import anchor, boundary
from storygen.messages import Count, Message, Request, StopReason
from storygen.outline.tree import Outline, Section
from storygen.prompts.context import Context, Limits, Source, StyleTexts, gather
from storygen.prompts.messages import continue_messages, section_messages
from storygen.prompts.templates import Templates
from storygen.settings import Settings
from storygen.writer.reasons import Sitting

TOKENS_A_WORD = 1.4
"""Plain tokens of a word of prose, on the high side."""

ROOM = 1.5
"""A reply may be so much longer than it was asked to be before it is cut."""


@dataclass(frozen=True, slots=True)
class Commission:
    """Everything that decides what a section asks: the plan, the templates, the settings, frozen for a run.

    `sources` holds what was read for each section, by id, `style` the texts of the book's style, and `styles`
    those of the sections that name others.
    """

    outline: Outline
    templates: Templates
    settings: Settings
    catalogue: Catalogue
    count: Count
    rehearsed: bool = False
    sources: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    style: StyleTexts = StyleTexts()
    styles: Mapping[str, StyleTexts] = field(default_factory=dict)


def ask(
    commission: Commission, section: Section, texts: Mapping[str, str], *, sitting: Sitting
) -> tuple[Request, Leg]:
    """Return the request that *section* needs next, and the leg it will be, still without a reply.

    *texts* are the texts of the book by id. A sitting without text asks for the whole section, one with text
    for what comes after it.
    """
    settings = commission.settings.at(section.own_settings)
    row = commission.catalogue.find(settings.model or commission.catalogue.default)
    context = context_of(commission, section, texts, shrunk=sitting.shrunk)
    messages, leg = _messages(
        commission, section, context, kept=sitting.text, prefill=row.prefill and not sitting.in_words
    )
    request = Request(
        model=row.id,
        messages=messages,
        max_tokens=(settings.max_tokens or room_for(section, factor=row.factor)) * sitting.cap,
        temperature=settings.temperature,
        effort=settings.effort,
        rehearsed=commission.rehearsed,
    )
    return request, leg


def context_of(
    commission: Commission, section: Section, texts: Mapping[str, str], *, shrunk: int = 0
) -> Context:
    """Gather the context of *section*, each tier half as large for every time it was *shrunk*."""
    settings, smaller = commission.settings, 2**shrunk
    return gather(
        commission.outline,
        section,
        texts,
        limits=Limits(
            codex=settings.context_codex // smaller,
            recap=settings.context_recap // smaller,
            tail=settings.context_tail // smaller,
            plan=settings.context_plan,
        ),
        count=commission.count,
        sources=commission.sources.get(section.id, ()),
        style=commission.style,
        section_style=commission.styles.get(section.id, StyleTexts()),
    )


def room_for(section: Section, *, factor: float) -> int:
    """Return the max_tokens for the words that *section* wants, in the model's own tokens.

    >>> from storygen.outline.tree import Level, WordTarget
    >>> room_for(Section("a", "A", 1, 1, Level.SCENE, WordTarget(900, 1100)), factor=1.4)
    3490
    """
    return 256 + math.ceil(section.words.high * TOKENS_A_WORD * factor * ROOM)


def _messages(
    commission: Commission, section: Section, context: Context, *, kept: str, prefill: bool
) -> tuple[tuple[Message, ...], Leg]:
    told = (commission.outline, section, context, commission.templates)
    if not kept.strip():
        return section_messages(*told), Leg("", StopReason.CUT)
    base = boundary(kept, prefill=prefill)
    messages = continue_messages(*told, kept=base, anchor=anchor(base), prefill=prefill)
    return messages, Leg("", StopReason.CUT, base=len(base), anchored=not prefill)
