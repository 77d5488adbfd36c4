"""How many files and connections this process may have open at once."""

from __future__ import annotations

from contextlib import suppress

WANTED = 4_096
"""Enough for 1,000 streams, and for the journals and locks of all the books that are open at once."""


def make_room() -> None:
    """Let as many be open as a run may want, as far as the system lets a process decide that for itself.

    Many systems begin with 1,024 and allow more to whoever asks.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(
            OSError, ValueError
        ):  # then the run has what it has, and says so where that is not enough
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
