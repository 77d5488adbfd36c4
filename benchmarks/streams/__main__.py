"""Have one `storygen write` take in many streams at once: `python -m benchmarks.streams`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.streams.server import text_of

STREAMS = 500
SECONDS = 60.0
PACE = 0.05
MEMORY = 1 << 30


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a run: streams at once, events taken in, texts that lost a byte, peak memory, CPU time."""

    together: int
    events: int
    lost: int
    memory: int
    cpu: float
    wall: float
    code: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if a byte is lost or too much memory is taken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streams", description=__doc__)
    parser.add_argument("--streams", type=int, default=STREAMS, help=f"at once (default: {STREAMS})")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"so long (default: {SECONDS:.0f})")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), options.streams, options.seconds)
    held = found.together == options.streams and found.code == 0
    met = held and found.lost == 0 and found.memory <= MEMORY
    pace, cpu = 1 / PACE, 1e6 * found.cpu / found.events
    print(f"{found.together:,} streams at once, {pace:.0f} events a second each, for {options.seconds:.0f} s")
    print(f"{found.events:,} events in {found.wall:.0f} s; {cpu:.0f} µs of CPU an event")
    print(f"{found.lost} texts with a byte lost; {found.memory / 2**20:,.0f} MiB at the most (≤ 1,024)")
    print("met" if met else f"MISSED (exit code {found.code})")
    return 0 if met else 1


def run(folder: Path, streams: int, seconds: float) -> Found:
    """Write a book of as many pages as there are *streams*, and compare every draft with what was sent."""
    titles = "".join(f"  - title: Page {number}\n" for number in range(streams))
    words = streams * min(1000, int(seconds / PACE))  # fewer than come: nobody asks for more
    (folder / "outline.yaml").write_text(f"title: T\nkind: docs\nwords: {words}\npages:\n{titles}", "utf-8")
    serve = [sys.executable, "-m", "benchmarks.streams.server", str(streams), str(seconds), str(PACE)]
    with subprocess.Popen(  # noqa: S603 - our own server
        serve, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None  # noqa: S101 - it was asked for
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        began = time.monotonic()
        write = [sys.executable, "-m", "storygen", "write", "-q", "--jobs", str(streams), "--base-url", url]
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*write, "--model", "m"], cwd=folder, env={**os.environ, "STORYGEN_API_KEY": "k"}
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        told = json.loads(server.stdout.readline() or "{}")
    sent = told.get("sent", {})
    lost = sum(text != text_of(page, sent[str(page)]) for page, text in _drafts(folder, streams))
    return Found(
        told.get("most", 0),
        sum(sent.values()),
        lost,
        usage.ru_maxrss * 1024,
        usage.ru_utime + usage.ru_stime,
        wall,
        process.returncode,
    )


def _drafts(folder: Path, streams: int) -> Iterator[tuple[int, str]]:
    for page in range(streams):
        (path,) = (folder / "drafts").glob(f"*-page-{page}.md")
        yield page, path.read_text("utf-8").split("---\n", 2)[2].strip("\n")


if __name__ == "__main__":
    sys.exit(main())
