"""F-8: a run needs nobody who reads; what was asked for and cannot be put out is an error of a file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.author import STORYGEN, TEXT, Author, hear
from tests.faults.conftest import AtServer
from tests.servers.scripted import Says


@pytest.fixture
def author(at_server: AtServer) -> Author:
    """Return an author whose model always says TEXT."""
    return at_server(lambda _: Says(TEXT))[0]


@contextmanager
def unread() -> Iterator[int]:
    """Yield the writing end of a pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@contextmanager
def full() -> Iterator[int]:
    """Yield a device that is always full."""
    device = os.open("/dev/full", os.O_WRONLY)
    yield device
    os.close(device)


NOWHERE = {"unread": unread, "full": full}


@pytest.mark.parametrize("nowhere", NOWHERE)
@pytest.mark.parametrize("how", [("--stream",), ("--json",), ()], ids=str)
def test_a_run_goes_on_without_stdout(author: Author, how: tuple[str, ...], nowhere: str) -> None:
    with NOWHERE[nowhere]() as stdout:
        ran = author.run("write", *how, stdout=stdout)

    assert (0, [TEXT] * 3) == (ran.code, author.drafts()), ran.err


@pytest.mark.parametrize("nowhere", NOWHERE)
def test_a_run_goes_on_without_stderr(author: Author, nowhere: str) -> None:
    with NOWHERE[nowhere]() as stderr:
        ran = author.run("write", stderr=stderr)

    assert (0, [TEXT] * 3) == (ran.code, author.drafts())


def test_a_run_goes_on_without_any_stream(author: Author) -> None:
    closed = ("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh")

    assert (0, [TEXT] * 3) == (author.run("write", through=closed).code, author.drafts())


def test_head_has_enough_and_the_run_says_so_once_and_goes_on(author: Author) -> None:
    process = author.start("write", "--stream")
    hear(process.stdout, "The last boat")
    process.stdout.close()  # type: ignore[union-attr] - it is a pipe
    process.stdout = None
    said = process.communicate()[1]

    assert (0, 1, [TEXT] * 3) == (process.returncode, said.count("stdout is gone"), author.drafts()), said


PRODUCTS = (
    *("status", "status --json", "log", "provenance", "check --json", "prompt right-time", "schema"),
    *("models", "config", "templates list", "completion bash", "build -o -", "--help", "--version"),
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Author:
    """Return an author with a rehearsed book."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "outline.yaml").write_text("title: T\nsections: [{title: Right time, words: 60}]\n")
    author = Author(folder, {"PATH": os.environ["PATH"], "HOME": str(folder)})
    assert 0 == author.run("write").code
    return author


@pytest.mark.parametrize("command", PRODUCTS)
def test_a_product_that_stdout_cannot_take_is_an_error_of_a_file(written: Author, command: str) -> None:
    with full() as stdout:
        ran = written.run(*command.split(), stdout=stdout)

    assert (5, True) == (ran.code, "the disk is full" in ran.said), ran.err


@pytest.mark.parametrize("command", PRODUCTS)
def test_a_reader_who_has_enough_is_no_error(written: Author, command: str) -> None:
    with unread() as stdout:
        ran = written.run(*command.split(), stdout=stdout)

    assert (0, False) == (ran.code, "error" in ran.said), ran.err


def test_head_of_a_pipeline_ends_it_without_a_word(written: Author) -> None:
    line = f"set -o pipefail; '{STORYGEN}' prompt right-time | head -1"
    shell = subprocess.run(
        ["bash", "-c", line], cwd=written.folder, env=dict(written.environ), capture_output=True, check=False
    )

    assert (0, 1, False) == (shell.returncode, shell.stdout.count(b"\n"), b"rror" in shell.stderr)


def test_a_mistake_that_stderr_cannot_take_keeps_its_code(written: Author) -> None:
    with full() as stderr:
        assert 2 == written.run("nonsense", stderr=stderr).code
