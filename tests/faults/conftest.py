from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.faults.author import TEXT, Author
from tests.faults.strace import why_not
from tests.servers.scripted import Script, ScriptedServer, Waits

AtServer: TypeAlias = Callable[[Script], tuple[Author, ScriptedServer]]


@pytest.fixture(autouse=True, scope="session")
def _on_linux() -> None:
    if sys.platform != "linux":
        pytest.skip("the faults are those of a Linux machine: its signals, disks and tracers")


@pytest.fixture
def strace_works() -> None:
    """Skip the test where no process can be traced."""
    if why := why_not():
        pytest.skip(why)


@pytest.fixture
def at_server(tale: Path) -> Iterator[AtServer]:
    """Return what starts a server with a script and returns an author at the tale, with that server."""
    with ExitStack() as stack:

        def started(script: Script) -> tuple[Author, ScriptedServer]:
            server = stack.enter_context(ScriptedServer(script))
            return Author.at(tale.parent, server.url), server

        yield started


@pytest.fixture
def reply() -> Waits:
    """Return a reply that stands still in the middle of the text."""
    return Waits(TEXT, 60)
