from __future__ import annotations

import anyio
import anyio.lowlevel
import pytest

from storygen.writer.seats import Seats


def order_of(ways: dict[str, float], *, free: int = 1) -> list[str]:
    """Return in which order those who wait at the same time get a seat; the first to come sits at once."""
    seated: list[str] = []
    seats = Seats(free)

    async def one(name: str, way: float) -> None:
        async with seats.seat(way=way):
            seated.append(name)
            await anyio.lowlevel.checkpoint()

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for name, way in ways.items():
                group.start_soon(one, name, way)

    anyio.run(main)
    return seated


def test_the_longest_way_has_the_next_seat() -> None:
    assert ["first", "long", "middle", "short"] == order_of({"first": 0, "short": 1, "long": 9, "middle": 5})


def test_of_equal_ways_who_waits_longest_is_next() -> None:
    assert ["a", "b", "c"] == order_of({"a": 1, "b": 1, "c": 1})


def test_no_more_sit_than_there_are_seats() -> None:
    most = now = 0
    seats = Seats(3)

    async def one() -> None:
        nonlocal most, now
        async with seats.seat(way=1):
            now += 1
            most = max(most, now)
            await anyio.lowlevel.checkpoint()
            now -= 1

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(one)

    anyio.run(main)
    assert (3, 3) == (most, seats.free)


def test_who_gives_up_leaves_the_queue() -> None:
    seats = Seats(1)

    async def main() -> None:
        async with seats.seat(way=1):
            with anyio.move_on_after(0):
                async with seats.seat(way=9):
                    pytest.fail("nobody stood up")

    anyio.run(main)
    assert 1 == seats.free
