"""What a stop reason means for a section: one table of decisions, and nothing that acts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from storygen.draft import Flag, Joint, Leg, Stretch
from storygen.messages import Completion, StopReason
from storygen.text.markdown import BlockKind, end

MOST_STALLS = 2
"""So many legs without new text, and a section has stalled."""


ENDED = frozenset({StopReason.END_TURN, StopReason.STOP_SEQUENCE})
"""The reasons with which a reply ends by itself."""

_LASTING = {Flag.DOUBTFUL_SEAM, Flag.SHORT_END, Flag.UNCLEAN_END, Flag.ESTIMATED}
"""Flags that stay true when a section is taken up again."""


class Step(StrEnum):
    """What comes after a leg."""

    ACCEPT = "accept"
    CONTINUE = "continue"
    AGAIN = "again"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Sitting:
    """A section in the middle of being written: its stitched text, its legs, and what was tried once already.

    `stretch` is what is being asked for, None where nothing is yet. `earlier` counts the legs of earlier runs
    and stretches, which no limit holds against this one. `cap` multiplies max_tokens, `shrunk` counts how
    often the context was halved, `cuts` the broken streams. `in_words` is set where the endpoint turned out
    to take no prefill. The first `firm` characters are somebody's own: they stay, whatever else is cut back
    to be gone on from.
    """

    text: str = ""
    legs: tuple[Leg, ...] = ()
    flags: tuple[Flag, ...] = ()
    stretch: Stretch | None = None
    earlier: int = 0
    cap: int = 1
    shrunk: int = 0
    stalls: int = 0
    cuts: int = 0
    asked_again: bool = False
    reopened: bool = False
    in_words: bool = False
    firm: int = 0

    def flagged(self, *flags: Flag) -> Sitting:
        """Return the sitting with *flags* added, each once."""
        return replace(self, flags=tuple(dict.fromkeys((*self.flags, *flags))))

    def asked_for(self, stretch: Stretch) -> Sitting:
        """Return the sitting as *stretch* is asked for; a new one gets as many legs and tries as any."""
        if stretch == self.stretch:
            return self
        return replace(
            self,
            stretch=stretch,
            earlier=len(self.legs),
            stalls=0,
            cuts=0,
            asked_again=False,
            reopened=False,
        )

    @property
    def begins_stretch(self) -> bool:
        """Whether nothing of the stretch that is being asked for has come yet, although others are there."""
        own = (leg for leg in self.legs if leg.stretch == self.stretch)
        return (
            self.stretch is not None and self.stretch.number > 1 and not any(leg.text.strip() for leg in own)
        )

    def grown(self, text: str, leg: Leg) -> Sitting:
        """Return the sitting with one more leg; *text* is all of it, stitched."""
        new = text.strip() != self.text.strip()
        return replace(self, text=text, legs=(*self.legs, leg), stalls=0 if new else self.stalls + 1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a section may go on: legs, and tries after a broken stream."""

    legs: int = 8
    cuts: int = 5


def judge(sitting: Sitting, completion: Completion, *, limits: Limits, full: bool) -> tuple[Sitting, Step]:  # noqa: PLR0911 - one case a reason
    """Decide what follows the last leg of *sitting*, whose raw reply is *completion*.

    *full* is whether the leg used all the tokens that it was allowed. The rules are the table of stop reasons
    in the README's chapter "How it works".
    """
    match completion.stop_reason:
        case StopReason.END_TURN | StopReason.STOP_SEQUENCE:
            return _ended(sitting, full=full, limits=limits)
        case StopReason.MAX_TOKENS:
            if _brought_nothing(sitting):
                return _thought_it_all_away(sitting)
            return _go_on(sitting, limits)
        case StopReason.CONTEXT_WINDOW:
            return _go_on(replace(sitting, shrunk=sitting.shrunk + 1), limits)
        case StopReason.PAUSE_TURN:
            return _go_on(sitting, limits)
        case StopReason.CUT:
            cut = replace(sitting, cuts=sitting.cuts + 1)
            if cut.cuts > limits.cuts:
                return cut.flagged(Flag.CUT), Step.STOP
            return _go_on(cut, limits)
        case StopReason.REFUSAL:
            return sitting.flagged(Flag.REFUSED), Step.STOP
        case StopReason.TOOL_USE | StopReason.UNKNOWN:
            return sitting.flagged(Flag.UNKNOWN_STOP), Step.STOP
        case _:
            assert_never(completion.stop_reason)


def taken_up(sitting: Sitting) -> Sitting:
    """Return *sitting*, left by an earlier run, as this run takes it up: with all its text and a clean slate.

    >>> old = Sitting("He left.", (Leg("He left.", StopReason.CUT),), (Flag.CUT, Flag.DOUBTFUL_SEAM), cuts=6)
    >>> taken_up(old).flags, taken_up(old).cuts
    ((<Flag.DOUBTFUL_SEAM: 'doubtful-seam'>,), 0)
    """
    lasting = tuple(flag for flag in sitting.flags if flag in _LASTING)
    told = [leg.stretch for leg in sitting.legs if leg.joint is not Joint.PASSAGES]
    return Sitting(
        sitting.text,
        sitting.legs,
        lasting,
        stretch=told[-1] if told else None,
        earlier=len(sitting.legs),
        firm=sitting.firm,
    )


def finish(sitting: Sitting, *, absent: Collection[str]) -> tuple[Sitting, Step]:
    """Decide what becomes of *sitting*, which has come to its end: texts that must stand in it are *absent*.

    >>> finish(Sitting("Run it."), absent=["ferry up"])[1], finish(Sitting("Run it."), absent=[])[1]
    (<Step.STOP: 'stop'>, <Step.ACCEPT: 'accept'>)
    """
    return (sitting.flagged(Flag.MUST_MISSING), Step.STOP) if absent else (sitting, Step.ACCEPT)


def has_landed(sitting: Sitting) -> bool:
    """Say whether the last leg of *sitting* ended the stretch that it belongs to."""
    legs = [leg for leg in sitting.legs if leg.joint is not Joint.PASSAGES]
    ended = bool(legs) and legs[-1].stop_reason in ENDED
    return ended and not sitting.begins_stretch and bool(sitting.text.strip()) and not cut_short(sitting.text)


def cut_short(text: str) -> bool:
    r"""Say whether *text* stops in an open fence or in the middle of a sentence.

    >>> [cut_short(text) for text in ("He left.", "He left, and", "```py\nx = 1", "- one\n- two")]
    [False, True, True, False]
    """
    state = end(text)
    if state.block is None:
        return False
    if state.block.closing:
        return True
    in_prose = state.kind is BlockKind.PARAGRAPH and not state.block.containers
    return in_prose and (text.rstrip()[-1:].isalnum() or text.rstrip().endswith((",", ";", "-")))


def _ended(sitting: Sitting, *, full: bool, limits: Limits) -> tuple[Sitting, Step]:
    if _brought_nothing(sitting):
        if sitting.asked_again:
            return sitting.flagged(Flag.EMPTY), Step.STOP
        return replace(sitting, asked_again=True), Step.AGAIN
    if (full or cut_short(sitting.text)) and not sitting.reopened:
        return _go_on(replace(sitting, reopened=True).flagged(Flag.SHORT_END), limits)
    return sitting, Step.ACCEPT


def _brought_nothing(sitting: Sitting) -> bool:
    """Say whether all that was asked for so far brought no text."""
    return not sitting.text.strip() or sitting.begins_stretch


def _thought_it_all_away(sitting: Sitting) -> tuple[Sitting, Step]:
    """Raise the cap once for a reply whose tokens all went into thinking."""
    if sitting.cap > 1:
        return sitting.flagged(Flag.STALLED, Flag.EMPTY), Step.STOP
    return replace(sitting, cap=2), Step.AGAIN


def _go_on(sitting: Sitting, limits: Limits) -> tuple[Sitting, Step]:
    if len(sitting.legs) - sitting.earlier >= limits.legs or sitting.stalls >= MOST_STALLS:
        return sitting.flagged(Flag.STALLED), Step.STOP
    return sitting, Step.CONTINUE if sitting.text.strip() else Step.AGAIN
