"""What the rehearsal model says to a request that the API would take."""

from __future__ import annotations

from functools import lru_cache

from storygen.messages import StopReason
from storygen.rehearsal.card import Card
from storygen.rehearsal.continuing import anchor, reached
from storygen.rehearsal.conversation import Conversation, read_conversation
from storygen.rehearsal.docs import docs
from storygen.rehearsal.events import Answer
from storygen.rehearsal.fiction import fiction
from storygen.rehearsal.meter import Weighed, cut, tokens
from storygen.rehearsal.reading import read_card
from storygen.rehearsal.rules import Asked

_THINKING_SHARE = 20
_MOST_THINKING = 64


def answer(asked: Asked, prompt: Weighed, request: str) -> Answer:
    """Return the reply to *asked*, ended as the API ends it: by itself, a stop sequence or a limit."""
    wanted = asked.body["max_tokens"]
    room = asked.model.window - prompt.usage.prompt_tokens
    limit = min(wanted, room)
    thinking = min(_MOST_THINKING, limit // _THINKING_SHARE) if asked.thinks and wanted else None
    text, stop_sequence = _stopped(words(read_conversation(asked.body)), asked.body.get("stop_sequences", ()))
    fitting = cut(text, limit - (thinking or 0), asked.model)
    reason = StopReason.STOP_SEQUENCE if stop_sequence else StopReason.END_TURN
    if fitting != text:
        reason = StopReason.MAX_TOKENS if wanted <= room else StopReason.CONTEXT_WINDOW
        stop_sequence = None
    spent = tokens(fitting, asked.model) + (thinking or 0)
    return Answer(request, asked.model.id, fitting, reason, prompt, spent, stop_sequence, thinking)
