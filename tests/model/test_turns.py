from __future__ import annotations

import anyio

from storygen.model.turns import GLANCE, Turns

NOW = 100.0


def at_now() -> float:
    return NOW


def test_of_many_who_take_a_turn_together_each_has_a_round_of_the_loop() -> None:
    turns, rounds, now = Turns(), list[int](), 0

    async def one() -> None:
        await turns.take()
        rounds.append(now)

    async def main() -> None:
        nonlocal now
        async with anyio.create_task_group() as group:
            for _ in range(9):
                group.start_soon(one)
            while len(rounds) < 9:
                await anyio.lowlevel.checkpoint()
                now += 1

    anyio.run(main)
    assert sorted(set(rounds)) == rounds


def test_a_reply_whose_turn_was_just_now_reads_on() -> None:
    assert NOW - GLANCE / 2 == anyio.run(Turns(at_now).glance, NOW - GLANCE / 2)


def test_a_reply_whose_turn_is_over_takes_another() -> None:
    assert NOW == anyio.run(Turns(at_now).glance, NOW - GLANCE)
