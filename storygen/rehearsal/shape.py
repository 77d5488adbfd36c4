"""The shape of a body of `/v1/messages`: which fields there are and what may stand in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Body: TypeAlias = Mapping[str, Any]
"""A decoded JSON body whose fields are known to have the right types."""

_MOST_MESSAGES = 100_000
_ROLES = ("user", "assistant", "system")
_BLOCKS = ("text", "thinking", "redacted_thinking", "image", "document", "tool_use", "tool_result")


def misshapen(raw: object) -> str | None:
    """Return what is wrong with the fields of *raw* in the API's words, or None.

    >>> misshapen({"model": "claude-sonnet-5-5", "messages": [{"role": "user", "content": "Hello"}]})
    'max_tokens: Field required'
    """
    if not isinstance(raw, dict):
        return "Input should be a valid dictionary"
    missing = (f"{name}: Field required" for name in _REQUIRED if name not in raw)
    extra = (f"{name}: Extra inputs are not permitted" for name in raw if name not in _FIELDS)
    wrong = (
        found for name, value in raw.items() if name in _FIELDS and (found := _FIELDS[name](name, value))
    )
    return next(missing, None) or next(extra, None) or next(wrong, None)


def blocks(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return *content* as a list of blocks; a plain string is one block of text.

    >>> blocks("Hello")
    [{'type': 'text', 'text': 'Hello'}]
    """
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


Check: TypeAlias = Callable[[str, object], str | None]
"""A field's path and value in; what is wrong with it out."""


def _anything(path: str, value: object) -> str | None:
    del path, value
    return None


def _string(path: str, value: object) -> str | None:
    if not isinstance(value, str):
        return f"{path}: Input should be a valid string"
    return None if value else f"{path}: String should have at least 1 character"


def _boolean(path: str, value: object) -> str | None:
    return None if isinstance(value, bool) else f"{path}: Input should be a valid boolean"


def _natural(path: str, value: object) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return f"{path}: Input should be a valid integer"
    return None if value >= 0 else f"{path}: Input should be greater than or equal to 1"


def _number(path: str, value: object) -> str | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return None
    return f"{path}: Input should be a valid number"


def _object(path: str, value: object) -> str | None:
    return None if value is None or isinstance(value, dict) else f"{path}: Input should be a valid dictionary"


def _strings(path: str, value: object) -> str | None:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return f"{path}: Input should be a valid list of strings"
    if not all(item.strip() for item in value):
        return f"{path}: each stop sequence must contain non-whitespace"
    return None


def _thinking(path: str, value: object) -> str | None:
    found = _object(path, value)
    if found or value is None:
        return found
    assert isinstance(value, dict)  # noqa: S101 - tells the type checker what _object has just found
    if not isinstance(value.get("type"), str):
        return f"{path}.type: Field required"
    return _natural(f"{path}.budget_tokens", value.get("budget_tokens", 0))


def _output(path: str, value: object) -> str | None:
    found = _object(path, value)
    if found or not isinstance(value, dict):
        return found
    extra = next((name for name in value if name not in {"effort", "format"}), None)
    if extra:
        return f"{path}.{extra}: Extra inputs are not permitted"
    return _string(f"{path}.effort", value["effort"]) if "effort" in value else None


def _system(path: str, value: object) -> str | None:
    if isinstance(value, str):
        return None
    return _content(path, value)


def _messages(path: str, value: object) -> str | None:
    if not isinstance(value, list):
        return f"{path}: Input should be a valid list"
    if not value:
        return f"{path}: at least one message is required"
    if len(value) > _MOST_MESSAGES:
        return f"{path}: List should have at most {_MOST_MESSAGES} items"
    return next(
        (found for index, turn in enumerate(value) if (found := _turn(f"{path}.{index}", turn))), None
    )


def _turn(path: str, value: object) -> str | None:
    if not isinstance(value, dict):
        return f"{path}: Input should be a valid dictionary"
    for name in ("role", "content"):
        if name not in value:
            return f"{path}.{name}: Field required"
    extra = next((name for name in value if name not in {"role", "content"}), None)
    if extra:
        return f"{path}.{extra}: Extra inputs are not permitted"
    if value["role"] not in _ROLES:
        return f"{path}.role: Input should be 'user' or 'assistant'"
    return _content(path, value["content"])


def _content(path: str, value: object) -> str | None:
    if isinstance(value, str):
        return None if value.strip() else f"{path}: text content blocks must contain non-whitespace text"
    if not isinstance(value, list):
        return f"{path}.content: Input should be a valid string or a list of blocks"
    if not value:
        return f"{path}: all messages must have non-empty content"
    return next((found for index, block in enumerate(value) if (found := _block(path, index, block))), None)


def _block(path: str, index: int, block: object) -> str | None:
    if not isinstance(block, dict) or block.get("type") not in _BLOCKS:
        return f"{path}.content.{index}.type: Input should be one of " + ", ".join(f"'{b}'" for b in _BLOCKS)
    if block["type"] != "text":
        return None
    text = block.get("text")
    if not isinstance(text, str):
        return f"{path}.content.{index}.text: Field required"
    if not text:
        return f"{path}: text content blocks must be non-empty"
    return None if text.strip() else f"{path}: text content blocks must contain non-whitespace text"


_REQUIRED = ("model", "max_tokens", "messages")
_FIELDS: dict[str, Check] = {
    "model": _string,
    "max_tokens": _natural,
    "messages": _messages,
    "system": _system,
    "stream": _boolean,
    "stop_sequences": _strings,
    "temperature": _number,
    "top_p": _number,
    "top_k": _number,
    "thinking": _thinking,
    "output_config": _output,
    "cache_control": _object,
    "metadata": _object,
    "service_tier": _string,
    "speed": _string,
    "inference_geo": _anything,
    "diagnostics": _object,
    "container": _anything,
    "tools": _anything,
    "tool_choice": _anything,
}
