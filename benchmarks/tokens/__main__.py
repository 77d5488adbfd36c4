"""Count what a novel costs to ask for, and print one table: `python -m benchmarks.tokens`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.tokens.novel import Novel, novel_of
from benchmarks.tokens.ours import auto, rolling
from benchmarks.tokens.strategies import PEERS, Prompt, append_only, floor
from storygen.text.tokens import count_tokens

SEED = 20_261_122
LENGTHS = (30, 100, 300)
READ, WRITTEN = 0.1, 1.25
"""What a token costs that is read from the cache, or written to it, in prices of a fresh one."""

SMALLEST = 1_024
"""Tokens of the shortest beginning that a cache holds."""

count = cache(count_tokens)


@dataclass(frozen=True, slots=True)
class Sums:
    """What one strategy sends: tokens of each request, and what all come to with a cache."""

    tokens: tuple[int, ...]
    billed: float

    @property
    def total(self) -> int:
        """All tokens of all requests."""
        return sum(self.tokens)

    def growth(self) -> float:
        """How many times as long prompts are at the end as they are near the beginning."""
        tenth = max(1, len(self.tokens) // 10)
        return sum(self.tokens[-tenth:]) / sum(self.tokens[tenth : 2 * tenth])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tokens", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help=f"decides the novel (default: {SEED})")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write one JSON as well")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = {length: measure(novel_of(Path(folder), length, seed=options.seed)) for length in LENGTHS}
    for line in table(found):
        print(line)
    targets = list(judged(found))
    for met, text in targets:
        print(f"{'met   ' if met else 'MISSED'}  {text}")
    if options.output:
        spelled = {
            str(length): {name: {"total": each.total, "billed": each.billed} for name, each in rows.items()}
            for length, rows in found.items()
        }
        options.output.write_text(
            json.dumps({"seed": options.seed, "sections": spelled}, indent=2) + "\n", "utf-8"
        )
    return 0 if all(met for met, _ in targets) else 1


def measure(novel: Novel) -> dict[str, Sums]:
    """Return what every strategy sends for *novel*, by its name."""
    strategies = {
        **PEERS,
        "append-only, cached": append_only,
        "floor": floor,
        "storygen": rolling,
        "storygen, auto": auto,
    }
    return {name: sums(strategy(novel)) for name, strategy in strategies.items()}


def sums(prompts: Iterable[Prompt]) -> Sums:
    """Add up *prompts* as they follow each other; a cache holds the marked beginnings of them all."""
    tokens: list[int] = []
    billed = 0.0
    held: set[tuple[int, int]] = set()
    for prompt in prompts:
        sizes = [count(part) for part in prompt.parts]
        tokens.append(sum(sizes))
        read, written = _cached(prompt, sizes, held)
        billed += READ * read + WRITTEN * written + (sum(sizes) - read - written)
    return Sums(tuple(tokens), billed)


def _cached(prompt: Prompt, sizes: list[int], held: set[tuple[int, int]]) -> tuple[int, int]:
    """Return how many tokens of *prompt* are read from the cache and how many written, byte for byte."""
    key, total, read = 0, 0, 0
    for part, size in zip(prompt.parts[: prompt.marked], sizes, strict=False):
        key, total = hash((key, part)), total + size
        read = total if (key, total) in held else read
    if total < SMALLEST:
        return 0, 0
    held.add((key, total))
    return read, total - read


def table(found: dict[int, dict[str, Sums]]) -> Iterator[str]:
    """Lay out millions of tokens, and with a cache their price in fresh ones; full history is 1."""
    yield f"{'':<24}" + "".join(f"{f'{length} sections':>16}{'÷ full':>8}{'cached':>9}" for length in found)
    for name in next(iter(found.values())):
        cells = ""
        for rows in found.values():
            each, full = rows[name], rows["full history"]
            cells += f"{each.total / 1e6:>14.2f} M{each.total / full.total:>8.3f}{each.billed / 1e6:>7.2f} M"
        yield f"{name:<24}{cells}"
    yield ""


def judged(found: dict[int, dict[str, Sums]]) -> Iterator[tuple[bool, str]]:
    """Hold what was counted against what is wanted."""
    hundred, thirty = found[100], found[30]
    ours = hundred["storygen"]
    for name, most in (("full history", 0.11), ("bible + tail", 1.5), ("floor", 6.5)):
        ratio = ours.total / hundred[name].total
        yield ratio <= most, f"{ratio:.3f} × the tokens of {name}, 100 sections (≤ {most})"
    growth = ours.growth()
    yield growth <= 1.10, f"{growth:.3f} × as long prompts at the end as near the beginning (≤ 1.10)"
    for rows, length, most in ((hundred, 100, 0.6), (thirty, 30, 1.0)):
        ratio = rows["storygen, auto"].billed / rows["append-only, cached"].billed
        yield (
            ratio <= most,
            f"{ratio:.3f} × the bill of append-only with a cache, {length} sections (≤ {most})",
        )


if __name__ == "__main__":
    sys.exit(main())
