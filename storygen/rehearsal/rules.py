"""What the Messages API refuses, rule by rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from storygen.catalogue import Catalogue, Model
from storygen.rehearsal.shape import Body, blocks, misshapen

LARGEST_BODY = 32 * 1024 * 1024
NEWEST = "2026-10-21"
VERSIONS = ("2023-06-01", NEWEST)

_SAMPLING = ("temperature", "top_p", "top_k")
_MARKS = 4
_LEAST_THINKING = 1024
_RESTLESS = ("xhigh", "max")
_CALM_ONLY = ("claude-opus-5", "claude-haiku-5-5")
_NO_PREFILL = (
    "This model does not support assistant message prefill. The conversation must end with a user message."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request is not answered: the HTTP status, the error's type, its message."""

    status: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A body of the right shape, the model that it names, the version that it was written for."""

    body: Body
    model: Model
    version: str

    @property
    def thinks(self) -> bool:
        """Whether the reply starts with thinking: as asked, or as the model does by itself."""
        thinking = self.body.get("thinking")
        return self.model.thinks if thinking is None else thinking["type"] in {"adaptive", "enabled"}

    @property
    def effort(self) -> str | None:
        """The effort asked for, if any."""
        effort: str | None = (self.body.get("output_config") or {}).get("effort")
        return effort


Rule: TypeAlias = Callable[[Asked], str | None]
"""What is wrong in the API's words, or None."""


def admit(headers: Mapping[str, str], body: bytes, catalogue: Catalogue) -> Asked | Problem:
    """Return the request, or the first thing that the API would refuse about it.

    The prompt's length is judged later, by those who count it.
    """
    if len(body) > LARGEST_BODY:
        return Problem(413, "request_too_large", "Request exceeds the maximum size")
    version = headers.get("anthropic-version", "")
    found = version_problem(version)
    if found:
        return _invalid(found)
    raw = _decoded(body)
    if isinstance(raw, Problem):
        return raw
    found = misshapen(raw)
    if found:
        return _invalid(found)
    asked = Asked(raw, catalogue.find(raw["model"]), version)
    found = next((message for rule in RULES if (message := rule(asked))), None)
    return _invalid(found) if found else asked


def _decoded(body: bytes) -> Any:  # noqa: ANN401 - JSON is anything until its shape is checked
    """Return what *body* holds, or the refusal of one that is no JSON or has half characters in it."""
    try:
        raw = json.loads(body)
        json.dumps(raw, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        return _invalid(f"The request body is not valid JSON: {error}")
    return raw


def too_long(tokens: int, model: Model) -> Problem | None:
    """Return the refusal of a prompt of *tokens* that leaves *model* no room, or None."""
    if tokens < model.window:
        return None
    return _invalid(f"prompt is too long: {tokens} tokens > {model.window} maximum")


def _invalid(message: str) -> Problem:
    return Problem(400, "invalid_request_error", message)


def version_problem(version: str) -> str | None:
    """Return what is wrong with the header `anthropic-version`, or None."""
    if not version:
        return "anthropic-version: header is required"
    return None if version in VERSIONS else f'anthropic-version: "{version}" is not a valid version'


def _removed(asked: Asked) -> str | None:
    if asked.version != NEWEST:
        return None
    return next((f"{name}: Extra inputs are not permitted" for name in _SAMPLING if name in asked.body), None)


def _range(asked: Asked) -> str | None:
    for name in ("temperature", "top_p"):
        value = asked.body.get(name)
        if value is not None and value > 1:
            return f"{name}: Input should be less than or equal to 1"
        if value is not None and value < 0:
            return f"{name}: Input should be greater than or equal to 0"
    return None


def _fixed(asked: Asked) -> str | None:
    if asked.model.sampling:
        return None
    defaults: dict[str, object] = {"temperature": 1, "top_p": 1, "top_k": None}
    named = (name for name in _SAMPLING if asked.body.get(name) not in {defaults[name], None})
    return next((f"{name}: this model accepts only the default value" for name in named), None)


def _one_of_two(asked: Asked) -> str | None:
    if asked.model.id.startswith("claude-3") or not {"temperature", "top_p"} <= asked.body.keys():
        return None
    return "`temperature` and `top_p` cannot both be specified for this model. Please use only one."


def _largest(asked: Asked) -> str | None:
    wanted, most = asked.body["max_tokens"], asked.model.max_output
    if wanted <= most:
        return None
    return (
        f"max_tokens: {wanted} > {most}, which is the maximum allowed number of output tokens "
        f"for {asked.model.id}"
    )


def _warming(asked: Asked) -> str | None:
    if asked.body["max_tokens"] or not (asked.body.get("stream") or "thinking" in asked.body):
        return None
    return "max_tokens: Input should be greater than or equal to 1"


def _roles(asked: Asked) -> str | None:
    turns = asked.body["messages"]
    if turns[0]["role"] != "user":
        return 'messages: first message must use the "user" role'
    for index, (before, turn) in enumerate(pairwise(turns), 1):
        if turn["role"] == "system" and not (_hears_system(asked.model) and before["role"] == "user"):
            return f"messages.{index}.role: Input should be 'user' or 'assistant'"
    return None


def _hears_system(model: Model) -> bool:
    return model.thinks or model.id == "claude-opus-4-8"


def _prefill(asked: Asked) -> str | None:
    last = asked.body["messages"][-1]
    if last["role"] != "assistant":
        return None
    if not asked.model.prefill:
        return _NO_PREFILL
    if asked.thinks:
        return "messages: the final message may not be from the assistant when thinking is enabled"
    text = "".join(block.get("text", "") for block in blocks(last["content"]))
    if text != text.rstrip():
        return "messages: final assistant content cannot end with trailing whitespace"
    return None


def _thinking(asked: Asked) -> str | None:
    thinking = asked.body.get("thinking")
    if thinking is None or thinking["type"] in asked.model.thinking:
        return None
    kinds = ", ".join(f"'{kind}'" for kind in asked.model.thinking)
    return f"thinking.type: '{thinking['type']}' is not supported by this model; it supports {kinds}"


def _thinking_budget(asked: Asked) -> str | None:
    thinking = asked.body.get("thinking")
    if thinking is None or thinking["type"] != "enabled":
        return None
    budget = thinking.get("budget_tokens")
    if budget is None:
        return "thinking.enabled.budget_tokens: Field required"
    if budget < _LEAST_THINKING:
        return f"thinking.enabled.budget_tokens: Input should be greater than or equal to {_LEAST_THINKING}"
    return (
        None
        if budget < asked.body["max_tokens"]
        else "`max_tokens` must be greater than `thinking.budget_tokens`"
    )


def _warm_thinking(asked: Asked) -> str | None:
    thinking = asked.body.get("thinking")
    if thinking is None or thinking["type"] != "enabled" or asked.body.get("temperature", 1) == 1:
        return None
    return "`temperature` may only be set to 1 when thinking is enabled."


def _effort(asked: Asked) -> str | None:
    if asked.effort is None or asked.effort in asked.model.effort:
        return None
    if not asked.model.effort:
        return "output_config.effort: this model does not support the effort parameter"
    levels = ", ".join(f"'{level}'" for level in asked.model.effort)
    return f"output_config.effort: Input should be one of {levels}"


def _restless(asked: Asked) -> str | None:
    thinking = asked.body.get("thinking") or {}
    if (
        thinking.get("type") != "disabled"
        or asked.effort not in _RESTLESS
        or asked.model.id not in _CALM_ONLY
    ):
        return None
    return f"thinking.type: 'disabled' is not supported at effort '{asked.effort}'"


def _marks(asked: Asked) -> str | None:
    found = sum("cache_control" in block for block in _all_blocks(asked.body))
    if found <= _MARKS:
        return None
    return f"A maximum of {_MARKS} blocks with cache_control may be provided. Found {found}."


def _assistant_documents(asked: Asked) -> str | None:
    if asked.version != NEWEST:
        return None
    for index, turn in enumerate(asked.body["messages"]):
        if turn["role"] == "assistant" and any(b["type"] == "document" for b in blocks(turn["content"])):
            return f"messages.{index}: `document` blocks are not permitted in assistant messages"
    return None


def _all_blocks(body: Body) -> Iterator[Mapping[str, Any]]:
    yield from blocks(body.get("system") or [])
    for turn in body["messages"]:
        yield from blocks(turn["content"])


RULES: tuple[Rule, ...] = (
    _removed,
    _range,
    _fixed,
    _one_of_two,
    _largest,
    _warming,
    _roles,
    _prefill,
    _thinking,
    _thinking_budget,
    _warm_thinking,
    _effort,
    _restless,
    _marks,
    _assistant_documents,
)
"""Asked in this order; the first that objects is what the caller hears."""
