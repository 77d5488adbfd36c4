"""One section, from its first request to its draft: leg after leg until it is whole or cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import assert_never

from storygen.draft import Draft, DraftStatus, Flag, Joint, Leg
from storygen.errors import Cut, Rejected
from storygen.manuscript.chatter import asides
from storygen.manuscript.passages import Lengthened, lengthen
from storygen.manuscript.seam import anchor, follow, stitch
from storygen.messages import Completion, Request, StopReason
from storygen.model.verdict import Kind
from storygen.outline.tree import Kind as DocumentKind
from storygen.outline.tree import Section
from storygen.outline.verbatim import absent
from storygen.review.page import clipped
from storygen.text.words import count_words
from storygen.writer.ask import Commission, ask, course_of
from storygen.writer.attempt import Answer, Failure, Line, attempt, pause
from storygen.writer.events import Grew, LegEnded, Noted
from storygen.writer.rate import Replies
from storygen.writer.reasons import ENDED, Limits, Sitting, Step, finish, judge
from storygen.writer.stretches import Course, is_too_long, is_too_short
from storygen.writer.upcoming import first_step, passages, stretch_for

_STOPPED = {
    Flag.EMPTY: "the model wrote nothing, twice; give it more room with --max-tokens or less effort, "
    "or rework the beats (`storygen prompt {id}` shows what was asked), and run again",
    Flag.STALLED: "it did not come to an end: the last replies brought nothing new, or there were too many; "
    "run again to go on, with a larger --max-tokens or a smaller word target",
    Flag.CUT: "its reply broke off again and again; what came is kept: run the same command again to go on",
    Flag.UNKNOWN_STOP: "the reply ended with `{word}`, which says nothing to storygen; what came is kept: "
    "read it, then run again to go on from there",
}
"""What to tell a person about a section that stops unfinished; the first flag that it has counts."""

_ASIDE = "left out, for it speaks of the work: "
_LEFT_OUT = (
    "of the passages that came belong nowhere and are left out; `storygen log {id} --replies` has them"
)
_MUST_MISSING = "what has to appear verbatim does not, although it was asked for once more: "
_MUST_HELP = "what came is kept: add the text yourself, or rework the beats, and run again"
_TOO_MANY = 429
_SERVERS_FAULT = 500
_TOO_LARGE = {Kind.PROMPT_TOO_LONG, "request_too_large"}


async def write_section(
    commission: Commission,
    section: Section,
    texts: Mapping[str, str],
    *,
    sitting: Sitting,
    line: Line,
    replies: Mapping[str, Replies] = MappingProxyType({}),
) -> Draft:
    """Write *section* on from *sitting* and return its draft, whole or incomplete.

    *replies* are what this run brought for other sections, by id: they tell how much to ask for. Raises
    ModelError or Stopped where no answer can be had; what came before it is in the journal.
    """
    course = course_of(commission, section, texts, replies=replies)
    limits = Limits(legs=commission.settings.legs, cuts=commission.settings.retries)
    step = first_step(sitting)
    while stretch := stretch_for(course, sitting, step):
        sitting, step = sitting.asked_for(stretch), Step.CONTINUE
        if sitting.begins_stretch:
            line.tell(Grew(section, "\n\n"))
        while step in {Step.CONTINUE, Step.AGAIN}:
            sitting, step = await _go_on(commission, section, texts, sitting, limits=limits, line=line)
        if step is Step.STOP:
            return draft_of(section, sitting, whole=False)
    sitting = await _filled(commission, course, texts, sitting, line=line)
    missing = absent(section.must, sitting.text, commission.outline.kind)
    sitting, step = finish(sitting, absent=missing)
    if step is Step.STOP:
        line.tell(Noted(f"{section.id}: {_MUST_MISSING}{_named(missing)}; {_MUST_HELP}"))
        return draft_of(section, sitting, whole=False)
    return draft_of(section, _measured(section, sitting, line=line), whole=True)


def join(sitting: Sitting, leg: Leg, *, section: Section, kind: DocumentKind) -> Sitting:
    """Add *leg* to *sitting* of *section*, put together with the text that it belongs to."""
    if not leg.text.strip():
        return sitting.grown(sitting.text, leg)
    kept = sitting.text[: leg.base]
    match leg.joint:
        case Joint.PASSAGES:
            return sitting.grown(_text_with(sitting, leg, section.must, kind), leg)
        case Joint.PARAGRAPH:
            seam = follow(kept, leg.text, title=section.title)
        case Joint.ANCHOR:
            seam = stitch(kept, leg.text, anchor=anchor(kept) if kept else None, title=section.title)
        case Joint.STRAIGHT:
            seam = stitch(kept, leg.text, anchor=None, title=section.title)
        case _:
            assert_never(leg.joint)
    grown = sitting.grown(seam.text, leg)
    return grown.flagged(Flag.DOUBTFUL_SEAM) if seam.doubtful else grown


def draft_of(section: Section, sitting: Sitting, *, whole: bool) -> Draft:
    """Return the draft that *sitting* comes to."""
    return Draft(
        id=section.id,
        text=sitting.text.strip("\n") if whole else sitting.text,
        status=DraftStatus.DRAFT if whole else DraftStatus.INCOMPLETE,
        legs=sitting.legs,
        flags=sitting.flags,
    )


def answered(leg: Leg, completion: Completion) -> Leg:
    """Return *leg* with the reply that came."""
    return replace(
        leg,
        text=completion.text,
        stop_reason=completion.stop_reason,
        usage=completion.usage,
        request_id=completion.request_id,
    )


async def _filled(
    commission: Commission, course: Course, texts: Mapping[str, str], sitting: Sitting, *, line: Line
) -> Sitting:
    """Ask once for the passages that the text of *sitting* lacks, if any."""
    section = course.section
    more = passages(commission, course, texts, sitting)
    if more is None:
        return sitting
    missing = f"{more.words:,} words" if more.words else _named(more.absent)
    line.tell(LegEnded(section, f"{missing} missing"))
    try:
        answer = await attempt(more.request, section=section, leg=more.leg, line=line)
    except (Rejected, Cut) as error:
        _turned_down(sitting, error, more.request, section=section, line=line)
        return sitting
    leg = answered(more.leg, answer.completion)
    found = _with_passages(sitting, leg)
    if found.left_out:
        line.tell(Noted(f"{section.id}: {found.left_out} {_LEFT_OUT.format(id=section.id)}"))
    return join(sitting, leg, section=section, kind=commission.outline.kind)


def _named(missing: Iterable[str]) -> str:
    return ", ".join(f"“{clipped(text)}”" for text in missing)


def _text_with(sitting: Sitting, leg: Leg, must: tuple[str, ...], kind: DocumentKind) -> str:
    """Return the text of *sitting* with the passages of *leg*.

    Where no words were asked for, only texts that *must* appear, and none of them came, it stays as it is:
    else every further try would leave a paragraph behind.
    """
    text = _with_passages(sitting, leg).text
    idle = not leg.stretch.asked and absent(must, text, kind) == absent(must, sitting.text, kind)
    return sitting.text if idle else text


def _with_passages(sitting: Sitting, leg: Leg) -> Lengthened:
    return lengthen(sitting.text, leg.text, whole=leg.stop_reason in ENDED, firm=sitting.firm)


def _measured(section: Section, sitting: Sitting, *, line: Line) -> Sitting:
    """Flag a whole text that is far from its target, and say so; nothing of it is cut."""
    words = count_words(sitting.text)
    if is_too_long(section, words):
        line.tell(Noted(f"{section.id}: {words:,} words came, {section.words.high:,} at most were wanted"))
        return sitting.flagged(Flag.TOO_LONG)
    if is_too_short(section, words):
        line.tell(Noted(f"{section.id}: {words:,} words came, {section.words.low:,} at least were wanted"))
        return sitting.flagged(Flag.TOO_SHORT)
    return sitting


async def _go_on(
    commission: Commission,
    section: Section,
    texts: Mapping[str, str],
    sitting: Sitting,
    *,
    limits: Limits,
    line: Line,
) -> tuple[Sitting, Step]:
    """Ask for the next leg of *sitting*; return it with what came, and what follows."""
    request, leg = ask(commission, section, texts, sitting=sitting)
    try:
        answer = await attempt(request, section=section, leg=leg, line=line)
    except Rejected as error:
        return _turned_down(sitting, error, request, section=section, line=line)
    sitting = _taken(sitting, answer, leg, section=section, kind=commission.outline.kind)
    if said := asides(answer.completion.text):
        line.tell(Noted(f"{section.id}: {_ASIDE}{_named(said)}"))
    if answer.error and not answer.error.retry:
        return _turned_down(sitting, answer.error, request, section=section, line=line)
    full = _full(request, answer.completion)
    sitting, step = judge(sitting, answer.completion, limits=limits, full=full)
    _tell(step, answer.completion, sitting, section=section, line=line)
    if answer.error and step is not Step.STOP:
        await pause(answer.error, failures=sitting.cuts, section=section, line=line)
    return sitting, step


def _taken(sitting: Sitting, answer: Answer, leg: Leg, *, section: Section, kind: DocumentKind) -> Sitting:
    """Add the reply to *sitting*, and what a person should know about it."""
    completion = answer.completion
    unclean = not completion.clean and completion.stop_reason is not StopReason.CUT
    flags = {Flag.UNCLEAN_END: unclean, Flag.ESTIMATED: answer.estimated}
    joined = join(sitting, answered(leg, completion), section=section, kind=kind)
    return joined.flagged(*(flag for flag, holds in flags.items() if holds))


def _turned_down(
    sitting: Sitting, error: Failure, request: Request, *, section: Section, line: Line
) -> tuple[Sitting, Step]:
    """Decide what follows where the same request is not sent again; raise where the run has to end."""
    if not isinstance(error, Rejected):
        line.tell(Noted(f"{section.id}: {error.message}; the text before it is kept; {error.help}"))
        return sitting.flagged(Flag.CUT), Step.STOP
    if error.kind is Kind.PREFILL_REFUSED and not sitting.in_words:
        return replace(sitting, in_words=True), Step.CONTINUE
    if error.retry or error.fatal or error.status == _TOO_MANY or error.status >= _SERVERS_FAULT:
        raise error
    sizes = (_size(request, line=line),) if error.kind in _TOO_LARGE else ()
    line.tell(Noted("; ".join((f"{section.id}: {error.message}", *sizes, error.help, *error.notes))))
    return sitting.flagged(Flag.REJECTED), Step.STOP


def _size(request: Request, *, line: Line) -> str:
    tokens = sum(line.count(message.text) for message in request.messages)
    return f"the request has {len(line.encode(request)):,} bytes, about {tokens:,} tokens by our own count"


def _tell(step: Step, completion: Completion, sitting: Sitting, *, section: Section, line: Line) -> None:
    """Say why a leg ended where another one follows, and what to do where none does."""
    if step in {Step.CONTINUE, Step.AGAIN}:
        line.tell(LegEnded(section, completion.stop_reason.value.replace("_", " ")))
    elif completion.stop_reason is StopReason.REFUSAL:
        line.tell(Noted(_declined(section, completion)))
    elif step is Step.STOP:
        sentence = next(text for flag, text in _STOPPED.items() if flag in sitting.flags)
        word = completion.stop_word or completion.stop_reason.value
        line.tell(Noted(f"{section.id}: {sentence.format(word=word, id=section.id)}"))


def _declined(section: Section, completion: Completion) -> str:
    why = f" ({completion.stop_detail})" if completion.stop_detail else ""
    return (
        f"{section.id}: the model declined{why}; the same request is not sent again. "
        f"Rework its beats and run again; `storygen prompt {section.id}` shows what was asked"
    )


def _full(request: Request, completion: Completion) -> bool:
    """Say whether the reply used up all that it was allowed, thinking aside."""
    return completion.usage.output_tokens - completion.usage.thinking_tokens >= request.max_tokens
