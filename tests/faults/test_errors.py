"""F-12: a disk that reports an error is believed at once: no sync is tried again, nothing more is spent."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.author import TEXT, Author
from tests.faults.kills import Scene, first_time, server
from tests.faults.strace import Call, spread, striking

MANY = {"fdatasync": 5, "fsync": 4, "rename": 3, "pwrite64": 3, "ftruncate": 2}
"""How many of each call fail, one in every run."""

_SYNC = re.compile(r"\b(?:fdatasync|fsync)\(\d+<([^>]*)>")
_SENT = re.compile(r"\bsendto\(\d+<TCP")


def calls_to_fail(scene: Scene) -> list[Call]:
    """Return the calls of *scene* that fail, one by one."""
    return [
        call
        for name, many in MANY.items()
        for call in spread([call for call in scene.calls if call.name == name], many)
    ]


def fail(scene: Scene, call: Call) -> list[str]:
    """Run *scene* with an error of the disk at *call*, then without; return what is not as promised."""
    with tempfile.TemporaryDirectory() as aside, server() as model:
        trace = Path(aside, "trace")
        author = Author.at(Path(shutil.copytree(scene.folder, Path(aside, "book"))), model.url)
        author = author.with_(HOME=aside)
        ran = author.run(*scene.command, through=striking(call, "error=EIO", trace))
        lines = trace.read_text(encoding="utf-8").splitlines()
        found = [*_not_as_told(ran.code, ran.said), *_after(lines, code=ran.code), *_lost(author)]
        again = author.run(*scene.command)
        if (again.code, author.made()) != (0, scene.new):
            found.append(f"the next run ended with {again.code}, and the book is another: {again.said}")
        return [f"{call}: {wrong}" for wrong in found]


@pytest.mark.usefixtures("strace_works")
def test_an_error_of_the_disk_ends_the_run_and_costs_nothing_that_came(tmp_path: Path) -> None:
    scene = first_time(tmp_path)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda call: fail(scene, call), calls_to_fail(scene))

        assert [] == [wrong for each in found for wrong in each]


def _not_as_told(code: int, said: str) -> Iterator[str]:
    """Say so where a run neither went well nor named the disk."""
    if code not in {0, 5} or (code == 5 and "the disk reports an error" not in said):
        yield f"it ended with {code}: {said}"


def _after(lines: list[str], *, code: int) -> Iterator[str]:
    """Say what the run still did after the error that it must not do."""
    at = next((at for at, line in enumerate(lines) if "(INJECTED)" in line), len(lines) - 1)
    failed, after = _SYNC.search(lines[at]), lines[at + 1 :]
    if failed and _is_ours(failed[1]):
        again = [line for line in after if (match := _SYNC.search(line)) and match[1] == failed[1]]
        yield from (f"a sync was tried again: {line}" for line in again)
    if code:
        yield from (f"something was sent after the error: {line}" for line in after if _SENT.search(line))


def _is_ours(path: str) -> bool:
    """Say whether a sync of *path* makes text count: the journal's log, or a file to be put in its place."""
    return path.endswith("-wal") or (path.endswith(".tmp") and "/.storygen/" not in path)


def _lost(author: Author) -> Iterator[str]:
    """Say so where a rescued text is not what the model said."""
    for path in author.rescued():
        if path.read_text(encoding="utf-8") not in TEXT:
            yield f"{path.name} is not what the model said"
