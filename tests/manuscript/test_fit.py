from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from storygen.manuscript.fit import fit

CASES = read_fixture_file(Path(__file__).parent / "fixtures" / "fit.md")


@pytest.mark.parametrize(("line", "title", "text", "expected"), CASES, ids=[case[1] for case in CASES])
def test_fit(line: int, title: str, text: str, expected: str) -> None:
    fitted = fit(text, titles=["The boat", "Arrival"], depth=2, taken={"^1", "chart"}, prefix="boat")

    assert expected == fitted.text + "\n", f"{title} (line {line})"


@pytest.mark.parametrize(("line", "title", "text", "expected"), CASES, ids=[case[1] for case in CASES])
def test_what_fits_is_not_touched_again(line: int, title: str, text: str, expected: str) -> None:
    assert text is not expected
    assert expected == fit(expected, titles=["The boat", "Arrival"], depth=2).text + "\n", (
        f"{title} (line {line})"
    )
