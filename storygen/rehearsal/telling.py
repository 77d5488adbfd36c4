"""Fills patterns: who acts, what is at hand, which form a word takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from storygen.rehearsal.chance import Chance
from storygen.rehearsal.figures import Figure, Kind
from storygen.rehearsal.grammar import Gap, Grammar, Pattern, Verb

_SELDOM = 3
"""One in so many of the gaps that are seldom filled gets its word."""

_MOODS = ("to", "ing")
"""Forms of gaps that put every verb inside them into the infinitive or the gerund."""


class Tongue(Protocol):
    """What telling must know of a language besides its word files."""

    def grammar(self) -> Grammar:
        """Return every group of patterns and words."""

    def pronoun(self, kind: Kind, form: str) -> str:
        """Return the pronoun for a gap's form; it may be empty where the language drops it."""

    def owner(self, name: str) -> str:
        """Return what `{A.'s}` says of somebody called *name*."""

    def bend(self, word: str, form: str, noun: str) -> tuple[str, str]:
        """Return *word* in the *form* a gap asks for, and the noun that later words agree with."""

    def conjugate(self, verb: Verb, kind: Kind, *, present: bool) -> str:
        """Return the finite verb."""

    def finish(self, sentence: str) -> str:
        """Return the sentence with its spaces, articles, contractions and capitals settled."""

    def retell(self, beat: str, *, present: bool, names: Sequence[str], narrator: str) -> str:
        """Return *beat* as narrative, or nothing where that is not safe."""

    def topics(self, line: str) -> tuple[str, ...]:
        """Return the things that *line* names, as they stand in a sentence."""

    def owed(self, word: str) -> str:
        """Return *word* as a sentence may add it where the retold beat lost it; nothing where none may."""

    def place(self, name: str) -> str:
        """Return *name* fit to stand after a preposition."""

    def hours(self, time: str) -> dict[str, str]:
        """Return the fact that holds the hour's name, where *time* is known."""

    def stop(self) -> frozenset[str]:
        """Return the words that carry no content."""


@dataclass(slots=True)
class Teller:
    """Tells one section: knows its facts and figures, draws its lots, remembers who was named last."""

    tongue: Tongue
    chance: Chance
    facts: Mapping[str, str]
    figures: dict[str, Figure]
    present: bool
    _last: str = ""
    _kind: Kind = Kind.SHE
    _noun: str = ""
    _mood: str = ""
    _fitting: dict[tuple[str, frozenset[str]], tuple[Pattern, ...]] = field(default_factory=dict)

    def tell(self, group: str, *, who: str = "A", **facts: str) -> str:
        """Return one finished sentence of *group* about *who*; *facts* are added to those of the scene."""
        self._kind = self.figures[who].kind
        return self.tongue.finish(self._deal(group, {**self.facts, **facts}))

    def turn(self) -> None:
        """Begin a new paragraph: figures are called by their names again."""
        self._last = ""

    def _deal(self, group: str, facts: Mapping[str, str]) -> str:
        figures = self.figures.items()
        named = [f"{role}.name" for role, figure in figures if figure.name and figure.kind is not Kind.I]
        choices = self._choices(group, frozenset([*facts, *self.figures, *named]))
        chosen = self.chance.deal(f"{group} {len(choices)}", choices)
        return "".join(self._fill(part, facts) for part in chosen.parts)

    def _choices(self, group: str, known: frozenset[str]) -> tuple[Pattern, ...]:
        if (group, known) not in self._fitting:
            groups = self.tongue.grammar()
            fitting = tuple(p for p in groups[group] if p.needs <= known | groups.keys())
            self._fitting[group, known] = fitting
        return self._fitting[group, known]

    def _fill(self, part: str | Gap | Verb, facts: Mapping[str, str]) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, Verb):
            return self._verb(part.lemma, part.form or self._mood)
        if part.seldom and self.chance.below(_SELDOM):
            return ""
        if part.name in self.figures:
            return self._figure(part)
        if part.name in facts:
            fact, _ = self.tongue.bend(facts[part.name], part.form, self._noun)
            return fact
        return self._word(part, facts)

    def _verb(self, lemma: str, form: str) -> str:
        return self.tongue.conjugate(Verb(lemma, form), self._kind, present=self.present)

    def _word(self, gap: Gap, facts: Mapping[str, str]) -> str:
        """Return an item of the gap's group in the gap's form: a verb's, a mood's, or a noun's."""
        if gap.form.startswith("v"):
            return self._verb(self._deal(gap.name, facts), gap.form[1:])
        if gap.form in _MOODS:
            return self._in_mood(gap, facts)
        filled, self._noun = self.tongue.bend(self._deal(gap.name, facts), gap.form, self._noun)
        return filled

    def _in_mood(self, gap: Gap, facts: Mapping[str, str]) -> str:
        """Return an item whose verbs all stand in the form of *gap*."""
        outer, self._mood = self._mood, gap.form
        filled = self._deal(gap.name, facts)
        self._mood = outer
        return filled

    def _figure(self, gap: Gap) -> str:
        """Return a name at first, then mostly a pronoun until somebody else is named."""
        figure = self.figures[gap.name]
        if gap.form == "name":
            return figure.name
        if gap.form not in ("", "'s"):
            return self.tongue.pronoun(figure.kind, gap.form)
        again = self._last == gap.name and self.chance.below(6) > 0
        named = bool(figure.name) and figure.kind is not Kind.I and not again
        self._last = gap.name
        if gap.form == "'s":
            return self.tongue.owner(figure.name) if named else self.tongue.pronoun(figure.kind, "his")
        self._kind = Kind.SHE if named else figure.kind
        return figure.name if named else self.tongue.pronoun(figure.kind, "he")
