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
from storygen.writer.attempt import Line, attempt
from storygen.writer.events import LegEnded, Noted
from storygen.writer.reasons import Limits, Sitting, Step, is_whole, judge


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
        request, leg = ask(commission, section, texts, sitting=sitting)
        try:
            completion = await attempt(request, section=section, leg=leg, line=line)
        except Rejected as error:
            sitting, step = _turned_down(sitting, error, section=section, line=line)
            continue
        sitting = join(sitting, answered(leg, completion), title=section.title)
        sitting, step = judge(sitting, completion, limits=limits, full=_full(request, completion))
        if completion.stop_reason is StopReason.REFUSAL:
            line.tell(Noted(_declined(section, completion)))
        elif step is not Step.ACCEPT:
            line.tell(LegEnded(section, completion.stop_reason.value.replace("_", " ")))
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


def _turned_down(sitting: Sitting, error: Rejected, *, section: Section, line: Line) -> tuple[Sitting, Step]:
    """Decide what follows where the API takes this request from nobody; raise where the run has to end."""
    if error.kind is Kind.PREFILL_REFUSED and not sitting.in_words:
        return replace(sitting, in_words=True), Step.CONTINUE
    if error.retry or error.fatal:
        raise error
    line.tell(Noted("; ".join((f"{section.id}: {error.message}", error.help, *error.notes))))
    return sitting.flagged(Flag.REJECTED), Step.STOP


def _declined(section: Section, completion: Completion) -> str:
    why = f" ({completion.stop_detail})" if completion.stop_detail else ""
    return (
        f"{section.id}: the model declined{why}; the same request is not sent again. "
        f"Rework its beats and run again; `storygen prompt {section.id}` shows what was asked"
    )


def _full(request: Request, completion: Completion) -> bool:
    """Say whether the reply used up all that it was allowed, thinking aside."""
    return completion.usage.output_tokens - completion.usage.thinking_tokens >= request.max_tokens
