"""One `storygen write` as a process of its own, which somebody may kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import storygen

LONGEST = 120
"""Seconds after which a process is taken to hang."""

_LOOK = 0.002
_OURS = Path(storygen.__file__).parents[1]
"""The code that this process imports is the code that is killed."""


@dataclass(slots=True)
class Desk:
    """Where processes are started: the book's folder, the server, an empty home, a file for what they say."""

    book: Path
    url: str
    home: Path
    said: Path
    jobs: int

    @property
    def journal(self) -> Path:
        """The journal of the book."""
        return self.book / ".storygen" / "journal.db"

    def files(self) -> dict[str, bytes]:
        """Return what was made in the book, by name, its private folder aside."""
        names = (path.relative_to(self.book) for path in sorted(self.book.rglob("*")) if path.is_file())
        made = (name for name in names if name.parts[0] not in {".storygen", "outline.yaml"})
        return {name.as_posix(): (self.book / name).read_bytes() for name in made}

    def start(self, key: str, *, crash_at: str = "") -> Victim:
        """Start a process that is known by its *key* and kills itself at the point *crash_at*."""
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.home), "PYTHONPATH": str(_OURS)}
        environ |= {"ANTHROPIC_BASE_URL": self.url, "ANTHROPIC_API_KEY": key, "STORYGEN_CRASH_AT": crash_at}
        with self.said.open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "storygen", "write", "--jobs", str(self.jobs)],
                cwd=self.book,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
        return Victim(key, process, self.book / ".storygen" / "lock.pid")


@dataclass(slots=True)
class Victim:
    """A running process; `died` is when it was killed or had ended, by this process's clock."""

    key: str
    process: subprocess.Popen[bytes]
    holder: Path
    died: float = 0
    _watch: threading.Timer = field(init=False)

    def __post_init__(self) -> None:
        """Let nobody wait for ever."""
        self._watch = threading.Timer(LONGEST, self.process.send_signal, [signal.SIGABRT])
        self._watch.start()

    def kill(self) -> None:
        """Kill it, without a word."""
        self.died = time.monotonic()
        self.process.kill()

    def kill_after(self, seconds: float, *, held: bool = False) -> None:
        """Kill it after so many *seconds*, counted from when it holds the book if that is wanted."""
        while held and self.process.poll() is None and not self._holds():
            time.sleep(_LOOK)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait(self) -> int:
        """Wait for its end, however it comes, and return the exit code."""
        code = self.process.wait()
        self.died = self.died or time.monotonic()
        self._watch.cancel()
        return code

    def _holds(self) -> bool:
        try:
            return self.holder.read_text() == f"{self.process.pid}\n"
        except FileNotFoundError:
            return False
