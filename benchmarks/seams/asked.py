"""What a model is asked to go on with, how it takes that, and what is expected of its reply."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from random import Random

from benchmarks.seams.cuts import HERE, Cut
from benchmarks.seams.wording import echoes


class Class(Enum):
    """What can be known of a reply, and so what is expected of its seam."""

    RECOVERABLE = "R"
    """The text is known byte for byte."""
    AMBIGUOUS = "A"
    """The text, or a doubt."""
    PARAPHRASE = "P"
    """A doubt."""
    LEGITIMATE = "N"
    """The text: nothing may be taken out."""
    ENDED = "E"
    """Nothing is merged, and a doubt where something was said."""
    UNKNOWABLE = "U"
    """Nothing in the reply shows that it is wrong; counted, and part of no total."""


class Stance(StrEnum):
    """How a reply begins: with its anchor, without it, with something like it, or as a prefill goes on."""

    OBEYED = "obeyed"
    IGNORED = "ignored"
    GARBLED = "garbled"
    PREFILL = "prefill"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model says, and what can be known of it; a chain is cut off after each of `cuts` characters."""

    text: str
    expected: Class = Class.RECOVERABLE
    cuts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrases:
    """What models say besides the text."""

    closings: list[str]
    refusals: list[str]
    errors: list[str]
    preambles: dict[str, dict[str, list[str]]]
    synonyms: dict[str, str]

    def announcement(self, random: Random) -> str:
        """Return one of the ways to announce a continuation, in one of five languages."""
        language = random.choice(list(self.preambles.values()))
        text = random.choice(language["openers"]) + random.choice(language["announcements"])
        return text[:1].upper() + text[1:]


def read_phrases(name: str) -> Phrases:
    """Read what models say from the file *name*."""
    return Phrases(**tomllib.loads((HERE / name).read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Ask:
    """What a model was asked to go on with, and how it takes that; chance decides the rest."""

    cut: Cut
    stance: Stance
    random: Random
    phrases: Phrases

    @property
    def opening(self) -> str:
        """What the reply begins with before it says anything new."""
        return self.cut.anchor if self.stance is Stance.OBEYED else ""

    @property
    def said(self) -> str:
        """The reply as it should be; one in its own turn never begins with white space."""
        rest = self.cut.rest
        return self.opening + (rest.lstrip() if self.stance is Stance.IGNORED else rest)

    @property
    def bare(self) -> str:
        """The same as it stands behind something else: without white space in front."""
        return self.said.lstrip()

    @property
    def white(self) -> Class:
        """What is expected where a reply begins without the white space that belongs there."""
        known = self.cut.white_known and not echoes(self.cut.old, self.cut.rest)
        return Class.RECOVERABLE if self.opening or known else Class.AMBIGUOUS


Behaviour = Callable[[Ask], Reply | None]
"""What a model says when it is asked; None where it could not behave so."""
