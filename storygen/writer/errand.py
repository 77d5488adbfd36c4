"""An errand: one request that is no section's text, as a plan, a digest or a review."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from storygen.draft import Leg
from storygen.messages import Completion, Request, StopReason
from storygen.outline.tree import Level, Section, WordTarget
from storygen.writer.attempt import Line, attempt, fingerprint, pause
from storygen.writer.events import Event, Noted, Tell, Waiting

_LEG = Leg("", StopReason.CUT)
"""An errand has no legs to stitch: every reply stands alone."""


async def run_errand(request: Request, *, id: str, title: str, line: Line) -> Completion:  # noqa: A002 - the word
    """Return the reply to *request*: the journal's, where it holds a whole one, so that nobody pays twice.

    It is journaled under *id*: what is done for a section is called `ID/STEP`, as `the-boat/digest`. A reply
    that its cap cut off is asked for once more with twice the room, one that broke off as often as
    `line.retries` says; the last one is returned however it ended, and whoever sent the errand judges it.
    Raises ModelError or Stopped as `attempt` does.
    """
    errand = errand_section(id, title)
    aside = replace(line, tell=_aside(line.tell))
    completion = await _reply(request, errand, line=aside)
    if completion.stop_reason is StopReason.MAX_TOKENS:
        completion = await _reply(replace(request, max_tokens=2 * request.max_tokens), errand, line=aside)
    return completion


def is_answer(reply: Completion) -> bool:
    """Say whether *reply* came to its end, and is no refusal: whatever it says can be read."""
    return reply.stop_reason not in {StopReason.REFUSAL, StopReason.CUT}


def why_useless(reply: Completion, *, called: str) -> str:
    """Return why *reply* is none of what is *called* so, in words."""
    match reply.stop_reason:
        case StopReason.REFUSAL:
            return "the model declined"
        case StopReason.CUT:
            return "the reply broke off"
        case _:
            return f"the reply is no {called}"


def errand_section(id: str, title: str) -> Section:  # noqa: A002 - the word
    """Return what stands for a section where there is none: an errand writes nothing of the book."""
    return Section(id, title, 0, 0, Level.SECTION, WordTarget(0, 0))


async def _reply(request: Request, errand: Section, *, line: Line) -> Completion:
    if known := line.journal.completion_for(fingerprint(request)):
        return known
    for tries in count(1):
        answer = await attempt(request, section=errand, leg=_LEG, line=line)
        if answer.error is None or tries > line.retries:
            return answer.completion
        await pause(answer.error, failures=tries, section=errand, line=line)
    raise AssertionError("count never ends")


def _aside(tell: Tell) -> Tell:
    """Return what hears of an errand only what a person should know: its text is nobody's to read."""

    def hear(event: Event) -> None:
        if isinstance(event, Noted | Waiting):
            tell(event)

    return hear
