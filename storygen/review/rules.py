"""Every rule of a review: its name, what its findings rest on, and what to do about one."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from storygen.draft import Severity


class Ground(StrEnum):
    """What findings rest on: something that anybody can look up in the text, or a measure that hints."""

    VERIFIABLE = "verifiable"
    INDICATIVE = "indicative"

    @property
    def severity(self) -> Severity:
        """How much such a finding weighs."""
        return Severity.WARNING if self is Ground.VERIFIABLE else Severity.NOTE


class Rule(NamedTuple):
    """A rule: its name in a report, its ground, and what to do about a finding."""

    name: str
    ground: Ground
    help: str


def _checked(name: str, help: str) -> Rule:  # noqa: A002 - the field's name
    return Rule(f"review/{name}", Ground.VERIFIABLE, help)


def _hinted(name: str, help: str) -> Rule:  # noqa: A002 - the field's name
    return Rule(f"review/{name}", Ground.INDICATIVE, help)


LANGUAGE = _checked("language", "rewrite it in the book's language, or set it as a quotation")
PERSON = _checked("person", "rewrite it in the person that the outline declares, or change `style.person`")
TENSE = _checked("tense", "rewrite it in the tense that the outline declares, or change `style.tense`")
SPELLING = _checked("spelling", "spell it as the rest of the book does")
QUOTES = _checked("quotes", "use the quotation marks of the book, or change `style.quotes`")
DASHES = _checked("dashes", "use the dash of the book")
AVOIDED = _checked("avoided", "say it otherwise, or take the phrase out of `style.avoid`")
RESIDUE = _checked("residue", "take it out: it speaks of the work, not of the book")
UNBALANCED = _checked("unbalanced", "put the missing mark in, or take the lone one out")
LEAKED = _checked(
    "leaked-notes", "tell it in the text's own words; what must stand verbatim belongs under `must`"
)
SAMPLE = _checked("quoted-sample", "keep the sample's manner, not its words")
REPEATED = _checked("repeated-run", "say it once, or say it differently here")
OPENING = _checked("same-opening", "let one of the two begin otherwise")
ENDING = _checked("same-ending", "let one of the two close otherwise")
MUST = _checked("must", "put it in, or take it out of `must`")
LENGTH = _checked("length", "rewrite it, or change its `words`")
HEADING = _checked("heading", "take it out: headings come from the outline")
TABLE = _checked("table", "give every row as many cells as the head has")
FENCE = _checked("fence", "close it with the marks that opened it")
FOOTNOTE = _checked("footnote", "add its definition, or take the mark out")
UNVERIFIED = _checked("unverified", "check it, then take the comment out")
UNSUPPORTED = _checked(
    "unsupported", "look it up; then name the source that has it, put it into the card, or take it out"
)
NAME = _checked("near-name", "mend the name, or give the codex this one too")
ATTRIBUTE = _checked("contradiction", "mend the one that is wrong, or add a change to the codex")

BEAT = _hinted("beat", "read whether it happens; if not, `storygen rewrite` with -m names what is missing")
ABSENT = _hinted("absent-name", "read whether they are there without a name")
UNSEEN = _hinted("unseen-name", "read whether the book still needs them")
UNPLANNED = _hinted("unplanned-name", "give them an entry in the codex, so that they stay the same")
REPETITION = _hinted("repetition", "read it beside the sections before")
RHYTHM = _hinted("rhythm", "vary how long sentences are")
PARAGRAPHS = _hinted("paragraphs", "vary how long paragraphs are")
VOCABULARY = _hinted("vocabulary", "read whether words repeat, or are sought")
STOCK = _hinted("stock-phrases", "replace what anybody would have written")
CONTRAST = _hinted("contrast", "say what it is; leave out what it is not")
SUMMING_UP = _hinted("summing-up", "stop one paragraph earlier")
DRIFT = _hinted("drift", "read the last sections beside the first")

RULES = tuple(rule for rule in list(globals().values()) if isinstance(rule, Rule))
"""All rules, in the order in which a report shows them."""
