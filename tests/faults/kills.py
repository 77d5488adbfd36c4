"""Kills a run at a chosen call of the system, lets the next one go on, and says what is not as promised.

    python -m tests.faults.kills

kills at every single call in each of the SCENES, and prints what came of it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from storygen.book.attempts import Fate
from storygen.book.record import format_record, parse_record
from storygen.errors import StorygenError
from tests.faults.author import TEXT, Author
from tests.faults.strace import Call, read_calls, striking, tracing, why_not
from tests.servers.scripted import Asked, Behaviour, ScriptedServer, continuing

OLD, NEW = "Ines boards the ferry with a toolbox.", "Ines boards the ferry with a lamp."
OUTLINE = "title: The Ferry Clock\nwords: 120\nsections: [{{title: The last boat, beats: [{beat}]}}]\n"
TEXTS = {OLD: TEXT, NEW: TEXT.replace("toolbox", "lamp").replace("The last boat", "It")}
_KILLED = -9
_TOKENS = 60
"""Words that the server writes at once: the section takes several legs."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A book as it lies in `folder`, the `command` that is killed, and what has to come of it in the end.

    `old` and `new` are the author's files before and after an uninterrupted run, `calls` what that does.
    """

    folder: Path
    command: tuple[str, ...]
    old: Mapping[str, bytes]
    new: Mapping[str, bytes]
    calls: tuple[Call, ...]


def server() -> ScriptedServer:
    """Return a server that writes the text which belongs to the beat of the request, to its end."""

    def script(asked: Asked) -> Behaviour:
        beat = next(beat for beat in TEXTS if beat in asked.body.decode())
        return continuing(TEXTS[beat], tokens=_TOKENS)(asked)

    return ScriptedServer(script)


def first_time(root: Path) -> Scene:
    """Return a book of one section that is not begun."""
    folder = root / "first-time"
    folder.mkdir()
    _plan(folder, OLD)
    return _scene(folder, "write")


def once_more(root: Path) -> Scene:
    """Return a book of one section whose text is stale: a new one takes the place of the old."""
    folder = root / "once-more"
    folder.mkdir()
    _plan(folder, OLD)
    with server() as model:
        assert 0 == Author.at(folder, model.url).run("write").code
    _plan(folder, NEW)
    return _scene(folder, "write", "--stale")


def after_rehearsal(root: Path) -> Scene:
    """Return a book of one section that was rehearsed: a real text takes the place of the other."""
    folder = root / "after-rehearsal"
    folder.mkdir()
    _plan(folder, OLD)
    with server() as model:
        assert 0 == Author.at(folder, model.url).run("write", "--rehearse").code
    return _scene(folder, "write")


SCENES: Mapping[str, Callable[[Path], Scene]] = {
    "first time": first_time,
    "once more": once_more,
    "after rehearsal": after_rehearsal,
}


def strike_all(scene: Scene, calls: Iterable[Call]) -> list[str]:
    """Kill at each of *calls*, one on each processor; return all that is not as promised."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [wrong for found in pool.map(lambda call: strike(scene, call), calls) for wrong in found]


def strike(scene: Scene, call: Call) -> list[str]:
    """Kill a run of *scene* at *call*, run the command again, and return what is not as promised.

    How often a run saves depends on the machine: one that makes fewer calls than that of the scene is killed
    a call earlier.
    """
    with tempfile.TemporaryDirectory() as aside, server() as model:
        folder = Path(shutil.copytree(scene.folder, Path(aside, "book")))
        author = Author.at(folder, model.url)
        through = striking(call, "signal=SIGKILL", Path(aside, "trace"))
        killed = author.run(*scene.command, through=through)
        if killed.code == 0 and call.number > 1:
            return strike(scene, replace(call, number=call.number - 1))
        if killed.code != _KILLED:
            return [f"{call}: it was not killed but ended with {killed.code}"]
        before, done = len(model.asked), answered(author)
        found = [*_halves(author, scene)]
        again = author.run(*scene.command)
        if again.code:
            found.append(f"the next run ended with {again.code}: {again.said}")
        found += paid_twice(model.asked[before:], done)
        found += _unknown(model.asked, author)
        found += _differences(author, scene)
        return [f"{call}: {wrong}" for wrong in found]


def answered(author: Author) -> set[str]:
    """Return the digests of all requests whose whole reply the journal holds."""
    return {attempt.digest for attempt in author.attempts() if attempt.fate is Fate.COMPLETE}


def paid_twice(asked: Iterable[Asked], done: set[str]) -> Iterator[str]:
    """I-2: what was answered is not asked again."""
    for request in asked:
        if _digest(request) in done:
            yield "a request was sent again whose whole reply the journal had"


def _plan(folder: Path, beat: str) -> None:
    (folder / "outline.yaml").write_text(OUTLINE.format(beat=beat), encoding="utf-8")


def _scene(folder: Path, *command: str) -> Scene:
    """Run *command* without an accident, on a copy of *folder*, and see what it does."""
    with tempfile.TemporaryDirectory() as aside, server() as model:
        trace = Path(aside, "trace")
        author = Author.at(Path(shutil.copytree(folder, Path(aside, "book"))), model.url)
        old = author.made()
        assert 0 == author.run(*command, through=tracing(trace)).code
        return Scene(folder, command, old, author.made(), tuple(read_calls(trace)))


def _halves(author: Author, scene: Scene) -> Iterator[str]:
    """I-13: every file is the old one or the new one."""
    for name, found in author.made().items():
        if name == "storygen.lock":
            if not _is_a_record(found):
                yield "storygen.lock is not whole"
        elif found not in (scene.old.get(name), scene.new.get(name)):
            yield f"{name} is neither the old file nor the new one"


def _is_a_record(raw: bytes) -> bool:
    try:
        return format_record(parse_record(raw.decode())).encode() == raw
    except (StorygenError, UnicodeDecodeError):
        return False


def _unknown(asked: Iterable[Asked], author: Author) -> Iterator[str]:
    """I-1: every request has its intent."""
    intents = Counter(attempt.digest for attempt in author.attempts())
    for digest, times in Counter(map(_digest, asked)).items():
        if times > intents[digest]:
            yield f"{times} requests with {intents[digest]} intents"


def _differences(author: Author, scene: Scene) -> Iterator[str]:
    """I-16: the book is that of an uninterrupted run, and nothing else is left."""
    made = author.made()
    for name in sorted(made.keys() | scene.new.keys()):
        if made.get(name) != scene.new.get(name):
            yield f"{name} is not that of an uninterrupted run"
    yield from (f"{path.name} is left over" for path in author.folder.rglob(".storygen-*"))


def _digest(asked: Asked) -> str:
    return hashlib.sha256(asked.body).hexdigest()


def main() -> int:
    """Kill at every call of every scene, print what came of it, and return how many promises were broken."""
    if why := why_not():
        print(why)
        return 1
    broken = 0
    with tempfile.TemporaryDirectory() as root:
        for scene in (make(Path(root)) for make in SCENES.values()):
            found = strike_all(scene, scene.calls)
            head = f"{scene.folder.name}: {len(scene.calls)} kills, {len(found)} broken promises"
            print(head, *found, sep="\n  ")
            broken += len(found)
    return broken


if __name__ == "__main__":
    sys.exit(min(main(), 1))
