"""A terminal that `storygen` runs in, and the person before it."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.faults.author import HEARS, PATIENCE, STORYGEN, Author

CTRL_C = "\x03"


@dataclass(slots=True)
class Terminal:
    """Its one process, and all that was `shown` so far."""

    process: subprocess.Popen[bytes]
    side: int
    shown: str = ""

    def press(self, key: str) -> None:
        """Press *key*."""
        os.write(self.side, key.encode())

    @property
    def lines(self) -> list[str]:
        """What a person sees of it: its lines, after all that was written over others."""
        lines, row = [""], 0
        for piece in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", self.shown):
            match piece:
                case "\x1b[1A":
                    row -= 1
                case "\x1b[2K":
                    lines[row] = ""
                case "\n":
                    row += 1
                    lines += [""] * (row == len(lines))
                case _ if piece[0] not in "\x1b\r":
                    lines[row] += piece
        return lines

    def wait_for(self, words: str) -> None:
        """Read until *words* are on the screen."""
        while words not in self.shown:
            assert self._read(), f"“{words}” never came, only “{self.shown}”"

    def close(self) -> None:
        """Close the window."""
        os.close(self.side)
        self.side = -1

    def ended(self) -> int:
        """Read to the end, and return how the process ended, as `Ran.code` does."""
        while self.side >= 0 and self._read():
            pass
        code = self.process.wait(PATIENCE)
        assert "Traceback" not in self.shown, self.shown
        return code

    def _read(self) -> bool:
        if not select.select([self.side], [], [], PATIENCE)[0]:
            return False
        with suppress(OSError):  # how a terminal ends on Linux
            more = os.read(self.side, 4_096)
            self.shown += more.decode(errors="replace")
            return bool(more)
        return False


@contextmanager
def terminal(author: Author, *arguments: str, through: Sequence[str] = ()) -> Iterator[Terminal]:
    """Run `storygen` in a terminal of its own."""
    side, screen = pty.openpty()
    process = subprocess.Popen(
        ["setsid", "--ctty", *HEARS, *through, STORYGEN, *arguments],
        cwd=author.folder,
        env={**author.environ, "TERM": "xterm"},
        stdin=screen,
        stdout=screen,
        stderr=screen,
    )
    os.close(screen)
    seen = Terminal(process, side)
    try:
        yield seen
    finally:
        process.kill()
        process.wait()
        if seen.side >= 0:
            seen.close()
