"""The body of a request, as the Messages API spells it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from storygen.catalogue import Catalogue, Lifecycle, Model
from storygen.messages import Encode, Message, Request, Role

NEWEST_VERSION = "2026-10-21"
SAMPLING_VERSION = "2023-06-01"
"""The last version of the API that knows `temperature` and `top_p`."""

_THINKING_ROOM = {"low": 2_000, "medium": 6_000, "high": 16_000, "xhigh": 32_000, "max": 64_000}
_USUAL_EFFORT = "high"
_THOUGHTLESS = frozenset({"disabled", "between_tools"})
_SMALLEST_BUDGET = 1_024


@dataclass(frozen=True, slots=True)
class Accepts:
    """What one model takes at one endpoint; anything else is left out of the body.

    `one_sampling` is whether `temperature` and `top_p` exclude each other; `thinks` whether the model
    thinks when nothing is said, and so needs room beside the text.
    """

    sampling: bool
    one_sampling: bool
    thinking: tuple[str, ...]
    effort: tuple[str, ...]
    cache: bool
    thinks: bool
    max_output: int
    metadata: bool


def native(row: Model) -> Accepts:
    """Return what *row* takes at Anthropic's own endpoint."""
    return Accepts(
        sampling=row.sampling,
        one_sampling=True,
        thinking=row.thinking,
        effort=row.effort,
        cache=True,
        thinks=row.thinks,
        max_output=row.max_output,
        metadata=True,
    )


def plain(row: Model) -> Accepts:
    """Return what is safe to say to *row* at an endpoint that merely speaks the same language.

    A model that nobody knows may sample, and is not given room to think: its window may be small.
    """
    stranger = row.lifecycle is Lifecycle.UNKNOWN
    return Accepts(
        sampling=row.sampling or stranger,
        one_sampling=not stranger,
        thinking=(),
        effort=(),
        cache=False,
        thinks=row.thinks and not stranger,
        max_output=row.max_output,
        metadata=False,
    )


def encoder(catalogue: Catalogue, accepts: Callable[[Model], Accepts] = native) -> Encode:
    """Return the function that writes a request's body: UTF-8 JSON, the same bytes for the same request."""

    def encode(request: Request) -> bytes:
        row = catalogue.find(request.model)
        body = _fields(request, row.id, accepts(row))
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode("utf-8", "replace")  # half a surrogate pair is no character

    return encode


def version(body: bytes) -> str:
    """Return the `anthropic-version` that *body* needs: the older one only if it really samples.

    >>> version(b'{"temperature":0.7}'), version(b'{}')
    ('2023-06-01', '2026-10-21')
    """
    fields = json.loads(body)
    return SAMPLING_VERSION if fields.keys() & {"temperature", "top_p"} else NEWEST_VERSION


def unstreamed(body: bytes) -> bytes:
    """Return *body* as a batch takes it, which knows no streams.

    >>> unstreamed(b'{"model":"m","max_tokens":9,"stream":true,"messages":[]}')
    b'{"model":"m","max_tokens":9,"messages":[]}'
    """
    fields = {name: value for name, value in json.loads(body).items() if name != "stream"}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def asking_why(body: bytes, *, before: str | None) -> bytes:
    """Return *body* with the question why the cache did not hold more of it, as *before* was the last reply.

    The older version of the API is not asked: nobody says that it knows the question.

    >>> asking_why(b'{"model":"m"}', before="msg_1")
    b'{"model":"m","diagnostics":{"previous_message_id":"msg_1"}}'
    """
    if version(body) != NEWEST_VERSION:
        return body
    question = json.dumps({"previous_message_id": before}, separators=(",", ":")).encode()
    return body.removesuffix(b"}") + b',"diagnostics":' + question + b"}"


def output_limit(request: Request, accepts: Accepts) -> int:
    """Return the `max_tokens` to send: the tokens of text asked for, and room for the thinking beside them.

    The API counts both against one limit. This is also the most that a reply can be billed for.
    """
    effort = request.effort if request.effort in accepts.effort else None
    room = _THINKING_ROOM[effort or _USUAL_EFFORT] if _thinks(request, accepts) else 0
    return min(request.max_tokens + room, accepts.max_output)


def dropped(request: Request, accepts: Accepts) -> tuple[str, ...]:
    """Return what of *request* its model does not take here and so is not sent, each in words."""
    return tuple(_left_out(request, accepts))


def _left_out(request: Request, accepts: Accepts) -> Iterator[str]:
    if request.max_tokens > accepts.max_output:
        yield f"max_tokens {request.max_tokens:,} (it writes at most {accepts.max_output:,})"
    sampling = _sampling(request, accepts)
    if request.temperature is not None and "temperature" not in sampling:
        yield f"temperature {request.temperature:g} ({_why_no_sampling(accepts)})"
    if request.top_p is not None and "top_p" not in sampling:
        why = "not beside temperature" if sampling else _why_no_sampling(accepts)
        yield f"top_p {request.top_p:g} ({why})"
    if request.effort and request.effort not in accepts.effort:
        yield f"effort {request.effort} (not taken here)"
    if request.thinking and request.thinking not in accepts.thinking:
        yield f"thinking {request.thinking} (not taken here)"
    if request.user_id and not accepts.metadata:
        yield "user_id (not taken here)"


def _why_no_sampling(accepts: Accepts) -> str:
    return "not while it thinks" if accepts.sampling else "it takes none"


def _fields(request: Request, model: str, accepts: Accepts) -> dict[str, Any]:
    fields: dict[str, Any] = {"model": model, "max_tokens": output_limit(request, accepts), "stream": True}
    fields |= _conversation(request.messages, accepts)
    fields |= _sampling(request, accepts)
    if request.stop_sequences:
        fields["stop_sequences"] = list(request.stop_sequences)
    if request.user_id and accepts.metadata:
        fields["metadata"] = {"user_id": request.user_id}
    if request.effort in accepts.effort:
        fields["output_config"] = {"effort": request.effort}
    if request.thinking in accepts.thinking:
        fields["thinking"] = _thinking(request, fields["max_tokens"])
    return fields


def _conversation(messages: Iterable[Message], accepts: Accepts) -> dict[str, Any]:
    """Group neighbours of one role into one turn; the leading system messages stand apart."""
    turns = [(role, list(turn)) for role, turn in groupby(messages, key=lambda message: message.role)]
    system = turns.pop(0)[1] if turns and turns[0][0] is Role.SYSTEM else []
    fields: dict[str, Any] = {"system": _content(system, accepts)} if system else {}
    fields["messages"] = [{"role": role.value, "content": _content(turn, accepts)} for role, turn in turns]
    return fields


def _content(turn: list[Message], accepts: Accepts) -> list[dict[str, Any]] | str:
    if len(turn) == 1 and not (turn[0].cached and accepts.cache):
        return turn[0].text
    return [_block(message, accepts) for message in turn if message.text]


def _block(message: Message, accepts: Accepts) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "text", "text": message.text}
    if message.cached and accepts.cache:
        block["cache_control"] = {"type": "ephemeral"}
    return block


def _thinks(request: Request, accepts: Accepts) -> bool:
    if request.thinking in accepts.thinking:
        return request.thinking not in _THOUGHTLESS
    return accepts.thinks


def _sampling(request: Request, accepts: Accepts) -> dict[str, float]:
    """Return the sampling fields to send: none if the model thinks, one of two that exclude each other."""
    if not accepts.sampling or _thinks(request, accepts):
        return {}
    asked = {"temperature": request.temperature, "top_p": request.top_p}
    sent = {name: value for name, value in asked.items() if value is not None}
    return {"temperature": sent["temperature"]} if accepts.one_sampling and len(sent) > 1 else sent


def _thinking(request: Request, limit: int) -> dict[str, Any]:
    if request.thinking != "enabled":
        return {"type": request.thinking}
    return {"type": "enabled", "budget_tokens": max(_SMALLEST_BUDGET, limit - request.max_tokens)}
