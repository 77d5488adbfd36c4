from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from storygen.book.attempts import Intent
from storygen.book.journal import Journal
from storygen.book.view import view_journal
from storygen.draft import Leg
from storygen.messages import StopReason, Text
from storygen.writer.saves import Saves
from tests.servers.stepped import SteppedLoop


@pytest.fixture
def loop() -> Iterator[SteppedLoop]:
    loop = SteppedLoop()
    yield loop
    loop.close()


def intend(journal: Journal) -> int:
    return journal.open_intent(Intent("boat", Leg("", StopReason.CUT), "f", "d", "m"))


def on_the_disk(path: Path, attempt: int = 1) -> str:
    """Return what another process finds of an attempt."""
    with view_journal(path) as view:
        return view.text(attempt)


@pytest.mark.parametrize("letter", ["a", "é", "水", "😀"])
def test_less_than_four_kib_wait_for_their_half_second(journal: Journal, path: Path, letter: str) -> None:
    size = len(letter.encode())
    with Saves(journal).stream(intend(journal), section="boat") as stream:
        stream.add(Text(letter * (4_095 // size)))
        before = on_the_disk(path)
        stream.add(Text(letter))
        after = on_the_disk(path)

    assert ("", letter * (4_095 // size + 1)) == (before, after)


def test_nothing_older_than_half_a_second_is_only_in_memory(
    journal: Journal, path: Path, loop: SteppedLoop
) -> None:
    saves = Saves(journal)

    async def main() -> None:
        async with saves.kept(anyio.sleep):
            await anyio.sleep_forever()

    task = loop.create_task(main())
    loop.settle()
    seen = []
    with saves.stream(intend(journal), section="boat") as stream:
        for word in ("It ", "rained ", "all day."):
            stream.add(Text(word))
            loop.settle(0.5)
            seen.append(on_the_disk(path))
    task.cancel()
    loop.settle()

    assert ["It ", "It rained ", "It rained all day."] == seen


def test_many_streams_are_saved_in_one_commit(journal: Journal, loop: SteppedLoop) -> None:
    saves = Saves(journal)
    commits: list[str] = []
    journal._db.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)  # noqa: SLF001 - the only place to count

    async def main() -> None:
        async with saves.kept(anyio.sleep):
            await anyio.sleep_forever()

    with (
        saves.stream(intend(journal), section="boat") as one,
        saves.stream(intend(journal), section="rain") as other,
    ):
        task = loop.create_task(main())
        loop.settle()
        commits.clear()
        one.add(Text("It rained."))
        other.add(Text("It poured."))
        loop.settle(0.5)
        assert ["COMMIT"] == commits
    task.cancel()
    loop.settle()
