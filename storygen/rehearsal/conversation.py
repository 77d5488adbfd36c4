"""A request's messages as somebody reads them who has to answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from storygen.rehearsal.continuing import anchor
from storygen.rehearsal.region import is_titled
from storygen.rehearsal.shape import Body, blocks


@dataclass(frozen=True, slots=True)
class Conversation:
    """The instructions, the blocks of the turn that asks, what is already written, what was said since.

    `kept` is what the assistant has written in answer, "" at the beginning; `since` is the user's last word
    on it, "" where the reply goes straight on from a prefill.
    """

    system: str
    asking: tuple[str, ...]
    kept: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class _Turn:
    speaks: str
    texts: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.texts)


def read_conversation(body: Body) -> Conversation:
    """Return the messages of *body*, turns of one role merged, what is already written apart.

    >>> turns = [{"role": "user", "content": "Write."}, {"role": "assistant", "content": "The boat"}]
    >>> read_conversation({"messages": turns})
    Conversation(system='', asking=('Write.',), kept='The boat', since='')
    """
    turns = _merged(body["messages"])
    users = [index for index, turn in enumerate(turns) if turn.speaks == "user"]
    asking = next((index for index in reversed(users) if not _goes_on(turns, index)), 0)
    kept = "".join(turn.text for turn in turns[asking + 1 :] if turn.speaks == "assistant")
    since = turns[-1].text if users[-1] == len(turns) - 1 > asking else ""
    return Conversation("\n\n".join(_texts(body.get("system") or [])), turns[asking].texts, kept, since)


def _goes_on(turns: list[_Turn], index: int) -> bool:
    """Whether a user's turn asks for more of what the assistant was writing, and for nothing new."""
    if index == 0:
        return False
    request, kept = turns[index].text, turns[index - 1].text
    return bool(anchor(request, kept)) or not is_titled(request)


def _merged(messages: Iterable[dict[str, Any]]) -> list[_Turn]:
    roles = groupby(messages, key=lambda turn: "assistant" if turn["role"] == "assistant" else "user")
    return [
        _Turn(role, tuple(text for turn in said for text in _texts(turn["content"]))) for role, said in roles
    ]


def _texts(content: str | list[dict[str, Any]]) -> list[str]:
    return [block["text"] for block in blocks(content) if block["type"] == "text"]
