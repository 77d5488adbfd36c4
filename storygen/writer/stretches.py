"""How a section is asked for: in how many calls, and of each how many words and which beats."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from storygen.draft import Stretch
from storygen.outline.tree import Outline, Section
from storygen.text.words import count_words
from storygen.writer.rate import EVEN, RECENT, Delivery, is_steered, rate

CALL = 1_500
"""So many words at most are expected of one call; a longer section is written in several stretches."""

TOLERANCE = 0.3
"""A text may miss the range of its target by so much before anything is done, or said."""

WORTH = 150
"""Fewer words than these are not worth a call of their own."""

_SPREAD = 3
"""What is missing of the book so far, or too much, is shared by so many sections."""

_SLIGHT = 0.02
_ELASTIC = 1.25
"""So much more than planned a call may be expected to bring before another one is made."""

_FINE, _COARSE = 10, 50


@dataclass(frozen=True, slots=True)
class Course:
    """How a section is steered to its length.

    `aim` are the words that it shall have, `heard` what came before for what was asked, oldest first, and
    `most` the words that one call is expected to bring at most. With fewer than `least` words it is too short
    for its book, even where it is not for itself. One that is not `steered` is asked for as it was planned,
    and is as long as it comes.
    """

    section: Section
    aim: int
    heard: tuple[Delivery, ...] = ()
    most: int = CALL
    least: int = 0
    steered: bool = True

    def rate(self, came: Sequence[Delivery] = ()) -> float:
        """Return how many words come for each that is asked for, *came* being those of the section itself."""
        return rate([*self.heard, *came]) if self.steered else EVEN


def first_stretch(course: Course, written: int = 0) -> Stretch:
    """Return what to ask for first of a section; somebody else may have *written* some words of it."""
    return _planned(course, None, written, ())


def next_stretch(
    course: Course, told: Stretch | None, written: int, came: Sequence[Delivery] = ()
) -> Stretch | None:
    """Return what to ask for next of a section that has *written* words; None where nothing is left to tell.

    *told* is its last stretch so far, *came* what came for those that it had. The words that are still to
    come are shared evenly by as few calls as can be expected to bring them, and the beats with them: what
    came too short or too long is made up for by the stretches that follow.

    >>> from storygen.outline.tree import Level, WordTarget
    >>> storm = Section("s", "Storm", 1, 1, Level.SCENE, WordTarget(3600, 4400), beats=("a", "b", "c"))
    >>> first = first_stretch(Course(storm, 4000))
    >>> then = next_stretch(Course(storm, 4000), first, 1100)
    >>> (first.number, first.of, first.asked, first.behind), (then.number, then.of, then.asked, then.behind)
    ((1, 3, 1350, 1), (2, 3, 1450, 2))
    """
    return None if told and told.last else _planned(course, told, written, came)


def why_asked(course: Course, asked: int) -> str:
    """Return why so many words are *asked* for where that is not what was planned; else nothing.

    >>> from storygen.outline.tree import Level, WordTarget
    >>> boat = Section("b", "Boat", 1, 1, Level.SCENE, WordTarget(900, 1100))
    >>> course = Course(boat, 1000, heard=(Delivery(1000, 600), Delivery(1000, 600)))
    >>> why_asked(course, 1650), why_asked(course, 1000)
    ('1,650 words are asked for where 1,000 are wanted: 60 % of what is asked for comes', '')
    >>> why_asked(Course(boat, 1100), 1150).partition(": ")[2]
    'the sections before are shorter than was wanted'
    """
    wanted, known = course.section.words.aim, course.rate()
    if not is_steered(asked, wanted):
        return ""
    off = "longer" if course.aim < wanted else "shorter"
    reasons = (
        f"{100 * known:.0f} % of what is asked for comes" if known != EVEN else "",
        f"the sections before are {off} than was wanted" if course.aim != wanted else "",
    )
    why = ", and ".join(filter(None, reasons))
    return f"{asked:,} words are asked for where {wanted:,} are wanted: {why}".removesuffix(": ")


def lacking(course: Course, written: int) -> int:
    """Return how many words a section of *written* words lacks, if they are worth asking for; else 0."""
    missing = min(course.aim - written, course.most)
    short = course.steered and (is_too_short(course.section, written) or written < course.least)
    return missing if short and missing >= WORTH else 0


def extension(course: Course, told: Stretch, words: int, *, came: Sequence[Delivery]) -> Stretch:
    """Return what to ask for so that *words* more come for a section whose last stretch was *told*.

    *came* is what came for this section.
    """
    return replace(told, words=words, asked=_rounded(words / course.rate(came)))


def is_too_short(section: Section, written: int) -> bool:
    """Say whether *written* words are fewer than anybody would take for what *section* was to have."""
    return written < section.words.low * (1 - TOLERANCE)


def is_too_long(section: Section, written: int) -> bool:
    """Say whether they are more than that."""
    return written > section.words.high * (1 + TOLERANCE)


def aim_of(outline: Outline, section: Section, before: Iterable[Section], texts: Mapping[str, str]) -> int:
    """Return how many words *section* shall have, so that the book comes out as long as it was planned.

    It takes its share of what the nearest sections *before* it are short of, or have too much, and stays
    within its own target all the same.
    """
    missing = sum(each.words.aim - _words_of(texts[each.id]) for each in _near(before, texts))
    rest = islice(outline.sections, section.position - 1, None)
    still = sum(each.asked and each.page == section.page for each in islice(rest, _SPREAD))
    words = section.words
    aim = max(words.low, min(words.high, words.aim + missing // max(still, 1)))
    return words.aim if abs(aim - words.aim) <= _SLIGHT * words.aim else aim


def least_of(outline: Outline, section: Section, before: Iterable[Section], texts: Mapping[str, str]) -> int:
    """Return how many words *section* has to have so that its book is not too short; 0 where others follow.

    For what the last one is short of nothing makes up. What those *before* it are short of is not all asked
    of it: it stays within its own target.
    """
    if any(each.asked for each in outline.sections[section.position :]):
        return 0
    near = _near(before, texts)
    owed = sum(each.words.low - _words_of(texts[each.id]) for each in near)
    return section.words.low + min(0, owed)


def _near(before: Iterable[Section], texts: Mapping[str, str]) -> list[Section]:
    return [each for each in before if each.asked and each.id in texts][-RECENT:]


@lru_cache(maxsize=2 * RECENT)
def _words_of(text: str) -> int:
    """Count the words of *text*, which is near to several sections in turn."""
    return count_words(text)


def _planned(course: Course, told: Stretch | None, written: int, came: Sequence[Delivery]) -> Stretch:
    left = max(course.aim - written, min(course.aim, WORTH))
    planned = told.of - told.number if told else 0
    calls = math.ceil(left / course.most)
    if planned < calls and left <= planned * course.most * _ELASTIC:
        calls = planned
    number = told.number + 1 if told else 1
    words = left // calls
    stretch = Stretch(number, number + calls - 1, words=words, asked=_asked(course, words, came))
    return _with_beats(stretch, told, beats=len(course.section.beats), there=not told and written > 0)


def _asked(course: Course, words: int, came: Sequence[Delivery]) -> int:
    """Return what to ask for so that *words* come; the target as its author wrote it, where that will do."""
    known = course.rate(came)
    planned = known == EVEN and words == course.section.words.aim
    return words if planned else _rounded(words / known)


def _rounded(words: float) -> int:
    """Return *words* as somebody would ask for them."""
    step = _FINE if words < _COARSE * _FINE else _COARSE
    return max(step, round(words / step) * step)


def _with_beats(stretch: Stretch, told: Stretch | None, *, beats: int, there: bool) -> Stretch:
    """Return *stretch* with its share of the *beats*; where calls are more, a beat goes on over several.

    Where a text is *there* of which nobody knows what it tells, all of them are asked for at once.
    """
    calls = stretch.of - stretch.number + 1
    first = min(told.behind - told.open, beats) if told else 0
    left = beats - first
    if stretch.last or there:
        behind, open_ = beats, False
    elif left >= calls:
        behind, open_ = first + round(left / calls), False
    else:
        behind, open_ = min(first + 1, beats), calls >= 2 * left and left > 0
    return replace(stretch, first=first, behind=behind, begun=bool(told and told.open), open=open_)
