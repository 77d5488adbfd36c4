"""What a process can give up, so that a stranger's template cannot have it: memory, time, files."""

from __future__ import annotations

import math
import sys

MEMORY = 512 << 20
"""Bytes of memory, all together."""

SECONDS = 1
"""Of computing, that one template may take; the system counts whole ones, so that it may be one more."""

_PIPES = 3
"""Files that stay open: what comes in, what goes out, and nothing; none can be opened besides."""

if sys.platform == "win32":

    def give_up() -> list[str]:
        """Return what cannot be limited here; whoever waits for an answer still ends what takes too long."""
        return ["memory", "files"]

    def begin() -> None:
        """Do nothing: there is no limit on computing here."""

else:
    import resource

    def give_up() -> list[str]:
        """Give up memory, files and new processes; return what could not be limited here."""
        wanted = {
            "memory": (resource.RLIMIT_AS, MEMORY),
            "files": (resource.RLIMIT_NOFILE, _PIPES),
            "the size of files": (resource.RLIMIT_FSIZE, 0),
            "dumps": (resource.RLIMIT_CORE, 0),
            "processes": (resource.RLIMIT_NPROC, 0),
        }
        return [name for name, (limit, most) in wanted.items() if not _limit(limit, most, most)]

    def begin() -> None:
        """Let what begins now compute for `SECONDS`; the system ends the process after that."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        _limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime) + SECONDS, hard)

    def _limit(limit: int, soft: int, hard: int) -> bool:
        try:
            resource.setrlimit(limit, (soft, hard))
        except (OSError, ValueError):  # a system that does not know it, or has less already
            return False
        return True
