from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.review.__main__ import main

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its memory is read from /proc")


def test_a_review_is_measured_beside_what_it_is_held_against(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--words", "2000", "--repeats", "1", "-o", str(tmp_path / "measured.json")])
    found = json.loads((tmp_path / "measured.json").read_text(encoding="utf-8"))
    shown = capsys.readouterr().out

    assert (["words", "grams", "review"], 3) == (list(found), shown.count("met   ") + shown.count("MISSED"))
