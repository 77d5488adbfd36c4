"""Small disks that can fill up, turn read-only and break, for as long as a test needs them."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

_CLONE_NEWNS = 0x00020000


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk of its own, mounted at `root`."""

    root: Path

    def fill(self, *, but: int = 0) -> None:
        """Fill it up, all *but* so many bytes."""
        with suppress(OSError), (self.root / "fill").open("wb", buffering=0) as file:
            while shutil.disk_usage(self.root).free > but:
                file.write(bytes(4_096))

    def free(self) -> None:
        """Take away what fills it."""
        (self.root / "fill").unlink()

    def remount(self, how: str) -> None:
        """Change it while it is mounted: `ro`, `rw`, or `abort`, as a kernel does that has met an error."""
        _run("mount", "-o", f"remount,{how}", str(self.root))


@contextmanager
def in_memory(root: Path, size: str) -> Iterator[Disk]:
    """Mount an empty disk of *size* at *root*, which lies in memory; skip the test where that cannot be."""
    with _mounted(root, "-t", "tmpfs", "-o", f"size={size}", "tmpfs"):
        yield Disk(root)


@contextmanager
def ext4(root: Path, megabytes: int) -> Iterator[Disk]:
    """Mount an empty disk with the file system ext4 at *root*; skip the test where that cannot be."""
    image = root.with_name(f"{root.name}.img")
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("there is no mkfs.ext4 to make a disk with")
    _run("mkfs.ext4", "-q", str(image))
    with _mounted(root, "-o", "loop", str(image)):
        yield Disk(root)


@contextmanager
def _mounted(root: Path, *what: str) -> Iterator[None]:
    if why := _apart():
        pytest.skip(why)
    root.mkdir()
    done = subprocess.run(["mount", *what, str(root)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        _run("umount", "--lazy", str(root))


@cache
def _apart() -> str:
    """Let this process have mounts of its own, which end with it; return why that cannot be, if it cannot."""
    if sys.platform != "linux" or os.geteuid():
        return "only root can mount a disk"
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS):
        return f"this process may not mount: {os.strerror(ctypes.get_errno())}"
    _run("mount", "--make-rprivate", "/")
    return ""


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
