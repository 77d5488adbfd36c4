from __future__ import annotations

import gzip
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.servers.replies import beginning, event
from tests.servers.scripted import Behaviour, Floods, Says, ScriptedServer, Streams

MIB = 1 << 20
ORDINARY = Says("The last boat lay at the pier, and nobody had lit its lamps. Ines boarded with her toolbox.")
BEGUN = b"".join(beginning("The last boat lay at the pier. ", model="m"))
BOMB = gzip.compress(bytes(64 * MIB))
LONG = event("content_block_delta", index=0, delta={"type": "text_delta", "text": f"{'x' * 9_999}\n" * 10})
TINY = event("content_block_delta", index=0, delta={"type": "text_delta", "text": "a"})
BRIEF = {"STORYGEN_TIMEOUT_PROGRESS": "0.5", "STORYGEN_TIMEOUT_ATTEMPT": "0.5", "STORYGEN_RETRIES": "0"}


def peak(tale: Path, behaviour: Behaviour, **environ: str) -> tuple[int, int, int]:
    """Write a section in a process of its own; return its largest size in bytes, exit code and requests."""
    with ScriptedServer(lambda _: behaviour) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "storygen", "write", "--limit", "1"],
            cwd=tale.parent,
            env={
                "PATH": os.environ["PATH"],
                "HOME": os.environ["HOME"],
                "ANTHROPIC_BASE_URL": server.url,
                "ANTHROPIC_API_KEY": "sk-ant-sentinel",
                **environ,
            },
            stderr=subprocess.DEVNULL,
        )
        resource.prlimit(
            process.pid, resource.RLIMIT_AS, (4_096 * MIB, 4_096 * MIB)
        )  # for this machine's sake
        last = threading.Timer(60, process.kill)  # a run without end fails here, and takes nothing with it
        last.start()
        _, status, used = os.wait4(process.pid, 0)
        last.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        return used.ru_maxrss * 1_024, process.returncode, len(server.asked)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> int:
    """Return how large an ordinary run becomes."""
    outline = tmp_path_factory.mktemp("usual") / "outline.yaml"
    outline.write_text("title: T\nsections: [One]\n")
    size, code, _ = peak(outline, ORDINARY)
    assert 0 == code
    return size


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own measure of a process, in KiB")
@pytest.mark.parametrize(
    ("behaviour", "environ", "code"),
    [
        (Streams(BOMB, headers={"content-encoding": "gzip"}), {}, 4),
        (Floods(b"x" * 65_536), {}, 4),
        (Floods(b"x" * 65_536, head=BEGUN), {}, 1),
        (Floods(b"data: x\n" * 8_192), {}, 4),
        (Floods(b": comment\n\n" * 8_192, head=BEGUN), BRIEF, 1),
        (Floods(TINY * 1_000, head=BEGUN), BRIEF, 1),
        (Floods(LONG, head=BEGUN), {}, 1),
    ],
    ids=[
        "gzip bomb",
        "endless line",
        "endless line after text",
        "endless event",
        "endless comments",
        "endless events",
        "endless text",
    ],
)
def test_nothing_that_a_server_sends_fills_the_memory(
    tale: Path, usual: int, behaviour: Behaviour, environ: dict[str, str], code: int
) -> None:
    size, ended, asked = peak(tale, behaviour, **environ)

    assert (code, 1) == (ended, asked)
    assert size - usual < 300 * MIB
