from __future__ import annotations

import os
import signal

import pytest

from storygen.cli.crash import crash_at
from storygen.cli.group import run
from storygen.crash_points import CrashPoint


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return whom and with what the system was told to kill, instead of doing it."""
    killed: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append((pid, number)))
    return killed


def test_a_process_kills_itself_where_it_was_told_to(killed: list[tuple[int, int]]) -> None:
    crash_at("after-intent")(CrashPoint.AFTER_INTENT)

    assert [(os.getpid(), signal.SIGKILL)] == killed


def test_every_other_point_lets_it_pass(killed: list[tuple[int, int]]) -> None:
    for point in set(CrashPoint) - {CrashPoint.AFTER_INTENT}:
        crash_at("after-intent")(point)

    assert [] == killed


def test_only_the_time_that_was_named_counts(killed: list[tuple[int, int]]) -> None:
    reached = crash_at("after-intent:3")
    seen = []
    for _ in range(4):
        reached(CrashPoint.AFTER_INTENT)
        seen.append(len(killed))

    assert [0, 0, 1, 1] == seen


@pytest.mark.parametrize("spelled", ["nowhere", "after-intent:0", "after-intent:", "after-intent:soon", ":2"])
def test_what_is_no_point_is_refused_before_anything_is_done(
    spelled: str, tale: os.PathLike[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STORYGEN_CRASH_AT", spelled)
    code = run(["write", os.fspath(tale)])

    assert (2, True) == (code, "before-manuscript" in capsys.readouterr().err)
