"""Fills patterns: who acts, what is at hand, which form a word takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from storygen.rehearsal.chance import Chance
from storygen.rehearsal.figures import Figure, Kind
from storygen.rehearsal.grammar import Gap, Grammar, Pattern, Verb


class Tongue(Protocol):
    """What telling must know of a language besides its word files."""

    @property
    def grammar(self) -> Grammar:
        """Every group of patterns and words."""

    def pronoun(self, kind: Kind, form: str) -> str:
        """Return the pronoun for a gap such as `{A.him}`; may be empty where the language drops it."""

    def owner(self, name: str) -> str:
        """Return what `{A.'s}` says of somebody called *name*."""

    def bend(self, word: str, gap: Gap, noun: str) -> str:
        """Return *word* in the form the gap asks for, agreeing with the *noun* named before it."""

    def conjugate(self, verb: Verb, kind: Kind, *, present: bool) -> str:
        """Return the finite verb."""

    def finish(self, sentence: str) -> str:
        """Return the sentence with its spaces, articles, contractions and capitals settled."""


@dataclass(slots=True)
class Teller:
    """Tells one section: holds its facts, its chance, and who was named last."""

    tongue: Tongue
    chance: Chance
    facts: Mapping[str, str]
    figures: Mapping[str, Figure]
    present: bool
    _last: str = ""
    _kind: Kind = Kind.SHE
    _noun: str = ""
    _fitting: dict[tuple[str, frozenset[str]], tuple[Pattern, ...]] = field(default_factory=dict)

    def tell(self, group: str, **facts: str) -> str:
        """Return one finished sentence of *group*; *facts* are added to those of the scene."""
        return self.tongue.finish(self._deal(group, {**self.facts, **facts}))

    def has(self, group: str, **facts: str) -> bool:
        """Say whether *group* has any pattern that the scene can fill."""
        return bool(self._choices(group, frozenset(self._names({**self.facts, **facts}))))

    def turn(self) -> None:
        """Begin a new paragraph: figures are called by their names again."""
        self._last = ""

    def _names(self, facts: Mapping[str, str]) -> list[str]:
        named = [f"{role}.name" for role, figure in self.figures.items() if figure.name]
        return [*facts, *self.figures, *named]

    def _choices(self, group: str, known: frozenset[str]) -> tuple[Pattern, ...]:
        if (group, known) not in self._fitting:
            groups = self.tongue.grammar
            everything = known | groups.keys()
            self._fitting[group, known] = tuple(p for p in groups[group] if p.needs <= everything)
        return self._fitting[group, known]

    def _deal(self, group: str, facts: Mapping[str, str]) -> str:
        choices = self._choices(group, frozenset(self._names(facts)))
        chosen = self.chance.deal(f"{group} {len(choices)}", choices)
        return "".join(self._fill(part, facts) for part in chosen.parts)

    def _fill(self, part: str | Gap | Verb, facts: Mapping[str, str]) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, Verb):
            return self.tongue.conjugate(part, self._kind, present=self.present)
        if part.name in self.figures:
            return self._figure(part)
        if part.name in facts:
            return facts[part.name]
        word = self._deal(part.name, facts)
        bent = self.tongue.bend(word, part, self._noun)
        self._noun = word if part.name in self._nouns else self._noun
        return bent

    def _figure(self, gap: Gap) -> str:
        figure = self.figures[gap.name]
        if gap.form not in ("", "'s", "name"):
            return self.tongue.pronoun(figure.kind, gap.form)
        again = self._last == gap.name and self.chance.below(5) > 0
        self._last = gap.name
        nameless = not figure.name or figure.kind is Kind.I
        if gap.form == "":
            self._kind = figure.kind if nameless or again else Kind.SHE
        ...
