"""Kill runs of `storygen write` again and again, and prove that nothing is lost: `python -m tests.soak`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.soak.bench import Bench, uninterrupted
from tests.soak.kills import deck
from tests.soak.report import report
from tests.soak.stories import manual, tale

KILLS = 200
SEED = 20_261_128


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if a promise was broken."""
    options = _parser().parse_args(arguments)
    began, dice = time.monotonic(), Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=options.folder))
    wanted = (uninterrupted(folder / "tale", tale()), uninterrupted(folder / "manual", manual()))
    bench = Bench(folder, wanted, deck(options.kills, dice), dice)
    bench.run(jobs=options.jobs)
    print(f"python -m tests.soak --kills {options.kills} --seed {options.seed}")
    print(report(bench.outcomes))
    print(f"{time.monotonic() - began:.0f} seconds")
    if bench.broken:
        print(f"{folder} holds the books, the servers' logs, and what the processes said")
        return 1
    shutil.rmtree(folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS, help=f"how many (default: {KILLS})")
    parser.add_argument("--jobs", type=int, default=2, help="books at once (default: 2)")
    parser.add_argument("--seed", type=int, default=SEED, help=f"decides every kill (default: {SEED})")
    parser.add_argument("--folder", type=Path, help="where the books go (default: the system's)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
