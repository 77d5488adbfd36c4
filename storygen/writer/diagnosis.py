"""Asks with every request why the cache held no more of it; the answer stands in the reply."""

from __future__ import annotations

from dataclasses import dataclass

from storygen.messages import Delta, Opened
from storygen.model.wire import asking_why


@dataclass(slots=True)
class Diagnosis:
    """What a run knows of the reply before: its id, None as long as there was none.

    Only where `wanted` is anything asked: not every server knows the question. It is no part of what decides
    an answer, and so of no fingerprint.
    """

    wanted: bool = False
    before: str | None = None

    def asked(self, body: bytes) -> bytes:
        """Return *body* with the question, where it is wanted."""
        return asking_why(body, before=self.before) if self.wanted else body

    def hear(self, delta: Delta) -> None:
        """Learn from *delta* which reply the next request comes after."""
        if isinstance(delta, Opened) and delta.message_id:
            self.before = delta.message_id
