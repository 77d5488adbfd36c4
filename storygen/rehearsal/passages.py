"""Passages for a text that is too short: each under the last words of the paragraph that it follows."""

from __future__ import annotations

import re
from dataclasses import replace

from storygen.rehearsal.card import Card
from storygen.rehearsal.conversation import Conversation
from storygen.rehearsal.docs import docs
from storygen.rehearsal.fiction import fiction
from storygen.rehearsal.reading import read_card
from storygen.rehearsal.region import length

_QUOTED = 10
"""So many words tell which paragraph is meant."""

_ENOUGH = 150
"""From so many words on there is a second place for them."""


def asks_for_passages(conversation: Conversation) -> bool:
    """Whether the last turn shows how to say after which paragraph a passage belongs."""
    return bool(conversation.kept) and "<after>" in conversation.since


def passages(conversation: Conversation) -> str:
    """Return passages of as many words as are asked for, made from the section's card without its beats."""
    card = read_card(conversation.system, conversation.asking)
    words = length(conversation.since) or card.words // 2
    places = _places(conversation.kept)
    wanted = places[:: max(1, len(places) // 2)][: 2 if words >= _ENOUGH else 1] or places
    return "\n\n".join(
        f"<after>{quoted}</after>\n\n{_passage(card, words // len(wanted), quoted)}" for quoted in wanted
    )


def _passage(card: Card, words: int, quoted: str) -> str:
    own = replace(card, beats=(), must=(), words=words, seed=f"{card.seed}\n{quoted}")
    return docs(own) if card.docs else fiction(own)


def _places(kept: str) -> list[str]:
    """Return the last words of every paragraph of *kept* but the last that can be told from the others."""
    paragraphs = [each for each in re.split(r"\n\s*\n", kept.strip()) if each[:1].isalnum()]
    ends = [" ".join(each.split()[-_QUOTED:]) for each in paragraphs]
    return [end for end in ends[:-1] if ends.count(end) == 1 and len(end.split()) == _QUOTED]
