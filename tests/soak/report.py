"""The table that a soak prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from storygen.crash_points import ALONE
from tests.soak.bench import Wanted
from tests.soak.kills import Kill, Way
from tests.soak.trial import Outcome

_WIDTH = 44


def report(books: Sequence[tuple[Wanted, Outcome]]) -> str:
    """Lay out what came of *books*: the kills, what they took and what they cost, every broken promise."""
    outcomes = [outcome for _, outcome in books]
    lines = (
        *_kills([kill for outcome in outcomes for kill in outcome.landed]),
        *_price(books),
        *_promises(outcomes),
    )
    return "\n".join(lines)


def _kills(kills: Sequence[Kill]) -> Iterator[str]:
    yield _row("kills", len(kills))
    ways = Counter(kill.way for kill in kills)
    points = Counter(kill.point for kill in kills)
    for way in Way:
        yield _row(f"  {way}", ways[way])
        if way is Way.NAMED:
            yield from (_row(f"    {point}", points[point]) for point in ALONE)


def _price(books: Sequence[tuple[Wanted, Outcome]]) -> Iterator[str]:
    lost = [loss for _, outcome in books for loss in outcome.losses]
    requests = sum(outcome.requests for _, outcome in books)
    extra = requests - sum(wanted.requests for wanted, _ in books)
    kills = sum(len(outcome.landed) for _, outcome in books)
    yield _row("streams that were cut", len(lost))
    yield _row("  bytes lost, median", round(median(loss.bytes for loss in lost)) if lost else 0)
    yield _row("  bytes lost, worst", max((loss.bytes for loss in lost), default=0))
    yield _row("  their age, worst", f"{max((loss.lag for loss in lost), default=0):.2f} s")
    yield _row("requests", requests)
    yield _row("  because of kills", f"{extra:,} ({extra / max(kills, 1):.2f} a kill)")


def _promises(outcomes: Sequence[Outcome]) -> Iterator[str]:
    rivals = [seconds for outcome in outcomes for seconds in outcome.rivals]
    problems = [problem for outcome in outcomes for problem in outcome.problems]
    yield _row("second writers turned away", len(rivals))
    yield _row("  after, at most", f"{max(rivals, default=0):.2f} s")
    yield _row("books", len(outcomes))
    yield _row("  not as without a kill", sum(not outcome.same for outcome in outcomes))
    yield _row("broken promises", len(problems))
    yield from problems


def _row(name: str, value: object) -> str:
    return f"{name:<{_WIDTH}}{value:>10,}" if isinstance(value, int) else f"{name:<{_WIDTH}}{value:>10}"
