from __future__ import annotations

from pathlib import Path

import pytest

from storygen.cli.console import Console
from storygen.cli.watch import Watch
from storygen.draft import Draft, Leg, Stretch
from storygen.messages import StopReason
from storygen.outline.tree import Level, Section, WordTarget
from storygen.writer.budget import Amount, Budget, Ceilings
from storygen.writer.events import Began, Finished, Grew, Left, Waiting
from storygen.writer.purse import Purse


def section(id_: str) -> Section:
    return Section(id_, id_.title(), 1, 1, Level.SCENE, WordTarget(90, 110))


def watching(*ids: str, purse: Purse | None = None) -> Watch:
    """Return a watch on sections that have begun."""
    watch = Watch(Console(quiet=True), purse=purse)
    for id_ in ids:
        watch.tell(Began(section(id_)))
    return watch


def test_every_section_at_hand_has_its_line() -> None:
    watch = watching("boat", "pier")
    watch.tell(Grew(section("pier"), "It rained all day."))
    watch.tell(Waiting(section("boat"), 3, "busy"))
    boat, pier = watch.lines()

    assert ("boat" in boat, "waiting 3 s" in boat) == (True, True)
    assert ("pier  4 / 100 words" in pier, pier.endswith("writing")) == (True, True)


def test_what_has_ended_has_no_line() -> None:
    watch = watching("boat", "pier", "lamp")
    watch.tell(Finished(section("boat"), Draft("boat", "It rained."), 0, "drafts/01-boat.md"))
    watch.tell(Left(section("pier"), "busy"))

    assert ["lamp"] == [line.split()[1] for line in watch.lines()]


def test_no_more_lines_are_shown_than_the_terminal_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "10")
    monkeypatch.setenv("COLUMNS", "80")
    lines = watching(*(f"page-{number}" for number in range(40))).lines()

    assert (7, " … and 34 more") == (len(lines), lines[-1])


def test_a_budget_is_on_every_line() -> None:
    spent = Budget(Ceilings(money=1_000_000), settled=Amount(100_000))

    assert "spent $0.10 of $1.00" in watching("boat", purse=Purse(spent)).lines()[0]


def test_money_without_a_budget_is_what_was_written_for(tmp_path: Path) -> None:
    watch = watching("boat", "pier", purse=Purse())
    watch.tell(Finished(section("boat"), Draft("boat", "It rained."), 70_000, str(tmp_path)))

    assert ("$0.07" in watch.lines()[0], "spent" in watch.lines()[0]) == (True, False)


@pytest.mark.parametrize(
    ("asked", "shown"), [(300, "1 / 100 words (asked for 300)  "), (104, "1 / 100 words  ")]
)
def test_a_finished_section_says_what_was_asked_for_where_that_is_not_what_is_wanted(
    asked: int, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = Watch(Console())
    leg = Leg("Rain.", StopReason.END_TURN, stretch=Stretch(words=100, asked=asked))
    watch.tell(Finished(section("boat"), Draft("boat", "Rain.", legs=(leg,)), 0, "drafts/01-boat.md"))

    assert shown in capsys.readouterr().err
