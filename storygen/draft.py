"""The desk's words: findings, drafts and the legs they were written in, what a draft comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from storygen.messages import StopReason, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem or remark, with its place.

    `rule` names it (`outline/unknown-field`); `line` and `column` count from 1, and 0 means the whole
    file. `width` is how many characters the caret underlines, `source` the line itself, `under` the words
    beside the caret, `help` what to do next, `second` a second line that belongs to it (number and text).
    `quote` is all that it is about, verbatim, where that may go on over the end of the line.
    """

    rule: str
    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    width: int = 1
    source: str = ""
    under: str = ""
    help: str = ""
    severity: Severity = Severity.ERROR
    second: tuple[int, str] | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Objection(Finding):
    """What a model finds in a text: its `message` says why, its `quote` what it is about, verbatim.

    `suggestion` is what could stand instead of the quote, empty where the model knows nothing better.
    """

    severity: Severity = Severity.NOTE
    suggestion: str = ""


def to_mend(findings: Iterable[Finding], *, strict: bool) -> bool:
    """Say whether one of *findings* has to be mended: an error, or with *strict* a warning too."""
    weighty = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(finding.severity in weighty for finding in findings)


class DraftStatus(StrEnum):
    """What the front matter of a draft says about it."""

    INCOMPLETE = "incomplete"
    DRAFT = "draft"
    FINAL = "final"


class Flag(StrEnum):
    """What a person should know about a text and cannot see in it."""

    DOUBTFUL_SEAM = "doubtful-seam"
    SHORT_END = "short-end"
    STALLED = "stalled"
    REFUSED = "refused"
    REJECTED = "rejected"
    CUT = "cut"
    EMPTY = "empty"
    UNCLEAN_END = "unclean-end"
    UNKNOWN_STOP = "unknown-stop"
    ESTIMATED = "estimated"
    MUST_MISSING = "must-missing"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    WRONG_LANGUAGE = "wrong-language"
    PERSON_DRIFT = "person-drift"
    TENSE_DRIFT = "tense-drift"
    NOTES_LEAKED = "notes-leaked"
    RESIDUE = "residue"
    CONVENTIONS = "conventions"


OF_TEXTS = frozenset(
    {
        Flag.WRONG_LANGUAGE,
        Flag.PERSON_DRIFT,
        Flag.TENSE_DRIFT,
        Flag.NOTES_LEAKED,
        Flag.RESIDUE,
        Flag.CONVENTIONS,
    }
)
"""Flags that speak of a text as it was when it was proofread."""


class Joint(IntEnum):
    """How a leg meets the text before it.

    It goes straight on, as after a prefill; it was asked to begin by repeating the last words; it begins a
    paragraph; or it consists of passages that belong between the paragraphs that are there.
    """

    STRAIGHT = 0
    ANCHOR = 1
    PARAGRAPH = 2
    PASSAGES = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one call is asked for of a section: all of it, or stretch `number` of `of`.

    `words` are those that it is to bring, `asked` those that are asked for so that as many come; both are 0
    where nobody noted it. Of the section's beats it tells those from index `first` to before `behind`: the
    first of them may have `begun` in the one before, the last may stay `open` for the next.
    """

    number: int = 1
    of: int = 1
    words: int = 0
    asked: int = 0
    first: int = 0
    behind: int = 0
    begun: bool = False
    open: bool = False

    @property
    def last(self) -> bool:
        """Whether the section ends with it."""
        return self.number >= self.of


WHOLE = Stretch()
"""A section in one call, of which nothing else is known."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One completion of a section: its raw text, why it ended, what it used.

    It meets the first `base` characters of the text before it as `joint` says. `stretch` is what was asked
    for when it began, or the leg that it goes on from.
    """

    text: str
    stop_reason: StopReason
    usage: Usage = Usage()
    request_id: str | None = None
    base: int = 0
    joint: Joint = Joint.STRAIGHT
    stretch: Stretch = WHOLE


@dataclass(frozen=True, slots=True)
class Draft:
    """One section's text as it stands, and how it came to be."""

    id: str
    text: str
    status: DraftStatus = DraftStatus.DRAFT
    legs: tuple[Leg, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def usage(self) -> Usage:
        """The usage of all legs."""
        return total_usage(leg.usage for leg in self.legs)

    @property
    def stop_reason(self) -> StopReason | None:
        """Why the last leg ended; None for a text that no model wrote."""
        return self.legs[-1].stop_reason if self.legs else None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a text establishes, `about` whom or what, with the words that prove it.

    A fact that its author has written down needs no proof.
    """

    fact: str
    about: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """What a section's text comes to: what happened in it, its facts, the threads that it opened and paid."""

    happened: str
    facts: tuple[Fact, ...] = ()
    opened: tuple[str, ...] = ()
    paid: tuple[str, ...] = ()


def total_usage(usages: Iterable[Usage]) -> Usage:
    """Add up any number of usages."""
    return sum(usages, start=Usage())
