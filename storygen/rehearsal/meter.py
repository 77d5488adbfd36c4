"""What a request and its reply weigh: tokens, cache counters, where a limit cuts."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from storygen.catalogue import Model
from storygen.messages import Usage
from storygen.rehearsal.shape import Body, blocks
from storygen.text.tokens import count_tokens

_FRAME = 4
"""Tokens that the frame around one block costs."""

_LOOKED_BACK = 20
"""Blocks before a mark at which a prefix that is held is found."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A prompt with its counters; `hour` tells that what was written to the cache stays for an hour."""

    usage: Usage
    hour: bool = False


@dataclass(frozen=True, slots=True)
class _Prefix:
    digest: bytes
    tokens: int
    mark: Mapping[str, Any] | None


def tokens(text: str, model: Model) -> int:
    """Return how many tokens of *model* the text has."""
    return ceil(count_tokens(text) * model.factor)


def cut(text: str, limit: int, model: Model) -> str:
    """Return the beginning of *text* that fits in *limit* tokens of *model*, cut to the letter."""
    if tokens(text, model) <= limit:
        return text
    ends = range(len(text))
    return text[: max(0, bisect_right(ends, limit, key=lambda end: tokens(text[:end], model)) - 1)]


def weigh(body: Body, model: Model, seen: set[bytes]) -> Weighed:
    """Count the prompt of *body*: its longest prefix in *seen* is read, what is marked behind it written.

    It is looked for at each mark and at some blocks before it. A prefix shorter than the model's minimum is
    never held, as with the real cache.
    """
    *_, whole = prefixes = list(_prefixes(body, model))
    marks = [at for at, prefix in enumerate(prefixes) if prefix.mark and prefix.tokens >= model.cache_minimum]
    marked = [prefixes[at] for at in marks]
    looked_at = [prefix for at in marks for prefix in prefixes[max(0, at - _LOOKED_BACK) : at + 1]]
    read = max((prefix.tokens for prefix in looked_at if prefix.digest in seen), default=0)
    reach = max((prefix.tokens for prefix in marked), default=0)
    seen.update(prefix.digest for prefix in marked)
    usage = Usage(whole.tokens - reach, reach - read, read)
    return Weighed(usage, any(prefix.mark and prefix.mark.get("ttl") == "1h" for prefix in marked))


def _prefixes(body: Body, model: Model) -> Iterator[_Prefix]:
    digest, counted = hashlib.sha256(model.id.encode()), 0
    for role, block, mark in _blocks(body):
        plain = {name: value for name, value in block.items() if name != "cache_control"}
        text = plain["text"] if plain["type"] == "text" else json.dumps(plain, sort_keys=True)
        digest.update(json.dumps([role, text]).encode())
        counted += tokens(text, model) + _FRAME
        yield _Prefix(digest.digest(), counted, mark)


def _blocks(body: Body) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any] | None]]:
    turns = [("system", body.get("system") or []), *((t["role"], t["content"]) for t in body["messages"])]
    every = [(role, block) for role, content in turns for block in blocks(content)]
    for index, (role, block) in enumerate(every, 1):
        last = body.get("cache_control") if index == len(every) else None
        yield role, block, block.get("cache_control") or last
