"""One section, from its first request to its draft: leg after leg until it is whole or cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from storygen.draft import Draft, DraftStatus, Flag, Leg
from storygen.errors import Rejected
from storygen.manuscript.seam import anchor, stitch
from storygen.messages import Completion, Request, StopReason
from storygen.model.verdict import Kind
from storygen.outline.tree import Section
from storygen.writer.ask import Commission, ask
from storygen.writer.attempt import Answer, Failure, Line, attempt, pause
from storygen.writer.events import LegEnded, Noted
from storygen.writer.reasons import Limits, Sitting, Step, is_whole, judge

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

_TOO_MANY = 429
_SERVERS_FAULT = 500
_TOO_LARGE = {Kind.PROMPT_TOO_LONG, "request_too_large"}


async def write_section(
    commission: Commission, section: Section, texts: Mapping[str, str], *, sitting: Sitting, line: Line
) -> Draft:
    """Write *section* on from *sitting* and return its draft, whole or incomplete.

    Raises ModelError or Stopped where no answer can be had; what came before it is in the journal.
    """
    if is_whole(sitting):
        return draft_of(section, sitting, whole=True)
    limits = Limits(legs=commission.settings.legs, cuts=commission.settings.retries)
    step = Step.CONTINUE
    while step in {Step.CONTINUE, Step.AGAIN}:
        sitting, step = await _go_on(commission, section, texts, sitting, limits=limits, line=line)
    return draft_of(section, sitting, whole=step is Step.ACCEPT)


def join(sitting: Sitting, leg: Leg, *, title: str) -> Sitting:
    """Add *leg* to *sitting* of the section called *title*, stitched to the text it goes on from."""
    kept = sitting.text[: leg.base]
    seam = stitch(kept, leg.text, anchor=anchor(kept) if leg.anchored and kept else None, title=title)
    grown = sitting.grown(seam.text if leg.text.strip() else sitting.text, leg)
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
    sitting = _taken(sitting, answer, leg, title=section.title)
    if answer.error and not answer.error.retry:
        return _turned_down(sitting, answer.error, request, section=section, line=line)
    full = _full(request, answer.completion)
    sitting, step = judge(sitting, answer.completion, limits=limits, full=full)
    _tell(step, answer.completion, sitting, section=section, line=line)
    if answer.error and step is not Step.STOP:
        await pause(answer.error, failures=sitting.cuts, section=section, line=line)
    return sitting, step


def _taken(sitting: Sitting, answer: Answer, leg: Leg, *, title: str) -> Sitting:
    """Add the reply to *sitting*, and what a person should know about it."""
    completion = answer.completion
    unclean = not completion.clean and completion.stop_reason is not StopReason.CUT
    flags = {Flag.UNCLEAN_END: unclean, Flag.ESTIMATED: answer.estimated}
    joined = join(sitting, answered(leg, completion), title=title)
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
