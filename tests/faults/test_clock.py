"""F-10 and I-22: the clock on the wall may say what it likes; nothing but displayed times changes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.faults.author import TEXT, Author
from tests.faults.conftest import AtServer
from tests.servers.scripted import Asked, Behaviour, Fails, Script, continuing

NOW = "+0"


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """Return the file that says by how much the clock of a process differs, from one moment to the next."""
    if not _library():
        pytest.skip("faketime is not installed")
    return tmp_path / "clock"


def at(author: Author, clock: Path, now: str = NOW, *, zone: str = "UTC") -> Author:
    """Return *author* as one who lives by *clock*, which says *now*; what only measures is not fooled."""
    clock.write_text(f"{now}\n", encoding="ascii")
    return author.with_(
        LD_PRELOAD=_library(),
        FAKETIME_TIMESTAMP_FILE=str(clock),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
        TZ=zone,
    )


def jumping(clock: Path, *jumps: str) -> Script:
    """Return a script that sets *clock* before each answer, the second and third of which are refusals."""
    left, behaviours = iter(jumps), iter([None, Fails(429, headers={"retry-after": "1"}), Fails(529)])

    def script(asked: Asked) -> Behaviour:
        clock.write_text(f"{next(left, NOW)}\n", encoding="ascii")
        return next(behaviours, None) or continuing(TEXT)(asked)

    return script


def test_a_clock_that_jumps_by_decades_changes_no_text_and_no_wait(at_server: AtServer, clock: Path) -> None:
    author, server = at_server(jumping(clock, "+10y", "-10y", "+0", "-30y", "+60y"))
    confused = at(author, clock)
    ran = confused.run("write")

    assert (0, 5, [TEXT] * 3) == (ran.code, len(server.asked), author.drafts()), ran.err
    assert {"status": 0, "log": 0, "log --json": 0, "provenance": 0} == {
        command: confused.run(*command.split()).code
        for command in ("status", "log", "log --json", "provenance")
    }
    assert (0, 5) == (confused.run("write").code, len(server.asked))


@pytest.mark.parametrize("now", ["@1970-01-01 00:00:01", "@2038-01-19 03:14:06", "@2106-02-07 06:28:14"])
def test_an_end_of_time_in_the_middle_of_a_run_is_no_event(
    at_server: AtServer, clock: Path, now: str
) -> None:
    author, _ = at_server(continuing(TEXT))
    early = at(author, clock, now)

    assert (0, [TEXT] * 3) == (early.run("write").code, author.drafts())
    assert (0, 0) == (early.run("log").code, early.run("provenance").code)


SUMMER_ENDS, SUMMER_BEGINS = "@2026-10-25 02:59:50", "@2026-03-29 01:59:50"


@pytest.mark.parametrize("now", [SUMMER_ENDS, SUMMER_BEGINS])
def test_an_hour_that_comes_twice_or_not_at_all_is_no_event(
    at_server: AtServer, clock: Path, now: str
) -> None:
    author, _ = at_server(continuing(TEXT))
    local = at(author, clock, now, zone="Europe/Berlin")

    assert (0, 0, [TEXT] * 3) == (local.run("write").code, local.run("log").code, author.drafts())


def test_a_long_pause_is_told_in_the_hours_of_the_clock_on_the_wall(at_server: AtServer, clock: Path) -> None:
    author, _ = at_server(lambda _: Fails(429, headers={"retry-after": "7200"}))
    ran = at(author, clock, SUMMER_BEGINS, zone="Europe/Berlin").run("write")

    assert (3, True) == (ran.code, "at 05:00" in ran.said or "at 04:59" in ran.said), ran.err


def test_a_reset_counts_from_the_date_of_its_own_answer(at_server: AtServer, clock: Path) -> None:
    soon = {"date": "Sun, 22 Nov 2026 12:00:00 GMT", "retry-after": "Sun, 22 Nov 2026 12:00:01 GMT"}
    left = iter([Fails(429, headers=soon)])
    author, server = at_server(lambda asked: next(left, None) or continuing(TEXT)(asked))
    ran = at(author, clock, "-10y").run("write", "--limit", "1")

    assert (0, 2, [TEXT]) == (ran.code, len(server.asked), author.drafts()), ran.err


@cache
def _library() -> str:
    """Return the path of the library that tells a process another time; nothing where there is none."""
    return next((str(path) for path in Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), "")
