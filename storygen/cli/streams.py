"""The streams that the command line was started with: closed, full, or with nobody at their end."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Deaf(io.FileIO):
    """A way out that loses what it cannot deliver."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def mend() -> None:
    """Give a closed stdout or stderr a place that takes everything; words for nobody stop no run."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = _deaf(sys.stderr) if sys.stderr else _nowhere()


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - until the process ends


def _deaf(stream: TextIO) -> TextIO:
    """Return *stream*, whose terminal may be closed and whose disk may be full, as one that never fails."""
    if sys.platform == "win32":  # its console is no file
        return stream
    out = io.BufferedWriter(_Deaf(stream.fileno(), "w", closefd=False))
    return io.TextIOWrapper(out, encoding=stream.encoding, errors=stream.errors, line_buffering=True)
