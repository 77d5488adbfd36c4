"""What other tools send for each section, built again from their description; and what storygen sends.

A prompt is its parts in order, so that a part that many prompts share is counted once. `marked` says how many
of the first parts a cache may hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.tokens.novel import Novel

SYSTEM = "You write a long text, section by section. " * 110
"""What every tool says first, about 1,000 tokens."""

TASK = "Write the next section only. Do not repeat what is written. " * 4
TAIL = 2_000
"""Characters of the text before that a tool of the bible-and-tail kind sends."""

PASSAGE = 4_200
"""Characters of the text before that nothing can be gone on from without, about 800 tokens."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request: its parts, and how many of them are marked for the cache."""

    parts: tuple[str, ...]
    marked: int = 0


Strategy = Callable[[Novel], Iterator[Prompt]]


def full_history(novel: Novel) -> Iterator[Prompt]:
    """Send the whole plan and all that is written, every time (AgentWrite, WriteHERE)."""
    written: list[str] = []
    for section, card in zip(novel.outline.sections, novel.cards, strict=True):
        yield Prompt((SYSTEM, novel.bible, "\n".join(novel.plan), *written, card, TASK))
        written.append(novel.texts[section.id])


def full_history_in_three_stages(novel: Novel) -> Iterator[Prompt]:
    """Send all that is written three times for each section: plot, characters, dialogue (AIStoryWriter)."""
    for prompt in full_history(novel):
        yield from (prompt, prompt, prompt)


def append_only(novel: Novel) -> Iterator[Prompt]:
    """Send all that is written as a growing, cached conversation."""
    written: list[str] = []
    for section, card in zip(novel.outline.sections, novel.cards, strict=True):
        head = (SYSTEM, novel.bible, "\n".join(novel.plan), *written)
        yield Prompt((*head, card, TASK), marked=len(head))
        written.append(novel.texts[section.id])


def plan_and_section_before(novel: Novel) -> Iterator[Prompt]:
    """Send the whole plan and the section before, whole (gptauthor)."""
    before = ""
    for section, card in zip(novel.outline.sections, novel.cards, strict=True):
        yield Prompt((SYSTEM, "\n".join(novel.plan), before, card, TASK))
        before = novel.texts[section.id]


def bible_and_tail(novel: Novel) -> Iterator[Prompt]:
    """Send the story bible, the last 2,000 characters and two cards (autonovel)."""
    before = ""
    following = (*novel.cards[1:], "")
    for section, card, after in zip(novel.outline.sections, novel.cards, following, strict=True):
        yield Prompt((SYSTEM, novel.bible, before[-TAIL:], card, after, TASK))
        before = novel.texts[section.id]


def card_only(novel: Novel) -> Iterator[Prompt]:
    """Send the card and nothing that was written (LibriScribe)."""
    for card in novel.cards:
        yield Prompt((SYSTEM, card, TASK))


def floor(novel: Novel) -> Iterator[Prompt]:
    """Send the card and the tail, the least that a section can be written from with continuity."""
    before = ""
    for section, card in zip(novel.outline.sections, novel.cards, strict=True):
        yield Prompt((before[-PASSAGE:], card))
        before = novel.texts[section.id]


PEERS: dict[str, Strategy] = {
    "full history": full_history,
    "full history × 3": full_history_in_three_stages,
    "plan + section before": plan_and_section_before,
    "bible + tail": bible_and_tail,
    "card only": card_only,
}
"""The five strategies of other tools, by what they send."""
