"""The way to the world that tests of the writer share: everything real but the sending."""

from __future__ import annotations

from random import Random
from typing import Any

from storygen.book.journal import Journal
from storygen.catalogue import catalogue
from storygen.messages import Send
from storygen.model.wire import encoder
from storygen.writer.attempt import Line
from storygen.writer.budget import Amount
from storygen.writer.saves import Saves


async def quick(_seconds: float) -> None:
    """Wait for nothing."""


async def nobody(_question: str) -> bool:
    """Answer as where nobody is there to ask."""
    return False


def line_to(send: Send, journal: Journal, **changes: Any) -> Line:
    """Return a line that sends with *send* and notes in *journal*; *changes* replace any part of it."""
    known: dict[str, Any] = {
        "encode": encoder(catalogue()),
        "send": send,
        "journal": journal,
        "catalogue": catalogue(),
        "tell": lambda _event: None,
        "sleep": quick,
        "clock": lambda: 0.0,
        "count": len,
        "chance": Random(0),
        "saves": Saves(journal),
        "worst": lambda _request, _body, _plain: Amount(calls=1),
        "agree": nobody,
    }
    return Line(**(known | changes))
