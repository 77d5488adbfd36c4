from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest

from storygen.catalogue import Catalogue
from storygen.desk.project import Project, open_project
from storygen.desk.wire import Wire
from storygen.desk.write import awrite
from storygen.desk.written import Written
from storygen.errors import Cut, Rejected, StorygenError, Unreachable
from storygen.messages import Delta, Ended, Opened, StopReason, Text
from storygen.model.wire import encoder
from storygen.writer.events import Began, Event, Finished, Grew, Noted

PAGES = """\
title: The Manual
kind: docs
words: 900
pages:
  - title: Install
    sections: [{title: Alpha, beats: [a]}, {title: Beta, beats: [b]}]
  - title: Use
    sections: [{title: Gamma, beats: [c]}, {title: Delta, beats: [d]}]
  - title: Repair
    sections: [{title: Epsilon, beats: [e]}, {title: Zeta, beats: [f]}]
"""


class Room:
    """A model that answers when `together` sections have asked; with `hangs` it never comes to an end."""

    def __init__(self, together: int = 1, *, hangs: bool = False, **trouble: Exception) -> None:
        self.together, self.hangs, self.trouble = together, hangs, trouble
        self.most = self.now = 0
        self.asked: list[str] = []
        self.full = anyio.Event()

    @asynccontextmanager
    async def wire(self, _project: Project, known: Catalogue) -> AsyncIterator[Wire]:
        yield Wire(encoder(known), self.send)

    async def send(self, body: bytes) -> AsyncGenerator[Delta, None]:
        title = body.decode().rpartition("Title: ")[2].partition("\\n")[0]
        self.asked.append(title)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            if len(self.asked) >= self.together:
                self.full.set()
            yield Opened(200)
            if title not in self.trouble:
                yield Text(f"{title} begins.")
            await self.full.wait()
            if title in self.trouble:
                raise self.trouble[title]
            if self.hangs:
                await anyio.sleep_forever()
            yield Text(f" {title} ends.")
            yield Ended(StopReason.END_TURN, "end_turn")
        finally:
            self.now -= 1


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "manual" / "outline.yaml"
    path.parent.mkdir()
    path.write_text(PAGES)
    return path


def opened(outline: Path, jobs: int, **environ: str) -> Project:
    plain = {"ANTHROPIC_API_KEY": "sk-ant-test", "STORYGEN_LENGTH": "plain"}
    return open_project(outline, environ={**plain, **environ}, flags={"jobs": jobs})


def run(project: Project, room: Room, **options: Any) -> Written:
    async def main() -> Written:
        with anyio.fail_after(10):
            return await awrite(project, wire=room.wire, chance=Random(1), **options)

    return anyio.run(main)


def partials(outline: Path) -> list[str]:
    return sorted(path.name for path in (outline.parent / "drafts").glob("*.partial.md"))


def test_pages_are_written_at_once_and_their_sections_one_after_another(manual: Path) -> None:
    room = Room(together=3)
    written = run(opened(manual, 16), room)

    assert (3, True) == (room.most, written.whole)
    assert {"Alpha", "Gamma", "Epsilon"} == set(room.asked[:3])


def test_no_more_are_at_hand_than_jobs(manual: Path) -> None:
    room = Room(together=2)
    run(opened(manual, 2), room)

    assert 2 == room.most


def test_what_was_written_is_told_in_the_order_of_the_outline(manual: Path) -> None:
    written = run(opened(manual, 16), Room(together=3))

    assert ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"] == [draft.id for draft in written.drafts]


def test_a_section_that_fails_holds_back_only_what_comes_after_it(manual: Path) -> None:
    busy = Rejected("busy", status=503, kind="api_error", retry=False)
    room = Room(together=3, Gamma=busy)
    with pytest.raises(Rejected):
        run(opened(manual, 16), room)

    assert {"Alpha", "Beta", "Gamma", "Epsilon", "Zeta"} == set(room.asked)


def test_an_answer_lost_twice_holds_back_only_what_comes_after_it(manual: Path) -> None:
    room = Room(together=3, Gamma=Cut("the line broke"))
    with pytest.raises(Cut):
        run(opened(manual, 16), room)

    assert (2, 0) == (room.asked.count("Gamma"), room.asked.count("Delta"))
    assert 5 == len(set(room.asked))


@pytest.mark.parametrize(
    "error",
    [
        Rejected("no", status=401, kind="authentication_error", retry=False, fatal=True),
        Unreachable("no such host", retry=False),
    ],
)
def test_trouble_of_the_whole_run_stops_it_and_saves_every_stream(manual: Path, error: StorygenError) -> None:
    room = Room(together=3, hangs=True, Gamma=error)
    with pytest.raises(type(error)):
        run(opened(manual, 16), room)

    assert (3, ["01-alpha.partial.md", "05-epsilon.partial.md"]) == (len(room.asked), partials(manual))


def test_a_run_that_is_cancelled_saves_every_stream(manual: Path) -> None:
    room = Room(hangs=True)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: awrite(opened(manual, 16), wire=room.wire))
            while len(room.asked) < 3:
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()

    anyio.run(main)
    assert ["01-alpha.partial.md", "03-gamma.partial.md", "05-epsilon.partial.md"] == partials(manual)


def test_what_has_come_whole_is_kept_where_a_run_is_cancelled_meanwhile(manual: Path) -> None:
    room = Room(together=3)

    async def main() -> None:
        async with anyio.create_task_group() as group:

            def cancel(event: Event) -> None:
                if isinstance(event, Finished):
                    group.cancel_scope.cancel()

            group.start_soon(lambda: awrite(opened(manual, 16), wire=room.wire, tell=cancel))

    anyio.run(main)
    drafts = sorted(path.name for path in (manual.parent / "drafts").iterdir())
    assert ["01-alpha.md", "03-gamma.md", "05-epsilon.md"] == drafts


def test_stopping_finishes_what_is_begun(manual: Path) -> None:
    room = Room(together=3)
    written = run(opened(manual, 16), room, stop=lambda: len(room.asked) >= 3)

    assert (["alpha", "gamma", "epsilon"], ("beta", "delta", "zeta")) == (
        [draft.id for draft in written.drafts],
        written.held_back,
    )


def test_a_refusal_holds_back_what_has_not_begun(manual: Path) -> None:
    room = Room(together=3)
    send = room.send

    async def refusing(body: bytes) -> AsyncGenerator[Delta, None]:
        async for delta in send(body):
            yield Ended(StopReason.REFUSAL, "refusal") if isinstance(delta, Ended) else delta

    room.send = refusing  # type: ignore[method-assign]
    written = run(opened(manual, 16), room)

    assert (3, 3) == (len(written.drafts), len(written.held_back))


def told(heard: list[Event]) -> list[str]:
    return [event.message for event in heard if isinstance(event, Noted) and "--jobs" in event.message]


def test_a_story_is_not_written_at_once_and_the_run_says_why(tale: Path) -> None:
    heard: list[Event] = []
    room = Room()
    run(opened(tale, 8), room, tell=heard.append)

    assert (1, 1) == (room.most, len(told(heard)))


@pytest.mark.parametrize("jobs", [1, 8])
def test_pages_need_no_such_word(manual: Path, jobs: int) -> None:
    heard: list[Event] = []
    run(opened(manual, jobs), Room(), tell=heard.append)

    assert [] == told(heard)


@pytest.mark.parametrize("story", [PAGES, ""])
def test_a_rehearsed_book_is_the_same_with_any_number_of_jobs(tmp_path: Path, tale: Path, story: str) -> None:
    books = []
    for jobs in (1, 2, 16):
        outline = tmp_path / str(jobs) / "outline.yaml"
        outline.parent.mkdir()
        outline.write_text(story or tale.read_text())
        anyio.run(lambda: awrite(open_project(outline, environ={}, flags={"jobs": jobs})))  # noqa: B023
        found = [path for path in outline.parent.rglob("*") if path.suffix in {".md", ".lock"}]
        books.append({path.name: path.read_bytes() for path in found})

    assert books[0] == books[1] == books[2]


def test_the_others_wait_until_the_first_is_answered(manual: Path) -> None:
    room = Room(together=3)
    heard: list[Event] = []
    run(opened(manual, 16), room, tell=heard.append)
    begun = [isinstance(event, Began) for event in heard if isinstance(event, Began | Grew)]

    assert [True, False, True, True] == begun[:4]


def test_who_is_turned_away_first_holds_up_nobody(manual: Path) -> None:
    busy = Rejected("busy", status=503, kind="api_error", retry=False)
    room = Room(Alpha=busy)
    with pytest.raises(Rejected):
        run(opened(manual, 16), room)

    assert {"Alpha", "Gamma", "Delta", "Epsilon", "Zeta"} == set(room.asked)


def test_the_longest_chain_is_written_first(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    path.write_text(
        "title: T\nkind: docs\npages:\n"
        "  - {title: Short, words: 100}\n"
        "  - {title: Long, sections: [{title: One, words: 300}, {title: Two, words: 300}]}\n"
    )
    room = Room()
    run(opened(path, 1), room)

    assert ["One", "Two", "Short"] == room.asked
