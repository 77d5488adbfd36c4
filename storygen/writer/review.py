"""One section reviewed by a model: which places need another hand, and what could stand there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from storygen.draft import Objection
from storygen.messages import Request
from storygen.outline.objections import objections_in
from storygen.outline.tree import Section
from storygen.prompts.messages import review_messages
from storygen.review.anchoring import MOST, anchored
from storygen.writer.ask import Commission, rolling_context, without_messages
from storygen.writer.attempt import Line
from storygen.writer.errand import is_answer, run_errand, why_useless
from storygen.writer.events import Noted

STEP = "review"

TOKENS = 3_000
"""Plain tokens that a review may have: so many objections, each with a quote and a suggestion."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model made of a section: its objections, the weightiest first; None where no review came."""

    objections: tuple[Objection, ...] | None
    model: str


def ask_review(
    commission: Commission, section: Section, texts: Mapping[str, str], findings: Sequence[str]
) -> Request:
    """Return the request that has *section* reviewed, whose text is in *texts*, by id.

    It goes to the model that writes the section. *findings* is what is known to be wrong already.
    """
    empty = without_messages(commission, section)
    row = commission.catalogue.find(empty.model)
    context = rolling_context(commission, section, texts)
    messages = review_messages(
        commission.outline,
        section,
        context,
        commission.templates,
        text=texts[section.id],
        findings=findings,
        most=MOST,
    )
    room = math.ceil(TOKENS * max(row.factor, commission.factor(row)))
    return replace(empty, messages=messages, max_tokens=room, temperature=None, top_p=None)


async def look_over(
    commission: Commission,
    section: Section,
    texts: Mapping[str, str],
    findings: Sequence[str],
    *,
    line: Line,
) -> Reading:
    """Have a model review *section*, and return what it objects to; nothing is changed by it.

    What it objects to has its one place in the text; what has none is dropped, and that is said. Raises
    Stopped and ModelError.
    """
    request = ask_review(commission, section, texts, findings)
    reply = await run_errand(request, id=f"{section.id}/{STEP}", title=section.title, line=line)
    found = objections_in(reply.text) if is_answer(reply) else None
    if found is None:
        line.tell(Noted(f"{section.id} could not be reviewed: {why_useless(reply, called=STEP)}"))
        return Reading(None, request.model)
    objections, lost = anchored(found, texts[section.id])
    if lost:
        told = "1 finding is" if lost == 1 else f"{lost} findings are"
        line.tell(Noted(f"{told} left out of the review of {section.id}: not in its text exactly once"))
    return Reading(objections, request.model)
