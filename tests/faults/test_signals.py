"""F-3 to F-7: whoever stops a run, and however, keeps all that has come."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.author import TEXT, ended, hear
from tests.faults.conftest import AtServer
from tests.faults.terminal import CTRL_C, terminal
from tests.servers.scripted import Behaviour, Break, Fails, HangsUp, Script, Waits, continuing

PROMPTLY = 2
"""Seconds in which a run that is told to stop now has saved what came and is gone."""

BUSY = 10
"""How much longer a machine may take that runs other tests beside these."""


def first(reply: Behaviour) -> Script:
    """Return a script that gives *reply* to the first request, and writes TEXT to its end after that."""
    left = iter([reply])
    return lambda asked: next(left, None) or continuing(TEXT)(asked)


def last_words(reply: Waits) -> str:
    """Return what the screen shows once the whole head of *reply* has come."""
    return " ".join(reply.head.split()[-3:])


def gone(began: float) -> bool:
    """Say whether the promised time since *began* is not over."""
    return time.monotonic() - began < PROMPTLY * BUSY


def test_ctrl_c_finishes_what_streams_and_begins_nothing(at_server: AtServer, reply: Waits) -> None:
    author, server = at_server(first(reply))
    with terminal(author, "write", "--stream") as screen:
        screen.wait_for("Ines boarded")
        screen.press(CTRL_C)
        screen.wait_for("finishing what is begun; Ctrl-C again")
        reply.go.set()

        assert (130, 1, [TEXT]) == (screen.ended(), len(server.asked), author.drafts()), screen.shown
    assert "run the same command again to go on" in screen.shown


def test_that_ctrl_c_was_heard_stays_on_a_screen_that_moves(at_server: AtServer, reply: Waits) -> None:
    author, _ = at_server(first(reply))
    with terminal(author, "write") as screen:
        screen.wait_for("writing")
        screen.press(CTRL_C)
        screen.wait_for("finishing what is begun")
        reply.go.set()

        assert (130, 1, []) == (
            screen.ended(),
            sum("finishing what is begun; Ctrl-C again stops now" in line for line in screen.lines),
            [line for line in screen.lines if line.startswith(" … ")],
        ), screen.shown


def test_what_verbose_people_want_leaves_the_lines_that_move_whole(at_server: AtServer) -> None:
    author, _ = at_server(continuing(TEXT, tokens=40))
    with terminal(author, "write", "-v", "--limit", "1") as screen:
        assert (0, True, []) == (
            screen.ended(),
            any("the reply ended with max tokens; asking for the rest" in line for line in screen.lines),
            [line for line in screen.lines if line.startswith(" … ")],
        ), screen.shown


def test_a_second_ctrl_c_keeps_every_word_and_leaves(at_server: AtServer, reply: Waits) -> None:
    author, _ = at_server(first(reply))
    with terminal(author, "write", "--stream") as screen:
        screen.wait_for(last_words(reply))
        screen.press(CTRL_C)
        screen.wait_for("finishing")
        began = time.monotonic()
        screen.press(CTRL_C)

        assert (130, [reply.head.strip()], ["partial"], True) == (
            *(screen.ended(), author.partials(), author.fates()),
            gone(began),
        ), screen.shown


WAITS: dict[str, tuple[Behaviour, list[str]]] = {
    "for headers": (HangsUp(Break.SILENCE), ["unknown"]),
    "for the first event": (Waits(TEXT, 0), ["unknown"]),
    "between two tries": (Fails(429, headers={"retry-after": "300"}), ["rejected"]),
}


@pytest.mark.parametrize(("behaviour", "fates"), WAITS.values(), ids=WAITS)
def test_whatever_a_run_waits_for_it_leaves_at_the_second_ctrl_c(
    at_server: AtServer, behaviour: Behaviour, fates: list[str]
) -> None:
    author, server = at_server(lambda _: behaviour)
    with terminal(author, "write") as screen:
        screen.wait_for("waiting" if fates == ["rejected"] else "asking")
        while not server.asked:
            time.sleep(0.01)
        screen.press(CTRL_C)
        screen.wait_for("finishing")
        began = time.monotonic()
        screen.press(CTRL_C)

        assert (130, fates, True) == (screen.ended(), author.fates(), gone(began)), screen.shown


def test_who_keeps_pressing_ctrl_c_is_let_go_even_where_nobody_reads(at_server: AtServer) -> None:
    flood = Waits("The clock struck. " * 20_000, 1)
    author, _ = at_server(lambda _: flood)
    process = author.start("write", "--stream")  # and nobody reads it: a full pipe holds the whole run up
    flood.came.wait()
    flood.go.set()
    while not _is_stuck(process):
        time.sleep(0.05)
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)  # two that come at once are one

    assert -signal.SIGINT == process.wait(PROMPTLY * BUSY)
    ended(process)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_the_system_may_end_a_run_and_no_word_is_lost(
    at_server: AtServer, reply: Waits, number: int, code: int
) -> None:
    author, _ = at_server(first(reply))
    with author.in_the_middle(reply) as process:
        began = time.monotonic()
        process.send_signal(number)
        ran = ended(process)

        assert (code, [reply.head.strip()], ["partial"], True) == (
            *(ran.code, author.partials(), author.fates()),
            gone(began),
        ), ran.err
    assert "run the same command again" in ran.said
    assert (0, TEXT) == (author.run("write", "--limit", "1").code, author.drafts()[0])


def test_of_books_that_the_system_ends_each_has_its_last_event(at_server: AtServer, reply: Waits) -> None:
    author, _ = at_server(first(reply))
    shutil.copy(author.folder / "outline.yaml", author.folder / "other.yaml")
    process = author.start("write", "outline.yaml", "other.yaml", "--json")
    hear(process.stdout, '"outline": "other.yaml"}\n')
    process.send_signal(signal.SIGTERM)
    ran = ended(process)
    events = [json.loads(line) for line in ran.out.splitlines()]

    assert (143, {"outline.yaml": 143, "other.yaml": 143}) == (
        ran.code,
        {each["outline"]: each["code"] for each in events if each["event"] == "book"},
    )


IGNORING = {signal.SIGINT: "INT", signal.SIGHUP: "HUP"}


@pytest.mark.parametrize("number", IGNORING)
def test_what_a_run_was_told_to_ignore_it_ignores(at_server: AtServer, reply: Waits, number: int) -> None:
    author, server = at_server(first(reply))
    nohup = ("env", f"--ignore-signal={IGNORING[number]}")
    with author.in_the_middle(reply, through=nohup) as process:
        process.send_signal(number)
        reply.go.set()
        ran = ended(process)

    assert (0, 3, [TEXT] * 3) == (ran.code, len(server.asked), author.drafts()), ran.err


def test_a_run_in_the_background_still_hears_who_ends_it(at_server: AtServer, reply: Waits) -> None:
    author, _ = at_server(first(reply))
    with author.in_the_middle(reply, through=("env", "--ignore-signal=INT")) as process:
        process.send_signal(signal.SIGTERM)

        assert (143, [reply.head.strip()]) == (ended(process).code, author.partials())


def test_a_closed_window_ends_a_run_as_the_system_does(at_server: AtServer, reply: Waits) -> None:
    author, _ = at_server(first(reply))
    with terminal(author, "write", "--stream") as screen:
        screen.wait_for(last_words(reply))
        screen.close()

        assert (129, [reply.head.strip()]) == (screen.ended(), author.partials())


def test_a_run_without_hangups_outlives_its_window(at_server: AtServer, reply: Waits) -> None:
    author, server = at_server(first(reply))
    with terminal(author, "write", through=("env", "--ignore-signal=HUP")) as screen:
        screen.wait_for("writing")
        screen.close()
        reply.go.set()

        assert (0, 3, [TEXT] * 3) == (screen.ended(), len(server.asked), author.drafts())


ASLEEP = 2.0
"""Seconds that a process is stopped: more than its stream may be silent."""

MEANWHILE = {
    "the connection was closed": (Break.CLOSE, ["partial", "complete"]),
    "the connection was reset": (Break.RESET, ["partial", "complete"]),
    "the stream just ended": (Break.END, ["partial", "complete"]),
    "nothing more came": (Break.SILENCE, ["partial", "complete"]),
    "all the rest has come": (None, ["complete"]),
}


@pytest.mark.parametrize(("then", "fates"), MEANWHILE.values(), ids=MEANWHILE)
def test_a_run_that_was_asleep_takes_what_has_come_and_sees_what_is_dead(
    at_server: AtServer, reply: Waits, then: Break | None, fates: list[str]
) -> None:
    asleep = replace(reply, then=then)
    author, _ = at_server(first(asleep))
    dozing = author.with_(STORYGEN_TIMEOUT_SILENCE=str(ASLEEP / 2))
    with dozing.in_the_middle(asleep, "--limit", "1") as process:
        process.send_signal(signal.SIGSTOP)
        asleep.go.set()
        time.sleep(ASLEEP)
        process.send_signal(signal.SIGCONT)
        ran = ended(process)

    assert (0, fates, [TEXT]) == (ran.code, author.fates(), author.drafts()), ran.err


def _is_stuck(process: subprocess.Popen[str]) -> bool:
    """Say whether *process* waits for somebody to read its pipe; it has not ended."""
    assert process.poll() is None
    return "pipe_write" in Path(f"/proc/{process.pid}/wchan").read_text(encoding="ascii")
