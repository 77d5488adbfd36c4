from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

import anyio
import pytest

from storygen.errors import Stopped
from storygen.writer.budget import Amount, Budget, Ceilings
from storygen.writer.purse import Purse

CENT = 10_000


def of(**ceilings: int) -> Purse:
    """Return a purse with *ceilings*."""
    return Purse(Budget(Ceilings(**ceilings)))


def run(main: Callable[[], Awaitable[None]]) -> None:
    anyio.run(main)


def test_what_is_settled_is_what_was_used() -> None:
    purse = of(money=CENT)

    async def main() -> None:
        async with purse.hold(Amount(CENT, calls=1)) as hold:
            hold.sent = True
            hold.used = Amount(40, calls=1)

    run(main)
    assert (Amount(40, calls=1), Amount()) == (purse.budget.settled, purse.budget.held)


def test_what_was_sent_and_never_settled_counts_as_its_worst() -> None:
    purse = of(money=CENT)

    async def main() -> None:
        with suppress(KeyError):
            async with purse.hold(Amount(70, calls=1)) as hold:
                hold.sent = True
                raise KeyError

    run(main)
    assert Amount(70, calls=1) == purse.budget.settled


def test_what_never_left_costs_nothing() -> None:
    purse = of(money=CENT)

    async def main() -> None:
        async with purse.hold(Amount(70, calls=1)):
            pass

    run(main)
    assert Amount() == purse.budget.settled


def test_one_call_is_one_call() -> None:
    async def main() -> None:
        async with of(calls=1).hold(Amount(calls=2)):
            pass

    with pytest.raises(Stopped, match=r"^the one call of this run is used up"):
        run(main)


@pytest.mark.parametrize(
    ("ceilings", "expected", "flag"),
    [
        ({"money": 4 * CENT}, "the next request needs about $0.09, only $0.04 is left of $0.04", "--budget"),
        ({"calls": 0}, "the 0 calls of this run are used up", "--max-calls"),
        (
            {"output_tokens": 10},
            "the next request may write 500 tokens, only 10 are left of 10",
            "--max-output-tokens",
        ),
    ],
)
def test_what_does_not_fit_stops_the_run_and_says_how_to_go_on(
    ceilings: dict[str, int], expected: str, flag: str
) -> None:
    async def main() -> None:
        async with of(**ceilings).hold(Amount(9 * CENT, 500, 1)):
            pass

    with pytest.raises(Stopped) as caught:
        run(main)
    assert (expected, True) == (caught.value.message, caught.value.help.endswith(f"a higher {flag}"))


def test_one_waits_for_what_another_gives_back() -> None:
    purse = of(money=100)
    seen: list[str] = []

    async def spend(name: str, worst: int) -> None:
        async with purse.hold(Amount(worst, calls=1)) as hold:
            seen.append(name)
            await anyio.lowlevel.checkpoint()
            hold.sent = True
            hold.used = Amount(10, calls=1)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(spend, "first", 80)
            group.start_soon(spend, "large", 90)
            group.start_soon(spend, "small", 10)

    run(main)
    assert (["first", "large", "small"], 30) == (seen, purse.budget.settled.money)


def test_sixty_four_at_once_stay_under_the_ceiling() -> None:
    purse = of(money=1_000)
    most = spent = 0

    async def spend(number: int) -> None:
        nonlocal most, spent
        with suppress(Stopped):
            async with purse.hold(Amount(100, calls=1)) as hold:
                hold.sent = True
                most = max(most, spent + 100 * purse.budget.held.calls)
                await anyio.lowlevel.checkpoint()
                used = number % 101
                spent += used
                hold.used = Amount(used, calls=1)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for number in range(64):
                group.start_soon(spend, number)

    run(main)
    assert 900 < most <= 1_000
    assert spent == purse.budget.settled.money <= 1_000
