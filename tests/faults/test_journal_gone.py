"""F-16: a journal that is taken away in the middle of a run is missed at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.author import TEXT, ended
from tests.faults.conftest import AtServer
from tests.servers.scripted import Says, Waits


def deleted(journal: Path) -> None:
    journal.unlink()


def replaced(journal: Path) -> None:
    copy = journal.with_name("copy")
    shutil.copy(journal, copy)
    copy.replace(journal)


def with_its_folder(journal: Path) -> None:
    shutil.rmtree(journal.parent)


@pytest.mark.parametrize("take", [deleted, replaced, with_its_folder])
def test_a_journal_that_is_gone_is_missed_and_the_text_put_elsewhere(
    at_server: AtServer, reply: Waits, take: Callable[[Path], None]
) -> None:
    replies = iter([reply])
    author, server = at_server(lambda _: next(replies, None) or Says(TEXT))
    with author.in_the_middle(reply) as process:
        take(author.journal)
        reply.go.set()
        ran = ended(process)
    (path,) = author.rescued()
    rescued = path.read_text(encoding="utf-8")

    assert (5, 1) == (ran.code, len(server.asked)), ran.err
    assert (True, True) == ("moved or deleted during the run" in ran.said, str(path.name) in ran.said)
    assert (True, True) == (rescued.startswith(reply.head), TEXT.startswith(rescued))


def test_a_log_without_its_journal_is_nothing_to_go_on_from(at_server: AtServer, reply: Waits) -> None:
    author, server = at_server(lambda _: reply)
    with author.in_the_middle(reply):
        pass
    author.journal.unlink()
    asked, ran = len(server.asked), author.run("write")

    assert (5, asked, True) == (ran.code, len(server.asked), "its log is there" in ran.said), ran.err
    assert 0 == author.run("status").code
