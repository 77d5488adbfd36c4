"""Sentences about a page and its readers, put together from short pieces by repeatable chance."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storygen.rehearsal.chance import Chance
from storygen.rehearsal.subjects import Particles, phrases, words

_SLOT = re.compile(r"\{(\w+)\}")
_PHRASE_EVERY = 4


@dataclass(frozen=True, slots=True)
class Matter:
    """What sentences can be about: noun phrases with their article, and single words."""

    phrases: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(slots=True)
class Phrasing:
    """Makes sentences from the groups of a word file; no piece returns before all of its group were used."""

    groups: Mapping[str, tuple[str, ...]]
    chance: Chance
    title: str
    _topics: int = 0
    _made: set[str] = field(default_factory=set)

    def matter(self, text: str) -> Matter:
        """Return what *text* gives sentences to be about; the title helps out where there is nothing."""
        small = Particles(*(frozenset(self.groups[name]) for name in ("articles", "singular", "stop")))
        found = words(text, small) or words(self.title, small) or [self.title]
        return Matter(tuple(phrases(text, small)), tuple(found))

    def sentence(self, group: str, matter: Matter, *, end: str = ".") -> str:
        """Return a sentence after a frame of *group* about *matter* that has not been made before."""
        text = self.piece(group, matter)
        while text in self._made:
            text = self.piece(group, matter)
        self._made.add(text)
        return text + end

    def piece(self, group: str, matter: Matter) -> str:
        """Return a filled frame of *group* with a capital letter and no full stop."""
        text = self._fill(self.chance.deal(group, self.groups[group]), matter)
        for rule in self.groups.get("contractions", ()):
            apart, together = rule.split(" => ")
            text = re.sub(rf"\b{apart}\b", together, text)
        return capital(text)

    def _fill(self, frame: str, matter: Matter) -> str:
        return _SLOT.sub(lambda slot: self._slot(slot[1], matter), frame)

    def _slot(self, name: str, matter: Matter) -> str:
        if name == "title":
            return self.title
        if name not in {"topic", "subject"}:
            return self._fill(self.chance.deal(name, self.groups[name]), matter)
        self._topics += 1
        if name == "topic" and matter.phrases and self._topics % _PHRASE_EVERY == 0:
            return self._deal(matter.phrases)
        return self.chance.deal("topics", self.groups["topics"]).replace("<>", self._deal(matter.words))

    def _deal(self, choices: Sequence[str]) -> str:
        return self.chance.deal(repr(choices), choices)


def capital(text: str) -> str:
    """Return *text* with its first letter raised, behind any markup; code stays as it is.

    >>> capital("*early* notes"), capital("`pip` first")
    ('*Early* notes', '`pip` first')
    """
    return (
        text
        if text[:1] in {"`", "<"}
        else re.sub(r"^(\W*)(\w)", lambda found: found[1] + found[2].upper(), text)
    )
