"""Write all books and print one table: `python -m benchmarks.length`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import mean
from typing import TypeAlias

from benchmarks.length.books import Shelved, shelve
from benchmarks.length.simulated import BIASES
from storygen.known_settings import Length

WANTED = (5_000, 20_000, 100_000)
SECTIONS = (1_000, 2_500)
"""How many words a section has: one call, and two stretches."""

SEEDS = 5

Shelves: TypeAlias = Mapping[tuple[int, float, int, Length], Shelved]
"""Books by the words of a section, the bias of the writer, the words wanted, and whether it is steered."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if a target is missed."""
    options = _parser().parse_args(arguments)
    wanted = [words for words in WANTED if words <= options.most]
    seeds = range(options.first, options.first + options.seeds)
    shelves = {
        (section, bias, words, length): shelve(
            bias, wanted=words, section=section, seeds=seeds, length=length
        )
        for section in SECTIONS
        for bias in BIASES
        for words in wanted
        for length in Length
    }
    for line in _table(shelves, wanted):
        print(line)
    targets = list(_targets(shelves, wanted))
    for line in ("", *(f"{'met   ' if met else 'MISSED'}  {text}" for met, text in targets)):
        print(line)
    if options.output:
        options.output.write_text(json.dumps(_as_json(shelves), indent=2) + "\n", "utf-8")
    return 0 if all(met for met, _ in targets) else 1


def of_bias(shelves: Shelves, section: int, bias: float, length: Length) -> Shelved:
    """Return all books that a writer of that *bias* wrote in sections of *section* words."""
    own = [each for key, each in shelves.items() if (key[0], key[1], key[3]) == (section, bias, length)]
    return Shelved(tuple(book for each in own for book in each.books))


def variation(shelves: Shelves, section: int, bias: float, length: Length) -> float:
    """Return how much the length of a book varies, in per cent, over books of the same length alone."""
    own = [each for key, each in shelves.items() if (key[0], key[1], key[3]) == (section, bias, length)]
    return mean(each.variation for each in own)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.length", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"books of each sort (default: {SEEDS})")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first of them (default: 0)")
    parser.add_argument("--most", type=int, default=WANTED[-1], help="leave out books of more words")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write one JSON as well")
    return parser


def _table(shelves: Shelves, wanted: Sequence[int]) -> Iterator[str]:
    """Lay out score, variation and extra calls for every bias and length, and the score without steering."""
    head = "".join(f"{f'{words:,} words':>29}" for words in wanted)
    names = "".join(f"{'S_l':>8}{'LVC':>6}{'calls':>7}{'plain':>8}" for _ in wanted)
    for section in SECTIONS:
        yield f"\nsections of {section:,} words\n  bias{head}\n      {names}"
        for bias in BIASES:
            cells = (
                (shelves[section, bias, words, Length.STEERED], shelves[section, bias, words, Length.PLAIN])
                for words in wanted
            )
            row = "".join(
                f"{own.score:8.1f}{own.variation:6.1f}{own.extra:+7.1f}{plain.score:8.1f}"
                for own, plain in cells
            )
            yield f"  {bias:<4}{row}"
    yield "\nS_l: length score of the whole book; LVC, and calls beyond the ideal ones, in per cent;"
    yield "plain: the score where every section is asked for as planned"


def _targets(shelves: Shelves, wanted: Sequence[int]) -> Iterator[tuple[bool, str]]:
    """Hold what came against what is wanted, each at the bias where it is worst."""
    pairs = [(section, bias) for section in SECTIONS for bias in BIASES]
    scores = {
        (section, bias, words): shelves[section, bias, words, Length.STEERED].score
        for section, bias in pairs
        for words in wanted
    }
    (section, bias, words), least = min(scores.items(), key=lambda each: each[1])
    where = f"bias {bias}, {words:,} words in sections of {section:,}"
    yield least >= 95, f"{least:6.1f}   length score of the whole book where it is least, at {where} (≥ 95)"
    extra = max(of_bias(shelves, section, bias, Length.STEERED).extra for section, bias in pairs)
    yield extra <= 10, f"{extra:6.1f} % more calls than ideal at the worst bias (≤ 10 %)"
    spread = max(variation(shelves, section, bias, Length.STEERED) for section, bias in pairs)
    yield spread <= 5, f"{spread:6.1f} % variation of a book's length at the worst bias (≤ 5 %)"
    plain = min(of_bias(shelves, section, bias, Length.PLAIN).score for section, bias in pairs)
    yield plain < 50, f"{plain:6.1f}   length score at the worst bias without steering, for comparison"


def _as_json(shelves: Shelves) -> list[dict[str, object]]:
    return [
        {
            "section": section,
            "bias": bias,
            "wanted": words,
            "length": length.value,
            "score": each.score,
            "variation": each.variation,
            "extra_calls": each.extra,
            "books": [asdict(book) for book in each.books],
        }
        for (section, bias, words, length), each in shelves.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
