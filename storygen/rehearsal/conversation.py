"""A request's messages as somebody reads them who has to answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from storygen.rehearsal.shape import Body, blocks


@dataclass(frozen=True, slots=True)
class Conversation:
    """The instructions, the blocks of the turn that asks, what is already written, what was said since.

    `kept` is what the assistant has written so far, "" at the beginning; `since` is the user's word on it, and ""
    where the reply goes straight on from a prefill.
    """

    system: str
    asking: tuple[str, ...]
    kept: str = ""
    since: str = ""


def read_conversation(body: Body) -> Conversation:
    """Return the messages of *body*, turns of one role merged, with the last reply apart.

    >>> turns = [{"role": "user", "content": "Write."}, {"role": "assistant", "content": "The boat"}]
    >>> read_conversation({"messages": turns})
    Conversation(system='', asking=('Write.',), kept='The boat', since='')
    """
    system = "\n\n".join(_texts(body.get("system") or []))
    turns = _merged(body["messages"])
    spoken = [index for index, (role, _) in enumerate(turns) if role == "assistant"]
    if not spoken:
        return Conversation(system, turns[-1][1])
    last = spoken[-1]
    asking = next(texts for role, texts in reversed(turns[:last]) if role == "user")
    since = "\n\n".join(text for _, texts in turns[last + 1 :] for text in texts)
    return Conversation(system, asking, "".join(turns[last][1]), since)


def _merged(messages: Iterable[dict[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
    by_role = groupby(messages, key=lambda turn: "assistant" if turn["role"] == "assistant" else "user")
    return [(role, tuple(text for turn in turns for text in _texts(turn["content"]))) for role, turns in by_role]


def _texts(content: str | list[dict[str, Any]]) -> list[str]:
    return [block["text"] for block in blocks(content) if block["type"] == "text"]
