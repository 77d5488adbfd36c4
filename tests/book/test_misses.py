from __future__ import annotations

import json

import pytest

from storygen.book.misses import Miss, miss_of


def envelope(reason: object) -> str:
    return json.dumps({"id": "msg_1", "diagnostics": {"cache_miss_reason": reason}})


def test_a_reason_has_its_words_and_its_tokens() -> None:
    found = miss_of(envelope({"type": "system_changed", "cache_missed_input_tokens": 1_200}))
    assert Miss("system_changed", 1_200) == found
    assert "the system message had changed" == Miss("system_changed").words


@pytest.mark.parametrize("tokens", [-1, "many", None, 1.5])
def test_a_count_that_makes_no_sense_is_none(tokens: object) -> None:
    assert Miss("unavailable") == miss_of(
        envelope({"type": "unavailable", "cache_missed_input_tokens": tokens})
    )


@pytest.mark.parametrize(
    "told",
    [
        "",
        "{}",
        "[]",
        '{"diagnostics": null}',
        '{"diagnostics": []}',
        envelope(None),
        envelope("no"),
        envelope({}),
        envelope({"type": 7}),
        envelope({"type": ""}),
    ],
)
def test_a_reply_that_tells_nothing_has_no_miss(told: str) -> None:
    assert None is miss_of(told)
