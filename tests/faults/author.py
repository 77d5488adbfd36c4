"""Somebody at a book: starts the installed `storygen` as a process, and looks at what lies on the disk."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from storygen.book.attempts import Attempt
from storygen.book.view import view_journal
from tests.servers.scripted import Waits

STORYGEN = str(Path(sysconfig.get_path("scripts"), "storygen"))
HEARS = ("env", "--default-signal=INT,HUP")
"""What has a process hear Ctrl-C again: none does that a shell has started in the background."""

PATIENCE = 120
"""Seconds after which a process is taken to hang."""

NEVER = ("Traceback", "fault of storygen", "sentinel")
"""What no person is ever shown; the last is the key."""

TEXT = (
    "The last boat lay at the pier, and nobody had lit its lamps. Ines boarded with her toolbox – 漢字 on "
    "the lid – and called out twice.\n\nThe saloon was empty. A cup of tea stood on the table; it was warm. "
    "“Right on time,” said the clock, or the man behind it.\n\nShe opened the case with a small screwdriver "
    "and found the spring whole, the wheels clean, and one tooth filed away on purpose. Tobias, she thought."
)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a process ended, and its words; a signal that killed it is a negative code."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """What it said to the person, on one line."""
        return " ".join(self.err.split())


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody in the `folder` of a book, with nothing in the environment but `environ`."""

    folder: Path
    environ: Mapping[str, str]

    @classmethod
    def at(cls, folder: Path, url: str) -> Author:
        """Return one whose model is at *url*."""
        known = {name: os.environ[name] for name in ("PATH", "HOME")}
        return cls(folder, known | {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "sk-ant-sentinel"})

    def with_(self, **environ: str) -> Author:
        """Return the same with more in the environment."""
        return replace(self, environ={**self.environ, **environ})

    def start(self, *arguments: str, through: Sequence[str] = (), **streams: Any) -> subprocess.Popen[str]:
        """Start `storygen` with *arguments*, by way of *through*, a command that starts another.

        Ctrl-C reaches it even where the tests themselves run in the background. Its stdout and stderr are
        pipes, unless *streams* say otherwise.
        """
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [*HEARS, *through, STORYGEN, *arguments],
            cwd=self.folder,
            env=dict(self.environ),
            text=True,
            **pipes | streams,
        )

    def run(self, *arguments: str, through: Sequence[str] = (), **streams: Any) -> Ran:
        """Run `storygen` to its end, as `start` does."""
        return ended(self.start(*arguments, through=through, **streams))

    @contextmanager
    def in_the_middle(
        self, reply: Waits, *arguments: str, through: Sequence[str] = ()
    ) -> Iterator[subprocess.Popen[str]]:
        """Start `write`, and yield it when the *reply* of the server stands still and its head has come."""
        process = self.start("write", "--stream", *arguments, through=through)
        try:
            hear(process.stdout, reply.head)
            yield process
        finally:
            reply.go.set()
            process.kill()
            process.communicate()

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.folder / ".storygen" / "journal.db"

    def attempts(self) -> tuple[Attempt, ...]:
        """Return what the journal says of every request."""
        with view_journal(self.journal) as journal:
            return journal.attempts()

    def fates(self) -> list[str]:
        """Return what became of every request."""
        return [attempt.fate.value for attempt in self.attempts()]

    def drafts(self) -> list[str]:
        """Return the prose of all finished drafts, in order."""
        return [_prose(path) for path in self._drafts() if not path.name.endswith(".partial.md")]

    def partials(self) -> list[str]:
        """Return the prose of all unfinished drafts, in order."""
        return [_prose(path) for path in self._drafts() if path.name.endswith(".partial.md")]

    def rescued(self) -> list[Path]:
        """Return the files that hold text which the journal could not take, wherever they are."""
        home = Path(self.environ["HOME"])
        return [*self.folder.glob("rescued-*"), *home.rglob("rescued-*")]

    def made(self) -> dict[str, bytes]:
        """Return all that was made for the author, by name."""
        names = sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.*"))
        ours = [name for name in names if name.startswith(("drafts/", "manuscript.md", "storygen.lock"))]
        ours = [name for name in ours if "/." not in name]
        return {name: (self.folder / name).read_bytes() for name in ours}

    def _drafts(self) -> list[Path]:
        return sorted((self.folder / "drafts").glob("*.md"))


def ended(process: subprocess.Popen[str]) -> Ran:
    """Wait until *process* ends; whatever its end, no traceback is shown, and no key."""
    out, err = process.communicate(timeout=PATIENCE)
    ran = Ran(process.returncode, out or "", err or "")
    assert [] == [word for word in NEVER if word in ran.out + ran.err], ran.err
    return ran


def hear(stream: IO[str] | None, words: str) -> None:
    """Read *stream* until *words* have come."""
    assert stream is not None
    heard = ""
    while words not in heard:
        more = stream.read(1)
        assert more, f"“{words}” never came, only “{heard}”"
        heard += more


def _prose(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("---\n", 2)[2].strip()
