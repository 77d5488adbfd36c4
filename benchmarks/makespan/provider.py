"""A provider on a virtual clock: it takes its time, keeps limits of its own, and turns some requests away."""

from __future__ import annotations

import json
import math
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from storygen.catalogue import Catalogue
from storygen.desk.project import Project
from storygen.desk.wire import Wire
from storygen.errors import Rejected
from storygen.messages import Counted, Delta, Ended, Opened, StopReason, Text, Usage
from storygen.model.wire import encoder

FIRST = 1.0
"""Seconds to the first word of a reply."""

SPEED = 60.0
"""Tokens a second after that."""

SPREAD = 0.35
"""How much service times vary: the sigma of their logarithm."""

TEXT = "\n\n".join(
    " ".join(
        f"Entry {part * 12 + line} says: lamp {line * 7 + part} burned from {part} to {line} and went out."
        for line in range(1, 12)
    )
    for part in range(1, 8)
)
"""What every section says: about WORDS words."""

WORDS = 1_000
TOKENS = 1_333
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the provider grants a minute; nothing where there is no such limit."""

    requests: float = math.inf
    input_tokens: float = math.inf
    output_tokens: float = math.inf


@dataclass(slots=True)
class Bucket:
    """What is granted of one thing: full at first, and filled again within a minute."""

    most: float
    left: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        """Begin full."""
        self.left = self.most

    def wait(self, need: float, now: float) -> float:
        """Return in how many seconds *need* will be there; 0 where it is."""
        if math.isinf(self.most):
            return 0.0
        self.left = min(self.most, self.left + (now - self.at) * self.most / _MINUTE)
        self.at = now
        return max(0.0, (need - self.left) / (self.most / _MINUTE))

    def take(self, need: float) -> None:
        """Take *need* out."""
        self.left -= 0.0 if math.isinf(self.most) else need


@dataclass(slots=True)
class Provider:
    """Answers every request with a section's text, as late as a model would.

    `reserving` is whether the whole of max_tokens counts against the limit until the reply is done. Of what
    it could have answered it turns `trouble` away. `asked`, `turned_away` and `injected` count requests.
    `chains` has the seconds that all replies to a document took, `last` those of its last one, `least` the
    smallest max_tokens that it was asked with.
    """

    limits: Limits
    seed: int
    reserving: bool = False
    trouble: float = 0.0
    asked: int = 0
    turned_away: int = 0
    injected: int = 0
    service: float = 0.0
    input_tokens: int = 0
    begins: float = 0.0
    chains: dict[Path, float] = field(default_factory=dict)
    last: dict[Path, float] = field(default_factory=dict)
    least: int = 1 << 30
    _buckets: dict[str, Bucket] = field(init=False)
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Fill the buckets."""
        self._dice = random.Random(self.seed)
        self._buckets = {
            "requests": Bucket(self.limits.requests),
            "input-tokens": Bucket(self.limits.input_tokens),
            "output-tokens": Bucket(self.limits.output_tokens),
        }

    @asynccontextmanager
    async def wire(self, project: Project, known: Catalogue) -> AsyncIterator[Wire]:
        """Yield the way from *project* to this provider."""

        async def send(body: bytes) -> AsyncGenerator[Delta, None]:
            async for delta in self._answer(body, project.outline.path):
                yield delta

        yield Wire(encoder(known), send)

    async def _answer(self, body: bytes, document: Path) -> AsyncGenerator[Delta, None]:
        self.asked += 1
        prompt, most = len(body) // 4, int(json.loads(body)["max_tokens"])
        needs = {"requests": 1.0, "input-tokens": float(prompt), "output-tokens": float(TOKENS)}
        admitted = needs | {"output-tokens": float(most if self.reserving else 1)}
        self._refuse(admitted)
        for kind, need in admitted.items():
            self._buckets[kind].take(need)
        seconds = FIRST + self._dice.lognormvariate(-(SPREAD**2) / 2, SPREAD) * TOKENS / SPEED
        self.service += seconds
        self.input_tokens += prompt
        self.chains[document] = self.chains.get(document, 0.0) + seconds
        self.last[document] = seconds
        self.least = min(self.least, most)
        yield Opened(200, limits=self._said())
        await anyio.sleep(FIRST)
        yield Text(TEXT[:100])
        await anyio.sleep(seconds - FIRST)
        self._buckets["output-tokens"].take(TOKENS - admitted["output-tokens"])
        yield Text(TEXT[100:])
        yield Counted(Usage(prompt, output_tokens=TOKENS))
        yield Ended(StopReason.END_TURN, "end_turn")

    def _refuse(self, needs: dict[str, float]) -> None:
        """Raise a 429 where a limit is reached, or where the dice say so."""
        now = anyio.current_time() - self.begins
        wait = max(bucket.wait(needs[kind], now) for kind, bucket in self._buckets.items())
        unlucky = wait == 0 and self._dice.random() < self.trouble
        if wait == 0 and not unlucky:
            return
        self.turned_away += not unlucky
        self.injected += unlucky
        error = Rejected(
            "too many requests",
            status=429,
            kind="rate_limit_error",
            retry=True,
            retry_after=max(1.0, math.ceil(wait)),
        )
        error.limits = self._said()
        raise error

    def _said(self) -> dict[str, str]:
        return {
            f"{kind}-{what}": f"{amount:.0f}"
            for kind, bucket in self._buckets.items()
            if math.isfinite(bucket.most)
            for what, amount in (("limit", bucket.most), ("remaining", max(0.0, bucket.left)))
        }
