from __future__ import annotations

from typing import Any

import pytest

from storygen.messages import Usage
from storygen.rehearsal.diagnosis import Diagnoses

FIRST: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "system": "The rules.",
    "messages": [{"role": "user", "content": "Write."}],
    "diagnostics": {"previous_message_id": None},
}
AFTER = {"diagnostics": {"previous_message_id": "msg_1"}}


def told(second: dict[str, Any], *, first: dict[str, Any] = FIRST) -> object:
    """Return what is told of the cache to a *second* request, of which nothing could be read."""
    diagnoses = Diagnoses()
    diagnoses.take(first, Usage(10, 500), id="msg_1")
    return diagnoses.take(second, Usage(510), id="msg_2")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model": "claude-opus-5-5"}, "model_changed"),
        ({"system": "Other rules."}, "system_changed"),
        ({"tools": [{"name": "look"}]}, "tools_changed"),
        ({"messages": [{"role": "user", "content": "Rewrite."}]}, "messages_changed"),
    ],
)
def test_the_first_part_that_has_changed_is_named(change: dict[str, Any], reason: str) -> None:
    found = {"cache_miss_reason": {"type": reason, "cache_missed_input_tokens": 500}}
    assert found == told(FIRST | change | AFTER)


def test_messages_that_only_grew_are_no_miss() -> None:
    more = [*FIRST["messages"], {"role": "assistant", "content": "So."}, {"role": "user", "content": "On."}]
    assert None is told(FIRST | {"messages": more} | AFTER)


def test_a_first_request_is_compared_with_none() -> None:
    assert None is told(FIRST | {"system": "Other rules."})


@pytest.mark.parametrize("first", [FIRST, {name: FIRST[name] for name in FIRST if name != "diagnostics"}])
def test_only_requests_that_asked_are_remembered(first: dict[str, Any]) -> None:
    unknown = {"cache_miss_reason": {"type": "previous_message_not_found"}}
    assert ("diagnostics" not in first) == (unknown == told(FIRST | AFTER, first=first))


def test_nothing_is_told_to_those_who_do_not_ask() -> None:
    assert None is told({name: FIRST[name] for name in FIRST if name != "diagnostics"} | {"system": "Other."})
