"""What the rehearsal model has understood of a request: one card."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """A section as a reader of its prompt would note it down.

    It is made from the section's own card in the prompt and from nothing else, so that the same section
    always gets the same text. `seed` is the text that chance is drawn from. `people` are names of
    characters, the point of view first; `first_person` and `present` say how the story is told.
    """

    title: str
    words: int
    beats: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    place: str = ""
    time: str = ""
    summary: str = ""
    lang: str = "en"
    docs: bool = False
    type: str = ""
    must: tuple[str, ...] = ()
    first_person: bool = False
    present: bool = False
    quotes: str = ""
    seed: str = ""
