from __future__ import annotations

from collections import Counter
from random import Random

from storygen.crash_points import ALONE
from tests.soak.kills import Way, deck


def test_two_hundred_kills_hold_what_a_push_has_to_survive() -> None:
    kills = deck(200, Random(1))
    ways = Counter(kill.way for kill in kills)

    assert dict.fromkeys(ALONE, 5) == Counter(kill.point for kill in kills if kill.point)
    assert (100, 20) == (ways[Way.MID_STREAM] + ways[Way.RIVAL], ways[Way.RESUME])


def test_the_dice_alone_decide() -> None:
    assert deck(90, Random(1)) == deck(90, Random(1)) != deck(90, Random(2))
