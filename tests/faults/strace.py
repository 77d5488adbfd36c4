"""What happens at a chosen call of the system: a kill, or an error, by way of strace."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CALLS = ("write", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "unlink", "mkdir", "sendto")
"""All by which a run changes anything: files, their names, what the server hears."""

_STRACE = ("strace", "--follow-forks", "-qq", "--decode-fds=path,socket", "--string-limit=0")
_LINE = re.compile(r"(\d+) +(\w+)\(")


@dataclass(frozen=True, slots=True)
class Call:
    """The call `name` for the time `number`, counted from 1."""

    name: str
    number: int

    def __str__(self) -> str:
        """Spell it as people count."""
        return f"{self.name} {self.number}"


def tracing(trace: Path) -> tuple[str, ...]:
    """Return the command that runs another and writes its CALLS to *trace*."""
    return (*_STRACE, "-o", str(trace), "-e", f"trace={','.join(CALLS)}")


def striking(call: Call, what: str, trace: Path) -> tuple[str, ...]:
    """Return the command that runs another as `tracing` does, and at *call* does *what*, as `error=EIO`."""
    return (*tracing(trace), "-e", f"inject={call.name}:{what}:when={call.number}")


def read_calls(trace: Path) -> list[Call]:
    """Return the calls of the process that *trace* begins with, in their order."""
    lines = [match for line in trace.read_text(encoding="utf-8").splitlines() if (match := _LINE.match(line))]
    counts: Counter[str] = Counter()
    calls = []
    for line in lines:
        if line[1] == lines[0][1]:
            counts[line[2]] += 1
            calls.append(Call(line[2], counts[line[2]]))
    return calls


def spread(calls: Sequence[Call], many: int) -> list[Call]:
    """Return so *many* of *calls*, evenly spread, the first and the last among them."""
    if many >= len(calls):
        return list(calls)
    return [calls[round(at * (len(calls) - 1) / (many - 1))] for at in range(many)]


@cache
def why_not() -> str:
    """Return why no process can be traced here, and nothing if it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run([*_STRACE, "-e", "trace=none", "true"], capture_output=True, check=False)
    return f"strace cannot trace here: {tried.stderr.decode().strip()}" if tried.returncode else ""
