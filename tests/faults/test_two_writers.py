"""F-9 and I-17: one writes, others may look; who wants to write too leaves at once and has sent nothing."""

from __future__ import annotations

import json
import time

import pytest

from tests.faults.author import TEXT
from tests.faults.conftest import AtServer
from tests.servers.scripted import Script, Waits, continuing

AT_ONCE, BUSY = 1, 10
"""Seconds in which a second writer is gone, and how much longer a machine may take that is busy."""

WRITERS = ("write", "rewrite the-last-boat", "continue the-last-boat", "build", "accept the-last-boat")
READERS = (
    *("status --why", "log", "provenance", "check", "versions the-last-boat"),
    *("prompt an-hour-owed", "write --dry-run", "build -o -"),
)


def first(reply: Waits) -> Script:
    """Return a script whose first answer is *reply*; TEXT is written to its end after that."""
    left, others = iter([reply]), continuing(TEXT)
    return lambda asked: next(left, None) or others(asked)


@pytest.mark.parametrize("second", WRITERS)
def test_a_second_writer_leaves_at_once_and_sends_nothing(
    at_server: AtServer, reply: Waits, second: str
) -> None:
    author, server = at_server(first(reply))
    with author.in_the_middle(reply) as process:
        began = time.monotonic()
        ran = author.run(*second.split())
        took = time.monotonic() - began

        assert (5, 1, True) == (ran.code, len(server.asked), took < AT_ONCE * BUSY), ran.err
        assert f"another storygen (process {process.pid}) is writing" in ran.said


def test_everybody_may_look_while_one_writes(at_server: AtServer, reply: Waits) -> None:
    author, server = at_server(first(reply))
    with author.in_the_middle(reply):
        codes = {command: author.run(*command.split()).code for command in READERS}
        (attempt,) = json.loads(author.run("log", "--json").out)["attempts"]

        assert (dict.fromkeys(READERS, 0), 1, "streaming") == (codes, len(server.asked), attempt["fate"])


def test_what_a_killed_writer_held_is_free_at_once(at_server: AtServer, reply: Waits) -> None:
    author, _ = at_server(first(reply))
    with author.in_the_middle(reply) as process:
        process.kill()
        process.wait()
        ran = author.run("write")

        assert (0, [TEXT] * 3) == (ran.code, author.drafts()), ran.err
