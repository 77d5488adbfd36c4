from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.tokens.__main__ import Sums, measure, sums
from benchmarks.tokens.novel import novel_of
from benchmarks.tokens.strategies import Prompt


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sums]:
    return measure(novel_of(tmp_path_factory.mktemp("novel"), 12, seed=1))


def test_every_strategy_asks_for_every_section(counted: dict[str, Sums]) -> None:
    thrice = {"full history × 3"}

    assert {12} == {len(each.tokens) for name, each in counted.items() if name not in thrice}


def test_full_history_grows_and_our_prompt_does_not(counted: dict[str, Sums]) -> None:
    assert (True, True) == (counted["full history"].growth() > 2, counted["storygen"].growth() < 1.2)


def test_what_is_marked_is_written_to_the_cache_once_and_read_from_then_on() -> None:
    head = "word " * 2_000
    found = sums([Prompt((head, "a"), 1), Prompt((head, "b"), 1)])
    held = found.tokens[0] - 1

    assert held * 1.25 + held * 0.1 + 2 == found.billed


def test_a_beginning_that_changes_is_not_read_from_the_cache() -> None:
    found = sums([Prompt(("word " * 2_000,), 1), Prompt(("other " * 2_000,), 1)])

    assert 1.25 * found.total == found.billed


def test_the_novel_is_the_same_for_one_seed(tmp_path: Path) -> None:
    assert novel_of(tmp_path, 10, seed=3).texts == novel_of(tmp_path, 10, seed=3).texts
