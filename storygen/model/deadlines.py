"""How long each step of one send may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds for each step of one send.

    `headers` runs from the first byte out to the reply's headers; `silence` is the longest gap between two
    pieces of the reply; `progress` the longest stretch of nothing but pings (long thinking is one);
    `attempt` the whole reply.
    """

    connect: float = 10.0
    write: float = 30.0
    headers: float = 120.0
    silence: float = 90.0
    progress: float = 900.0
    attempt: float = 3600.0
