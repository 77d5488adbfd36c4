"""F-11 and F-13: a disk that is full or read-only stops a run before it spends, and never loses a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.conftest import TALE
from tests.faults.author import TEXT, Author, ended
from tests.faults.disks import Disk, ext4, in_memory
from tests.servers.scripted import Asked, Behaviour, Script, ScriptedServer, Waits, continuing

PAGES = TALE.replace("title: The Ferry Clock", "title: The Ferry Clock\nkind: docs")
LONG = "\n\n".join(f"{number}. {TEXT}" for number in range(60))

OnDisk: TypeAlias = Callable[..., tuple[Author, Disk, ScriptedServer]]


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[OnDisk]:
    """Return what puts a tale on a small disk of its own, and starts a server with a script."""
    with ExitStack() as stack:

        def placed(
            script: Script, *, outline: str = TALE, size: str = "8m"
        ) -> tuple[Author, Disk, ScriptedServer]:
            server = stack.enter_context(ScriptedServer(script))
            disk = stack.enter_context(in_memory(tmp_path / "disk", size))
            (disk.root / "outline.yaml").write_text(outline, encoding="utf-8")
            return Author.at(disk.root, server.url), disk, server

        yield placed


def and_then(*first: Behaviour) -> Script:
    """Return a script that gives *first* to the first requests, and writes TEXT to its end after that."""
    left, others = iter(first), continuing(TEXT)
    return lambda asked: next(left, None) or others(asked)


@pytest.mark.parametrize("left", [0, 8, 40, 90, 200, 600, 1_200], ids=lambda kib: f"{kib} KiB")
def test_a_full_disk_is_called_full_before_anything_is_sent(on_disk: OnDisk, left: int) -> None:
    author, disk, server = on_disk(continuing(TEXT))
    disk.fill(but=left << 10)
    ran = author.run("write")

    assert (5, True, []) == (ran.code, "the disk is full" in ran.said, server.asked), ran.err
    disk.free()
    assert (0, [TEXT] * 3) == (author.run("write").code, author.drafts())


def test_a_disk_that_fills_up_begins_nothing_new_and_ends_what_streams(on_disk: OnDisk) -> None:
    waits = Waits(LONG, 60)
    author, disk, server = on_disk(and_then(waits))
    with author.in_the_middle(waits) as process:
        disk.fill()
        waits.go.set()
        ran = ended(process)

    assert (5, True, 1, ["complete"]) == (
        *(ran.code, "the disk is full" in ran.said, len(server.asked), author.fates()),
    ), ran.err
    disk.free()
    assert (0, 3, [LONG, TEXT, TEXT]) == (author.run("write").code, len(server.asked), author.drafts())


def test_of_many_streams_on_a_full_disk_none_is_cut_and_none_is_lost(on_disk: OnDisk) -> None:
    waits = [Waits(TEXT, 60), Waits(TEXT, 60)]
    author, disk, server = on_disk(and_then(*waits), outline=PAGES)
    with author.in_the_middle(waits[0], "--jobs", "2") as process:
        waits[1].came.wait()
        disk.fill()
        for reply in waits:
            reply.go.set()
        ran = ended(process)

    assert (5, 2, ["complete"] * 2) == (ran.code, len(server.asked), author.fates()), ran.err
    disk.free()
    assert (0, 3, [TEXT] * 3) == (author.run("write").code, len(server.asked), author.drafts())


def test_text_that_finds_no_room_at_all_is_put_elsewhere_and_it_is_said_where(
    on_disk: OnDisk, reply: Waits
) -> None:
    author, disk, _ = on_disk(and_then(reply))
    with author.in_the_middle(reply) as process:
        (author.folder / ".storygen" / "ballast").unlink()
        disk.fill()
        reply.go.set()
        ran = ended(process)
    (path,) = author.rescued()

    assert (5, True, True) == (ran.code, "the disk is full" in ran.said, str(path) in ran.said), ran.err
    assert TEXT == path.read_text(encoding="utf-8")
    disk.free()
    assert (0, [TEXT] * 3) == (author.run("write").code, author.drafts())


READING = (
    *("status --why", "log --json", "provenance", "check", "versions the-last-boat"),
    *("prompt an-hour-owed", "write --dry-run", "build -o -"),
)
WRITING = ("write", "rewrite the-last-boat", "continue the-last-boat", "accept the-last-boat", "build")


def written(author: Author, reply: Waits) -> None:
    """Write one section of the tale, and be killed within the next."""
    with author.in_the_middle(reply):
        pass


STATES = ("finished", "killed", "killed-without-shared-memory")


@pytest.mark.parametrize("state", STATES)
def test_a_read_only_disk_can_be_read_and_nothing_is_sent(on_disk: OnDisk, reply: Waits, state: str) -> None:
    def script(asked: Asked) -> Behaviour:
        return reply if state != "finished" and len(server.asked) == 2 else continuing(TEXT)(asked)

    author, disk, server = on_disk(script)
    if state == "finished":
        author.run("write", "--limit", "1")
    else:
        written(author, reply)
    if state == "killed-without-shared-memory":
        (author.folder / ".storygen" / "journal.db-shm").unlink()
    asked = len(server.asked)
    disk.remount("ro")
    read = {command: author.run(*command.split()).code for command in READING}
    refused = {command: author.run(*command.split()) for command in WRITING}
    fates = author.fates()
    disk.remount("rw")

    assert dict.fromkeys(READING, 0) == read
    assert dict.fromkeys(WRITING, (5, True)) == {
        command: (ran.code, "read-only" in ran.said) for command, ran in refused.items()
    }
    assert asked == len(server.asked) == len(fates)
    assert (0, [TEXT] * 3) == (author.run("write").code, author.drafts())


def test_a_disk_that_turns_read_only_in_the_middle_stops_the_run_and_loses_nothing(
    tmp_path: Path, reply: Waits
) -> None:
    with ScriptedServer(and_then(reply)) as server, ext4(tmp_path / "disk", 16) as disk:
        (disk.root / "outline.yaml").write_text(TALE, encoding="utf-8")
        author = Author.at(disk.root, server.url)
        with author.in_the_middle(reply) as process:
            disk.remount("abort")
            reply.go.set()
            ran = ended(process)
        (path,) = author.rescued()

        assert (5, 1, True) == (ran.code, len(server.asked), str(path) in ran.said), ran.err
        assert TEXT.startswith(path.read_text(encoding="utf-8"))
        assert reply.head in path.read_text(encoding="utf-8")
        assert 0 == author.run("status").code
