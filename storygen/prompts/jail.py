"""A process for strangers' templates, which can open nothing and is ended in time.

The sandbox is the first wall, this is the second: whatever a template makes of it, there is no file, no
network and no environment in there, 512 MiB of memory and a few seconds. `cell` is what runs inside.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from os import close, fdopen, pipe
from pathlib import Path
from typing import IO, Any, NamedTuple

import jinja2
import markupsafe

import storygen
from storygen.errors import TemplateError
from storygen.prompts.frames import read_frame, write_frame

STARTING = 30.0
"""Seconds until the process is there, whatever else the machine is doing."""

_PROGRAM = "import sys; sys.path[:0] = sys.argv[1:]; from storygen.prompts.cell import main; main()"
_HOMES = dict.fromkeys(str(Path(str(each.__file__)).parents[1]) for each in (storygen, jinja2, markupsafe))
"""The folders that the process imports from, besides Python's own."""

_ENVIRONMENT = {"SYSTEMROOT": r"C:\Windows"} if sys.platform == "win32" else {}
"""Nothing, where a program can start with that."""

_OUT_OF_TIME = {-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL")}


class Ended(Exception):
    """The process ended, or was ended, before it answered; `late` is whether it took too long."""

    def __init__(self, *, late: bool) -> None:
        """Say whether it took too long."""
        super().__init__(late)
        self.late = late


class Jail:
    """At most one process, started when it is first needed and again after it was ended."""

    def __init__(self) -> None:
        """Begin without one."""
        self._process: _Process | None = None
        self._lock = threading.Lock()

    @property
    def unlimited(self) -> tuple[str, ...]:
        """What this system cannot limit: nothing on Linux. Raises TemplateError."""
        with self._lock:
            return self._running().unlimited

    def ask(self, request: Mapping[str, object], *, patience: float) -> Any:  # noqa: ANN401 - by its verb
        """Return the answer to *request*. Raises Ended where there is none after *patience* seconds."""
        with self._lock:
            process = self._running()
            try:
                return process.ask(request, patience=patience)
            except (OSError, EOFError, ValueError) as error:
                self._process = None
                raise Ended(late=process.end() in _OUT_OF_TIME) from error

    def _running(self) -> _Process:
        if self._process is None:
            self._process = _start()
            weakref.finalize(self, self._process.end)
        return self._process


@cache
def the_jail() -> Jail:
    """Return the one jail of this program."""
    return Jail()


class _Process(NamedTuple):
    """A process with what goes in and what comes out of it."""

    popen: subprocess.Popen[bytes]
    inlet: IO[bytes]
    outlet: IO[bytes]
    unlimited: tuple[str, ...] = ()

    def ask(self, request: object, *, patience: float) -> Any:  # noqa: ANN401
        with self.ended_after(patience):
            write_frame(self.inlet, request)
            return read_frame(self.outlet)

    @contextmanager
    def ended_after(self, seconds: float) -> Iterator[None]:
        """Kill the process where what is done here takes longer; whoever reads from it reads its end then."""
        timer = threading.Timer(seconds, self.popen.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def end(self) -> int:
        """End the process, whatever it is doing, and return the code that it ended with."""
        self.popen.kill()
        for each in (self.inlet, self.outlet):
            with suppress(OSError):
                each.close()
        return self.popen.wait()


def _start() -> _Process:
    """Start a process and wait until it has given up its rights. Raises TemplateError where that fails."""
    its_inlet, inlet = pipe()
    outlet, its_outlet = pipe()
    try:
        popen = subprocess.Popen(  # noqa: S603 - this Python, with a program of ours
            [sys.executable, "-I", "-S", "-c", _PROGRAM, *_HOMES],
            stdin=its_inlet,
            stdout=its_outlet,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd=Path(sys.executable).anchor,
            start_new_session=True,  # Ctrl-C is for this program, which may still want an answer
        )
    except OSError as error:
        close(inlet)
        close(outlet)
        raise _unstartable(error.strerror or str(error)) from error
    finally:
        close(its_inlet)
        close(its_outlet)
    process = _Process(popen, fdopen(inlet, "wb"), fdopen(outlet, "rb"))
    try:
        with process.ended_after(STARTING):
            return process._replace(unlimited=tuple(read_frame(process.outlet)))
    except (OSError, EOFError, ValueError) as error:
        raise _unstartable(f"it ended with code {process.end()}") from error


def _unstartable(why: str) -> TemplateError:
    return TemplateError(
        f"own templates are rendered in a process of their own, which cannot be started: {why}",
        "move templates/ away to write with the shipped ones",
    )
