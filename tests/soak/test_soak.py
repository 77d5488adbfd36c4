from __future__ import annotations

from pathlib import Path

from storygen.crash_points import ALONE
from tests.soak.bench import killed, uninterrupted
from tests.soak.kills import Kill, Way
from tests.soak.stories import tale


def test_a_book_that_was_killed_at_every_named_point_is_the_same(tmp_path: Path) -> None:
    wanted = uninterrupted(tmp_path / "whole", tale(sections=4))
    hand = [Kill(Way.NAMED, point) for point in ALONE]
    outcome = killed(tmp_path / "killed", wanted, hand, old=True)

    assert ([], True) == (outcome.problems, outcome.same)
    assert set(ALONE) == {kill.point for kill in outcome.landed if kill.point}
