"""`/v1/models`: the catalogue in the API's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from storygen.catalogue import Catalogue, Lifecycle, Model
from storygen.rehearsal.call import Found, not_found
from storygen.rehearsal.pages import page

_LIFECYCLES = {Lifecycle.DEPRECATED: "deprecated", Lifecycle.RETIRED: "retired"}
_SHOWN = {"active", "deprecated"}
_THINKING = ("adaptive", "between_tools", "disabled", "enabled")
_EFFORT = ("low", "medium", "high", "xhigh", "max")
_NO = {"supported": False}
_NEVER = "1970-01-01"


def models(catalogue: Catalogue, query: Iterable[tuple[str, str]]) -> Found:
    """Return a page of the models; retired ones only where `lifecycle` asks for them."""
    pairs = tuple(query)
    wanted = {value for name, value in pairs if name == "lifecycle"} or _SHOWN
    every = [model_info(model) for model in catalogue.models]
    return page([info for info in every if info["lifecycle"] in wanted], pairs)


def model(catalogue: Catalogue, name: str) -> Found:
    """Return the model called *name*."""
    found = catalogue.find(name)
    return not_found(f"model: {name}") if found.lifecycle is Lifecycle.UNKNOWN else model_info(found)


def model_info(model: Model) -> dict[str, Any]:
    """Return a row of the catalogue as the API describes it."""
    words = model.id.split("-")
    return {
        "type": "model",
        "id": model.id,
        "display_name": display_name(model.id),
        "created_at": _moment(model.released or _NEVER),
        "deprecated_at": None,
        "retires_at": _moment(model.retires) if model.retires else None,
        "lifecycle": _LIFECYCLES.get(model.lifecycle, "active"),
        "line": next((line for line in ("haiku", "sonnet", "opus", "fable") if line in words), None),
        "max_input_tokens": model.window,
        "max_tokens": model.max_output,
        "capabilities": _capabilities(model),
    }


def display_name(id_: str) -> str:
    """Return the name that people use for the model with this id.

    >>> display_name("claude-sonnet-5-5"), display_name("claude-3-7-sonnet-20250219")
    ('Claude Sonnet 5.5', 'Claude Sonnet 3.7')
    """
    words = id_.split("-")
    version = ".".join(word for word in words if word.isdigit() and len(word) == 1)
    return " ".join([*(word.title() for word in words if word.isalpha()), version])


def _capabilities(model: Model) -> dict[str, Any]:
    """Return what the model can do here; what the rehearsal has no mind for, it cannot."""
    return {
        "batch": {"supported": True},
        "citations": _NO,
        "code_execution": _NO,
        "context_management": _NO,
        "effort": _kinds(_EFFORT, model.effort) | {"supported": bool(model.effort)},
        "image_input": _NO,
        "pdf_input": _NO,
        "server_tools": {"supported": False, "code_execution": _NO, "web_search": _NO},
        "structured_outputs": _NO,
        "thinking": {"supported": bool(model.thinking), "types": _kinds(_THINKING, model.thinking)},
    }


def _kinds(known: Iterable[str], accepted: Iterable[str]) -> dict[str, Any]:
    return {kind: {"supported": kind in set(accepted)} for kind in known}


def _moment(day: str) -> str:
    return f"{day}-01T00:00:00Z" if day.count("-") == 1 else f"{day}T00:00:00Z"
