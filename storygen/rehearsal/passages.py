"""Passages that a text lacks: each under the last words of the paragraph that it follows."""

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

_FEW = 30
"""Words of a passage that is only there for what has to appear."""

_VERBATIM = re.compile(r"<verbatim>\n(.*?)\n</verbatim>", re.DOTALL)


def asks_for_passages(conversation: Conversation) -> bool:
    """Whether the last turn shows how to say after which paragraph a passage belongs."""
    return bool(conversation.kept) and "<after>" in conversation.since


def passages(conversation: Conversation) -> str:
    """Return passages of as many words as are asked for, made from the section's card without its beats.

    What has to appear to the letter stands at the end of the last.
    """
    card = read_card(conversation.system, conversation.asking)
    owed = _VERBATIM.findall(conversation.since)
    words = length(_VERBATIM.sub("", conversation.since)) or (_FEW if owed else card.words // 2)
    places = _places(conversation.kept)
    wanted = places[:: max(1, len(places) // 2)][: 2 if words >= _ENOUGH else 1] or places
    told = (f"<after>{quoted}</after>\n\n{_passage(card, words // len(wanted), quoted)}" for quoted in wanted)
    return "\n\n".join((*told, *map(_in_code, owed)))


def _passage(card: Card, words: int, quoted: str) -> str:
    own = replace(card, beats=(), must=(), words=words, seed=f"{card.seed}\n{quoted}")
    return docs(own) if card.docs else fiction(own)


def _in_code(text: str) -> str:
    """Return *text* as code, where that takes no more than two marks."""
    return text if "`" in text or "\n" in text else f"`{text}`"


def _places(kept: str) -> list[str]:
    """Return the last words of every paragraph of *kept* but the last that can be told from the others.

    Where there is no other, the last one has to do.
    """
    paragraphs = [each for each in re.split(r"\n\s*\n", kept.strip()) if each[:1].isalnum()]
    ends = [" ".join(each.split()[-_QUOTED:]) for each in paragraphs]
    return [end for end in ends[:-1] if ends.count(end) == 1 and len(end.split()) == _QUOTED] or ends[-1:]
