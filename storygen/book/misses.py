"""Why the prompt cache held no more of a request, where the reply tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

_WORDS = {
    "model_changed": "another model had answered before",
    "system_changed": "the system message had changed",
    "tools_changed": "the tools had changed",
    "messages_changed": "the messages had changed",
    "previous_message_not_found": "the reply before is not known there any more",
    "unavailable": "the API does not know why",
}


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a prompt could not be read from the cache as the one before could have been.

    `reason` is the API's own word, `tokens` about how many more had come from the cache otherwise, 0 where
    it does not say.
    """

    reason: str
    tokens: int = 0

    @property
    def words(self) -> str:
        """The reason as a person reads it; a word that nobody knows stays as it is.

        >>> Miss("system_changed").words, Miss("full_moon").words
        ('the system message had changed', 'full_moon')
        """
        return _WORDS.get(self.reason, self.reason)


def miss_of(envelope: str) -> Miss | None:
    """Return what the *envelope* of a reply says of the cache; None where it says nothing.

    >>> miss_of('{"diagnostics": {"cache_miss_reason": {"type": "unavailable"}}}')
    Miss(reason='unavailable', tokens=0)
    """
    told = _inner(_inner(json.loads(envelope or "{}"), "diagnostics"), "cache_miss_reason")
    reason, tokens = told.get("type"), told.get("cache_missed_input_tokens")
    if not isinstance(reason, str) or not reason:
        return None
    return Miss(reason, tokens if isinstance(tokens, int) and tokens > 0 else 0)


def _inner(fields: object, name: str) -> Mapping[str, object]:
    found = fields.get(name) if isinstance(fields, Mapping) else None
    return found if isinstance(found, Mapping) else {}
