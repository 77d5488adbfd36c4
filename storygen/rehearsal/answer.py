"""What the rehearsal model says to a request that the API would take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

from storygen.messages import StopReason
from storygen.rehearsal.card import Card
from storygen.rehearsal.continuing import anchor, reached
from storygen.rehearsal.conversation import Conversation, read_conversation
from storygen.rehearsal.digest import asks_for_digest, digest
from storygen.rehearsal.docs import docs
from storygen.rehearsal.events import Answer
from storygen.rehearsal.fiction import fiction
from storygen.rehearsal.meter import Weighed, cut, tokens
from storygen.rehearsal.passages import asks_for_passages, passages
from storygen.rehearsal.planning import asks_for_plan, plan
from storygen.rehearsal.reading import read_card
from storygen.rehearsal.review import asks_for_review, review
from storygen.rehearsal.rules import Asked
from storygen.rehearsal.stretch import next_card

_THINKING_SHARE = 20
_MOST_THINKING = 64


def answer(asked: Asked, prompt: Weighed, request: str) -> Answer:
    """Return the reply to *asked*, ended as the API ends it: by itself, by a stop sequence or by a limit."""
    wanted, room = asked.body["max_tokens"], asked.model.window - prompt.usage.prompt_tokens
    limit = min(wanted, room)
    thinking = min(_MOST_THINKING, limit // _THINKING_SHARE) if asked.thinks and wanted else None
    text, fired = stopped(said(read_conversation(asked.body)), asked.body.get("stop_sequences") or ())
    fitting = cut(text, limit - (thinking or 0), asked.model)
    reason = StopReason.STOP_SEQUENCE if fired else StopReason.END_TURN
    if fitting != text:
        reason = StopReason.MAX_TOKENS if wanted <= room else StopReason.CONTEXT_WINDOW
        fired = None
    spent = tokens(fitting, asked.model) + (thinking or 0)
    return Answer(request, asked.model.id, fitting, reason, prompt, spent, fired, thinking)


Recognise: TypeAlias = Callable[[Conversation], bool]
Reply: TypeAlias = Callable[[Conversation], str]

STEPS: tuple[tuple[Recognise, Reply], ...] = (
    (asks_for_digest, digest),
    (asks_for_review, review),
    (asks_for_plan, plan),
    (asks_for_passages, passages),
)
"""What may be asked for besides a section, each with what tells it from the request's own text."""


def said(conversation: Conversation) -> str:
    """Return what is said in reply, without any limit: the text asked for, or the rest of it."""
    reply = next((reply for recognised, reply in STEPS if recognised(conversation)), _section)
    return reply(conversation)


def _section(conversation: Conversation) -> str:
    first = read_card(conversation.system, conversation.asking)
    card = next_card(first, conversation.since)
    text = written(card)
    if card != first and not anchor(conversation.since, conversation.kept):
        return text
    if not conversation.kept:
        return text
    rest = text[reached(text, conversation.kept, words=card.words) :]
    if not conversation.since:
        return rest
    repeated = anchor(conversation.since, conversation.kept)
    return repeated + rest if repeated else rest.lstrip()


@lru_cache(maxsize=64)
def written(card: Card) -> str:
    """Return the whole text of a card; remembered, because a section is often asked for in several legs."""
    return docs(card) if card.docs else fiction(card)


def stopped(text: str, sequences: Iterable[str]) -> tuple[str, str | None]:
    """Return *text* before the first of the stop sequences in it, and which one that is.

    >>> stopped("The boat. THE END. Nothing.", ["THE END"])
    ('The boat. ', 'THE END')
    """
    found = [(text.index(sequence), sequence) for sequence in sequences if sequence in text]
    if not found:
        return text, None
    place, sequence = min(found)
    return text[:place], sequence
