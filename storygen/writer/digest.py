"""One section summed up: a small request beside the next section's, and what is kept of its reply."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from storygen.draft import Digest
from storygen.errors import Cut, DiskFull, ModelError, Rejected
from storygen.messages import Request
from storygen.outline.digest import digest_in
from storygen.outline.tree import Section
from storygen.prompts.digests import proved
from storygen.prompts.messages import digest_messages
from storygen.writer.ask import Commission, context_of, without_messages
from storygen.writer.attempt import Line
from storygen.writer.errand import is_answer, run_errand, why_useless
from storygen.writer.events import Noted

STEP = "digest"

TOKENS = 1_200
"""Plain tokens that a digest may have."""

INSTRUCTIONS = 550
"""Plain tokens that ask for one, besides the text that it sums up."""

_EFFORT = "low"
_INSTEAD = "what its card says is told to later sections instead"


def ask_digest(commission: Commission, section: Section, texts: Mapping[str, str]) -> Request:
    """Return the request that sums up *section*, whose text is in *texts*, by id.

    It goes to the model that writes the section, and asks for little thought. Nothing in it is learned from
    earlier runs: the same text makes the same request, and a reply that was paid for answers it for ever.
    """
    empty = without_messages(commission, section)
    row = commission.catalogue.find(empty.model)
    context = context_of(commission, section, texts)
    messages = digest_messages(
        commission.outline, section, context, commission.templates, text=texts[section.id].strip()
    )
    room = math.ceil(TOKENS * row.factor)
    return replace(empty, messages=messages, max_tokens=room, temperature=None, top_p=None, effort=_EFFORT)


async def sum_up(
    commission: Commission, section: Section, texts: Mapping[str, str], *, line: Line
) -> Digest | None:
    """Return what *section*, whose text is in *texts*, comes to; None, and a word about it, where that fails.

    A fact whose quote the text does not hold is dropped. Raises Stopped, and ModelError only where the whole
    run would meet the same.
    """
    request = ask_digest(commission, section, texts)
    try:
        reply = await run_errand(request, id=f"{section.id}/{STEP}", title=section.title, line=line)
    except (ModelError, DiskFull) as error:
        if isinstance(error, ModelError) and ends_the_run(error):
            raise
        line.tell(Noted(f"{section.id} could not be summed up: {error.message}; {_INSTEAD}"))
        return None
    found = digest_in(reply.text) if is_answer(reply) else None
    if found is None:
        line.tell(
            Noted(f"{section.id} could not be summed up: {why_useless(reply, called=STEP)}; {_INSTEAD}")
        )
        return None
    digest, dropped = proved(found, texts[section.id])
    if dropped:
        told = "1 fact is" if len(dropped) == 1 else f"{len(dropped)} facts are"
        line.tell(Noted(f"{told} left out of the digest of {section.id}: their quotes are not in its text"))
    return digest


def ends_the_run(error: ModelError) -> bool:
    """Say whether every other request would meet the same *error*: a key, an account, no connection."""
    match error:
        case Rejected():
            return error.fatal
        case Cut():
            return not error.retry
        case _:
            return True
