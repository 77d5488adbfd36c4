"""The stretch of a section that one call is asked for, as a card of its own."""

from __future__ import annotations

from dataclasses import replace

from storygen.draft import Stretch
from storygen.outline.shares import target
from storygen.outline.tree import Section
from storygen.prompts.plan import clip

FENCE = 60
"""How many words of a beat are told as the line not to cross."""


def portion(section: Section, stretch: Stretch) -> Section:
    """Return *section* as it is asked for in *stretch*: with that many words, those beats, and its own edges.

    How a section is entered belongs to its first stretch, how it is left and how it ends to its last one.
    """
    return replace(
        section,
        words=section.words
        if stretch.asked in {0, section.words.aim}
        else target(stretch.asked, stretch.asked),
        beats=section.beats[stretch.first : None if stretch.last else stretch.behind],
        enter=section.enter if stretch.number == 1 else "",
        leave=section.leave if stretch.last else "",
        ending=section.ending if stretch.last else None,
    )


def line_not_to_cross(section: Section, stretch: Stretch, *, fence: str) -> str:
    """Return what comes right after *stretch*: the next beat of *section*, or else its own *fence*."""
    if stretch.last:
        return fence
    return clip(next(iter(section.beats[stretch.behind :]), ""), words=FENCE)
