"""What a section is asked for next, whatever there is of it; nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from storygen.draft import WHOLE, Joint, Leg, Stretch
from storygen.messages import Request
from storygen.outline.tree import Section
from storygen.outline.verbatim import absent
from storygen.text.words import count_words
from storygen.writer.ask import Commission, ask, ask_more, course_of
from storygen.writer.rate import deliveries
from storygen.writer.reasons import Sitting, Step, has_landed
from storygen.writer.stretches import Course, extension, first_stretch, lacking, next_stretch


@dataclass(frozen=True, slots=True)
class Passages:
    """The request for passages that a text lacks, and the leg they will be.

    So many `words` of them are missing, 0 where it is long enough, and the texts `absent` that have to stand
    in it.
    """

    request: Request
    leg: Leg
    words: int
    absent: tuple[str, ...]


def upcoming(
    commission: Commission, section: Section, texts: Mapping[str, str], *, sitting: Sitting
) -> tuple[Request, Leg] | None:
    """Return what *section* is asked for next where *sitting* is what came so far, and the leg it will be.

    None says that nothing is left to ask for.
    """
    course = course_of(commission, section, texts)
    if stretch := stretch_for(course, sitting, first_step(sitting)):
        return ask(commission, section, texts, sitting=sitting.asked_for(stretch))
    more = passages(commission, course, texts, sitting)
    return (more.request, more.leg) if more else None


def first_step(sitting: Sitting) -> Step:
    """Return what comes first for a section that is taken up as *sitting*: its last leg may have ended it."""
    return Step.ACCEPT if has_landed(sitting) else Step.CONTINUE


def stretch_for(course: Course, sitting: Sitting, step: Step) -> Stretch | None:
    """Return what to ask for now: what comes next, where the last stretch was accepted, else that one.

    Of a section without a word yet it is planned anew, in case its outline has changed; where it has not, as
    many words are asked for as before, so that the request is the same.
    """
    told, written = sitting.stretch, count_words(sitting.text)
    if step is Step.ACCEPT:
        return next_stretch(course, told or WHOLE, written, list(deliveries(sitting.legs)))
    if told and sitting.text.strip():
        return told
    planned = first_stretch(course, written)
    return told if told and replace(planned, asked=told.asked) == told else planned


def passages(
    commission: Commission, course: Course, texts: Mapping[str, str], sitting: Sitting
) -> Passages | None:
    """Return what to ask for where the text of *sitting* is too short, or lacks what has to stand in it.

    Nothing is put between the words of somebody who only wanted them gone on from.
    """
    words = _lacking(course, sitting)
    missing = absent(course.section.must, sitting.text, commission.outline.kind)
    if not words and not missing:
        return None
    stretch = _extension(course, sitting, words)
    request, leg = ask_more(
        commission, course.section, texts, sitting=sitting, stretch=stretch, absent=missing
    )
    return Passages(request, leg, words, missing)


def _lacking(course: Course, sitting: Sitting) -> int:
    """Return how many more words to ask for, if that was not done before; else 0."""
    asked = sitting.firm or any(leg.joint is Joint.PASSAGES for leg in sitting.legs)
    return 0 if asked else lacking(course, count_words(sitting.text))


def _extension(course: Course, sitting: Sitting, words: int) -> Stretch:
    """Return what to ask for so that *words* more come; as many as it takes where it is not for the words."""
    told = sitting.stretch or WHOLE
    if not words:
        return replace(told, words=0, asked=0)
    return extension(course, told, words, came=list(deliveries(sitting.legs)))
