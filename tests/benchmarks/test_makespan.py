from __future__ import annotations

from benchmarks.makespan.__main__ import NONE, Case, run
from benchmarks.makespan.provider import Limits


def test_documents_without_limits_take_as_long_as_the_longest_of_them() -> None:
    found = run(Case("few", 6, 4, 6, NONE), seed=1)

    assert (True, 0) == (found.ratio <= 1.03, found.turned_away)


def test_documents_under_limits_are_not_turned_away_more_than_chance_has_it() -> None:
    found = run(Case("few", 6, 4, 6, Limits(60, 60_000, 20_000), trouble=0.02, most=1.2), seed=1)

    assert (True, 0) == (found.ratio <= 1.2, found.turned_away)
