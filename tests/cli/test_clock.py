"""The wall clock is for show: however it jumps, a run waits, gives up and writes as it would have."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest

from storygen.cli.group import run
from tests.servers.dice import LowestDice
from tests.servers.scripted import Asked, Behaviour, Break, Breaks, Fails, HangsUp, ScriptedServer, continuing

TEXT = " ".join(f"Turn screw number {number} to the left until it clicks." for number in range(1, 30))
TROUBLE = (
    Fails(429, headers={"retry-after": "0.001"}),
    Breaks(Break.CLOSE, TEXT[:200]),
    Breaks(Break.SILENCE, TEXT[:300]),
    HangsUp(Break.SILENCE),
    Fails(529),
)
JUMPS = (0.0, 4e9, -1e9, 1_700_000_000.0, 1.0)
"""Moments from 1938 to 2096."""


@pytest.fixture
def book(tale: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, bytes]]:
    """Return what writes the tale through some trouble, and then gives the book that came of it."""
    monkeypatch.setattr("storygen.desk.lines.Random", LowestDice)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-sentinel")
    for name in ("SILENCE", "HEADERS"):
        monkeypatch.setenv(f"STORYGEN_TIMEOUT_{name}", "1")  # more than a busy machine needs

    def written(name: str) -> dict[str, bytes]:
        folder = tale.parent.with_name(name)
        shutil.copytree(tale.parent, folder)
        trouble = iter(TROUBLE)

        def script(asked: Asked) -> Behaviour:
            return next(trouble, None) or continuing(TEXT)(asked)

        with ScriptedServer(script) as server:
            monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
            assert 0 == run(["write", str(folder), "--on-unknown", "retry-once"])
            assert 3 + len(TROUBLE) == len(server.asked)
        for look in ("status", "log", "provenance"):
            assert 0 == run([look, str(folder)])
        files = [folder / "manuscript.md", folder / "storygen.lock", *folder.glob("drafts/*")]
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    return written


def test_a_clock_that_jumps_changes_nothing_in_a_book(
    book: Callable[[str], dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    steady = book("steady")
    jumps = cycle(JUMPS)
    monkeypatch.setattr(time, "time", lambda: next(jumps))

    assert steady == book("jumping")
