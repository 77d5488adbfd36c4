"""A run that broke off and the one that goes on from it are one run: they ask what it would have asked."""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest

from storygen.catalogue import Catalogue
from storygen.crash_points import CrashPoint
from storygen.desk.anew import Wish
from storygen.desk.project import Project, open_project
from storygen.desk.prompt import prompt
from storygen.desk.rewrite import arewrite
from storygen.desk.select import Selection
from storygen.desk.wire import Wire
from storygen.desk.write import awrite
from storygen.desk.written import Written
from storygen.messages import Counted, Delta, Ended, Opened, StopReason, Text, Usage
from storygen.model.wire import encoder
from tests.desk.test_length import prose, turns

PAGE = (
    "  - {{title: Page {0}, sections: [{{title: First {0}, beats: [a]}}, {{title: Then {0}, beats: [b]}}]}}"
)
PAGES = "\n".join(PAGE.format(number) for number in range(1, 13))
MANUAL = f"title: The Manual\nkind: docs\nwords: 21600\npages:\n{PAGES}\n"


class Killed(BaseException):
    """The process is gone."""


class Terse:
    """A model that brings half of what it is asked for, in tokens far smaller than anybody thought."""

    def __init__(self, brings: float = 0.5) -> None:
        self.brings = brings
        self.asked: defaultdict[str, list[bytes]] = defaultdict(list)

    @asynccontextmanager
    async def wire(self, _project: Project, known: Catalogue) -> AsyncIterator[Wire]:
        yield Wire(encoder(known), self.send)

    async def send(self, body: bytes) -> AsyncGenerator[Delta, None]:
        title = turns(body)[0].rpartition("Title: ")[2].partition("\n")[0]
        self.asked[title].append(body)
        await anyio.lowlevel.checkpoint()
        yield Opened(200)
        name = f"{title}.{len(self.asked[title])}".replace(" ", "")
        yield Text(prose(round(wanted(body) * self.brings), name))
        yield Counted(Usage(len(body), output_tokens=wanted(body)))
        yield Ended(StopReason.END_TURN, "end_turn")


def wanted(body: bytes) -> int:
    """Return how many words a request asks for."""
    found = re.search(r"^Words:.*about ([0-9,]+)", turns(body)[-1], re.MULTILINE)
    return int(found[1].replace(",", "")) if found else 0


def opened(outline: Path) -> Project:
    return open_project(outline, environ={"ANTHROPIC_API_KEY": "sk-ant-test"}, flags={"jobs": 6})


def write(project: Project, model: Terse, **options: Any) -> Written:
    async def main() -> Written:
        return await awrite(project, wire=model.wire, chance=Random(1), **options)

    return anyio.run(main)


def manual(folder: Path) -> Path:
    folder.mkdir()
    (folder / "outline.yaml").write_text(MANUAL)
    return folder / "outline.yaml"


def killed(outline: Path, model: Terse, *, after: int) -> Path:
    """Write the book of *outline* with *model*, which dies *after* so many drafts; return what it leaves."""
    left = outline.parent.with_name("left")
    points: list[CrashPoint] = []

    def reached(point: CrashPoint) -> None:
        points.append(point)
        if points.count(CrashPoint.BEFORE_DRAFT) > after:
            if not left.exists():
                shutil.copytree(outline.parent, left)
            raise Killed

    with pytest.raises((Killed, BaseExceptionGroup)):
        write(replace(opened(outline), reached=reached), model)
    return left / outline.name


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> tuple[Terse, bytes]:
    """Return who wrote the book without a break, and the manuscript that came of it."""
    outline, model = manual(tmp_path_factory.mktemp("straight") / "manual"), Terse()
    write(opened(outline), model)
    return model, (outline.parent / "manuscript.md").read_bytes()


@pytest.mark.parametrize("after", [0, 5, 13])
def test_a_killed_run_is_gone_on_with_as_if_it_had_not_been(
    tmp_path: Path, straight: tuple[Terse, bytes], after: int
) -> None:
    dying, resumed = Terse(), Terse()
    left = killed(manual(tmp_path / "dying"), dying, after=after)
    write(opened(left), resumed)
    model, manuscript = straight

    assert new_in(resumed, dying) == {title: model.asked[title] for title in new_in(resumed, dying)}
    assert manuscript == (left.parent / "manuscript.md").read_bytes()


def test_so_is_a_run_that_was_stopped(tmp_path: Path, straight: tuple[Terse, bytes]) -> None:
    stopped, resumed, outline = Terse(), Terse(), manual(tmp_path / "stopped")
    write(opened(outline), stopped, stop=lambda: len(stopped.asked) > 7)
    write(opened(outline), resumed)

    assert new_in(resumed, stopped) == {title: straight[0].asked[title] for title in new_in(resumed, stopped)}


def test_a_prompt_is_what_the_run_that_goes_on_asks(tmp_path: Path) -> None:
    left = killed(manual(tmp_path / "dying"), Terse(), after=5)
    shown, resumed = prompt(opened(left), "first-12").body, Terse()
    write(opened(left), resumed)

    assert shown == json.loads(resumed.asked["First 12"][0])


def test_a_run_that_is_over_is_learned_from(tmp_path: Path, straight: tuple[Terse, bytes]) -> None:
    outline, model = manual(tmp_path / "manual"), Terse()
    write(opened(outline), Terse(), selection=Selection(limit=2))
    write(opened(outline), model, selection=Selection(limit=2))

    assert (900, 1_800) == tuple(wanted(each.asked["First 2"][0]) for each in (straight[0], model))


def test_a_text_that_the_same_run_replaced_is_learned_from_as_it_is_now(tmp_path: Path) -> None:
    outline, model = manual(tmp_path / "manual"), Terse(brings=1)
    write(opened(outline), Terse(), selection=Selection(limit=2))
    anyio.run(lambda: arewrite(opened(outline), ["first-1", "then-1"], Wish(), wire=model.wire))

    assert (1_800, 800) == (wanted(model.asked["First 1"][0]), wanted(model.asked["Then 1"][0]))


def new_in(resumed: Terse, before: Terse) -> dict[str, list[bytes]]:
    """Return what *resumed* was asked for sections that nobody had asked for *before*."""
    return {title: bodies for title, bodies in resumed.asked.items() if title not in before.asked}
