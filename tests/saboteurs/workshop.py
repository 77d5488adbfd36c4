"""A copy of the code for a saboteur to spoil, and an interpreter that runs that copy and no other."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

from tests.saboteurs.promises import TREE

LONGEST = 900
"""Seconds that one run of tests may take; a test that hangs does not count as one that fails."""

_WITHOUT = shutil.ignore_patterns(".*", "__pycache__", "dist", "build", "benchmarks")
_FAILED = 1


class Blunt(Exception):
    """A saboteur that proves nothing: it does not apply, or what it did to the tests is no failure."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What tests came to: all green, or `red` with the name of the first that failed."""

    red: bool
    first: str
    said: str


def copy_tree(folder: Path) -> Path:
    """Copy the code and its tests into *folder* and return where they are."""
    return Path(shutil.copytree(TREE, folder / "tree", ignore=_WITHOUT))


def apply(patch: Path, tree: Path, *, only_check: bool = False) -> None:
    """Change *tree* as *patch* says, a line of context being enough; raise Blunt if it does not apply."""
    result = subprocess.run(
        ["git", "apply", "--recount", "-C1", *(["--check"] if only_check else []), str(patch)],
        cwd=tree,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise Blunt(f"{patch.name} does not apply any more; write it anew: {result.stderr.strip()}")


def try_tests(tree: Path, tests: tuple[str, ...]) -> Outcome:
    """Run *tests* on the code in *tree* until one fails; raise Blunt where they cannot be run to an end."""
    command = [str(_interpreter(tree)), "-m", "pytest", "-n0", "-x", "-q", "--no-header", "--tb=line", "-rf"]
    options = ["-p", "no:cacheprovider", "--hypothesis-profile=first-failure"]
    with subprocess.Popen(
        [*command, *options, *tests],
        cwd=tree,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise Blunt(f"no end after {LONGEST} seconds") from None
    if process.returncode not in {0, _FAILED}:
        raise Blunt(said)
    first = next((line for line in said.splitlines() if line.startswith("FAILED ")), "")
    if bool(first) != bool(process.returncode):
        raise Blunt(said)
    return Outcome(bool(first), first.removeprefix("FAILED ").partition(" - ")[0], said)


def _interpreter(tree: Path) -> Path:
    """Make an interpreter whose `storygen`, in every process that it starts, is the one in *tree*."""
    home = tree.parent / "venv"
    venv.create(home, symlinks=True)
    own = Path(sysconfig.get_path("purelib", "venv", {"base": str(home), "platbase": str(home)}))
    shared = sysconfig.get_path("purelib")
    (own / "tree.pth").write_text(f"{tree}\nimport site; site.addsitedir({shared!r})\n")
    return home / "bin" / "python"
