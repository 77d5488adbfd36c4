from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.streams.__main__ import run


def test_many_streams_at_once_lose_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYGEN_LENGTH", "plain")  # a second is too short for a page
    found = run(tmp_path, 24, 1.0)

    assert (24, 0, 0) == (found.together, found.lost, found.code)
