"""Breaks every promise on purpose and shows that its tests notice: `python -m tests.saboteurs [I-5 ...]`.

Each saboteur gets a copy of the code, and there the tests of its promise have to turn red. Without any, the
same tests have to be green.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.saboteurs.promises import Promise, Saboteur, read_saboteurs
from tests.saboteurs.workshop import Blunt, Outcome, apply, copy_tree, try_tests


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, and whether it is as it should be."""

    promise: str
    saboteur: str
    tests: int
    result: str
    good: bool
    said: str = ""


def sabotage(saboteur: Saboteur) -> Row:
    """Let *saboteur* spoil a copy of the code, and see whether the tests of its promise notice."""
    promise = saboteur.promise
    row = partial(Row, promise.name, saboteur.name, len(promise.tests))
    outcome = _tried(promise.tests, lambda tree: apply(saboteur.patch, tree))
    if isinstance(outcome, Blunt):
        return row("PROVES NOTHING", good=False, said=str(outcome))
    result = f"caught by {outcome.first.rpartition('::')[2]}" if outcome.red else "NOT CAUGHT"
    return row(result, good=outcome.red, said=outcome.said)


def leave_alone(promises: Iterable[Promise]) -> Row:
    """Run the tests of all *promises* on an honest copy of the code."""
    tests = tuple(dict.fromkeys(test for promise in promises for test in promise.tests))
    row = partial(Row, "all", "nobody", len(tests))
    outcome = _tried(tests, lambda _: None)
    if isinstance(outcome, Blunt):
        return row("PROVES NOTHING", good=False, said=str(outcome))
    return row("RED" if outcome.red else "green", good=not outcome.red, said=outcome.said)


def _tried(tests: tuple[str, ...], change: Callable[[Path], None]) -> Outcome | Blunt:
    with tempfile.TemporaryDirectory(prefix="saboteur-") as folder:
        tree = copy_tree(Path(folder))
        try:
            change(tree)
            return try_tests(tree, tests)
        except Blunt as blunt:
            return blunt


def check_patches(saboteurs: Iterable[Saboteur]) -> list[str]:
    """Return what is wrong with the patches of *saboteurs*: those that do not apply any more."""
    wrong = []
    with tempfile.TemporaryDirectory(prefix="saboteur-") as folder:
        tree = copy_tree(Path(folder))
        for saboteur in saboteurs:
            try:
                apply(saboteur.patch, tree, only_check=True)
            except Blunt as blunt:
                wrong.append(str(blunt))
    return wrong


def show(rows: Iterable[Row]) -> bool:
    """Print *rows* as they come, then what the bad ones said; return whether all are good."""
    bad = []
    for row in rows:
        print(f"{row.promise:5} {row.saboteur:45} {row.tests:>3} tests  {row.result}", flush=True)
        bad += [] if row.good else [row]
    for row in bad:
        print(f"\n== {row.promise}, {row.saboteur}: {row.result}\n{row.said}")
    return not bad


def rows_of(saboteurs: Sequence[Saboteur], *, jobs: int) -> Iterator[Row]:
    """Yield the row of each of *saboteurs* in turn, *jobs* of them at once, and last that of nobody."""
    promises = {saboteur.promise.name: saboteur.promise for saboteur in saboteurs}
    with ThreadPoolExecutor(jobs) as pool:
        honest = pool.submit(leave_alone, promises.values())
        yield from pool.map(sabotage, saboteurs)
        yield honest.result()


def named(word: str) -> tuple[Saboteur, ...]:
    """Return the saboteurs that *word* names, by their promise or by a part of their own name."""
    return tuple(each for each in read_saboteurs() if word == each.promise.name or word in each.patch.stem)


def main() -> int:
    """Do what the command line says; 0 if every saboteur was caught and nothing was red without one."""
    parser = argparse.ArgumentParser(prog="python -m tests.saboteurs", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="PROMISE", help="I-1 to I-24, or part of a patch's name")
    parser.add_argument("--apply-only", action="store_true", help="only see whether every patch applies")
    parser.add_argument("--jobs", type=int, default=2, help="copies at once (2)")
    arguments = parser.parse_args()
    if strange := [word for word in arguments.words if not named(word)]:
        parser.error(f"no saboteur is called {', '.join(strange)}")
    saboteurs = [each for word in arguments.words or ["i-"] for each in named(word)]
    wrong = check_patches(saboteurs)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    if wrong or arguments.apply_only:
        return len(wrong) > 0
    good = show(rows_of(saboteurs, jobs=arguments.jobs))
    print(f"\n{len(saboteurs)} saboteurs: {'all' if good else 'NOT ALL'} caught")
    return not good


if __name__ == "__main__":
    sys.exit(main())
