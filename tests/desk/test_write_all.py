from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from storygen.desk.allowance import Allowance
from storygen.desk.project import Project
from storygen.desk.write_all import Outcome, awrite_all
from storygen.errors import Rejected, Stopped
from storygen.writer.events import Began, Event
from tests.desk.test_jobs import Room, opened

BOOK = """\
title: Book {name}
words: 300
sections: [{{title: First {name}}}, {{title: Then {name}}}, {{title: Last {name}}}]
"""


@pytest.fixture
def shelf(tmp_path: Path) -> list[Path]:
    """Return the outlines of four short books."""
    paths = [tmp_path / f"{name}.yaml" for name in "abcd"]
    for path in paths:
        path.write_text(BOOK.format(name=path.stem))
    return paths


def write_all(
    projects: list[Project], room: Room, heard: list[tuple[str, Event]] | None = None
) -> tuple[Outcome, ...]:
    told = heard if heard is not None else []

    async def main() -> tuple[Outcome, ...]:
        with anyio.fail_after(20):
            return await awrite_all(
                projects,
                allowance=Allowance.of(*projects),
                wire=room.wire,
                tell=lambda project: lambda event: told.append((project.outline.title, event)),
            )

    return anyio.run(main)


def test_books_are_written_side_by_side(shelf: list[Path]) -> None:
    room = Room(together=4)
    outcomes = write_all([opened(path, 16) for path in shelf], room)

    assert (4, [True] * 4) == (room.most, [bool(each.written and each.written.whole) for each in outcomes])


def test_all_books_share_the_jobs(shelf: list[Path]) -> None:
    room = Room(together=2)
    write_all([opened(path, 2) for path in shelf], room)

    assert 2 == room.most


def test_no_book_runs_ahead_of_the_others(shelf: list[Path]) -> None:
    heard: list[tuple[str, Event]] = []
    write_all([opened(path, 2) for path in shelf], Room(), heard)
    begun = [event.section.title.split()[0] for _, event in heard if isinstance(event, Began)]

    assert ["First"] * 4 + ["Then"] * 4 + ["Last"] * 4 == begun


def test_the_failure_of_one_book_stops_no_other(shelf: list[Path]) -> None:
    broken = Rejected("gone", status=404, kind="not_found_error", retry=False, fatal=True)
    room = Room(together=4, **{"First b": broken})
    outcomes = write_all([opened(path, 16) for path in shelf], room)

    assert [True, False, True, True] == [each.written is not None for each in outcomes]
    assert broken is outcomes[1].error


def test_one_budget_is_kept_over_all_books(shelf: list[Path]) -> None:
    room = Room()
    outcomes = write_all([opened(path, 16, STORYGEN_MAX_CALLS="5") for path in shelf], room)

    assert (5, True) == (len(room.asked), any(isinstance(each.error, Stopped) for each in outcomes))


def test_two_outlines_of_one_book_do_not_write_over_each_other(shelf: list[Path]) -> None:
    project = opened(shelf[0], 16)
    outcomes = write_all([project, project], Room())

    assert [True, False] == [each.written is not None for each in outcomes]


def test_a_book_comes_out_the_same_alone_and_among_others(shelf: list[Path], tmp_path: Path) -> None:
    write_all([opened(path, 16) for path in shelf], Room(together=4))
    among = (tmp_path / "a" / "manuscript.md").read_text()
    (tmp_path / "alone").mkdir()
    alone = tmp_path / "alone" / "a.yaml"
    alone.write_text(shelf[0].read_text())
    write_all([opened(alone, 1)], Room())

    assert among == (tmp_path / "alone" / "a" / "manuscript.md").read_text()
