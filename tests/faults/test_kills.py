"""F-2, F-15 and I-13: killed at any of its calls to the system, a run leaves whole files and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.kills import SCENES, strike_all
from tests.faults.strace import spread

MANY = {"first time": 30, "once more": 8, "after rehearsal": 4}


@pytest.mark.usefixtures("strace_works")
@pytest.mark.parametrize("scene", MANY)
def test_a_run_that_was_killed_anywhere_becomes_the_same_book(tmp_path: Path, scene: str) -> None:
    story = SCENES[scene](tmp_path)

    assert [] == strike_all(story, spread(story.calls, MANY[scene]))
