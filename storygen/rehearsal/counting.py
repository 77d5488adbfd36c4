"""`/v1/messages/count_tokens`: what a prompt weighs, without an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping

from storygen.catalogue import Catalogue
from storygen.rehearsal.call import Found, invalid, read_object
from storygen.rehearsal.meter import weigh
from storygen.rehearsal.rules import Problem, admit

_OF_THE_ANSWER = ("max_tokens", "stream", "stop_sequences", "metadata", "service_tier")


def count(headers: Mapping[str, str], body: bytes, catalogue: Catalogue) -> Found:
    """Return how many tokens the prompt in *body* has, or what the API would refuse about it.

    The rules are those of a request for an answer, and what only an answer needs may not be there.
    """
    fields = read_object(body)
    if isinstance(fields, Problem):
        return fields
    extra = next((name for name in _OF_THE_ANSWER if name in fields), None)
    if extra:
        return invalid(f"{extra}: Extra inputs are not permitted")
    most = catalogue.find(str(fields.get("model"))).max_output
    asked = admit(headers, json.dumps(fields | {"max_tokens": most}).encode(), catalogue)
    if isinstance(asked, Problem):
        return asked
    return {"input_tokens": weigh(asked.body, asked.model, set()).usage.prompt_tokens}
