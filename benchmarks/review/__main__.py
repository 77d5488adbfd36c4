"""Review a book of a million words and print one table: `python -m benchmarks.review`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from storygen.outline.tree import Level, Outline, Section, Style, WordTarget
from storygen.rehearsal.card import Card
from storygen.rehearsal.section import section as rehearsed
from storygen.review.conventions import Conventions
from storygen.review.page import Piece
from storygen.review.report import review
from storygen.review.stock import shipped_stock, stock_of
from storygen.text.words import count_words, plain_words

BREAK = "\f"
"""What stands between two sections in the file that all measures read."""

_SECTION_WORDS = 1_000
_GRAM = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; 1 if a target is missed."""
    options = _parser().parse_args(arguments)
    if options.measure:
        print(json.dumps(_measure(options.measure, options.file)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book.txt"
        book.write_text(BREAK.join(_texts(options.words)), encoding="utf-8")
        found = {name: _child(name, book, repeats=options.repeats) for name in MEASURES}
    for line in _table(found):
        print(line)
    targets = list(_targets(found))
    for line in ("", *(f"{'met   ' if met else 'MISSED'}  {text}" for met, text in targets)):
        print(line)
    if options.output:
        options.output.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return 0 if all(met for met, _ in targets) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.review", description=__doc__)
    parser.add_argument("--words", type=int, default=1_000_000, help="words of the book (default: a million)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each, of which the middle one counts")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write one JSON as well")
    parser.add_argument("--measure", choices=MEASURES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    return parser


def _texts(words: int) -> Iterator[str]:
    """Yield sections by the built-in model: every one another, with dialogue, in paragraphs."""
    for number in range(max(1, words // _SECTION_WORDS)):
        card = Card(title=f"Section {number}", words=_SECTION_WORDS, beats=(f"Ines counts {number} lamps.",))
        yield rehearsed(card, 1)


def _child(name: str, book: Path, *, repeats: int) -> dict[str, float]:
    """Take one measure in processes of their own, and return the middle one of the runs."""
    command = [sys.executable, "-m", "benchmarks.review", "--measure", name, "--file", str(book)]
    runs = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - ourselves
        for _ in range(repeats)
    ]
    return dict(sorted(runs, key=lambda run: run["seconds"])[len(runs) // 2])


def _measure(name: str, book: Path) -> dict[str, float]:
    idle = _peak()
    texts = book.read_text(encoding="utf-8").split(BREAK)
    started = time.process_time()
    result = MEASURES[name](texts)
    seconds = time.process_time() - started
    return {"bytes": book.stat().st_size, "seconds": seconds, "memory": _peak() - idle, "result": result}


def _peak() -> int:
    """Return the most memory that this process has had, in bytes; what its parent had is no part of it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024


def _count(texts: Sequence[str]) -> int:
    return sum(map(count_words, texts))


def _grams(texts: Sequence[str]) -> int:
    """Count every run of four words, as tools do that keep all of them."""
    words = [word for text in texts for word in plain_words(text)]
    return len(Counter(zip(*(islice(words, skip, None) for skip in range(_GRAM)), strict=False)))


def _review(texts: Sequence[str]) -> int:
    style = Style(person="third", tense="past", quotes="“ ”", avoid=("a testament to",))
    target = WordTarget(900, 1_100)
    sections = [
        Section(f"s{at}", f"Section {at}", at, 1, Level.SCENE, target, style=style)
        for at in range(1, len(texts) + 1)
    ]
    outline = Outline("A long book", Path("outline.yaml"), style=style, nodes=tuple(sections))
    pieces = (Piece(each, text, f"{each.id}.md") for each, text in zip(sections, texts, strict=True))
    conventions = Conventions.of(outline, sources={}, samples={})
    return len(review(conventions, pieces, stock=stock_of(shipped_stock(), "en")).findings)


MEASURES: dict[str, Callable[[Sequence[str]], int]] = {"words": _count, "grams": _grams, "review": _review}


def _table(found: dict[str, dict[str, float]]) -> Iterator[str]:
    size, words = found["words"]["bytes"], found["words"]["result"]
    yield f"{words:,.0f} words, {size / 1e6:.1f} MB, {found['review']['result']:,.0f} findings"
    yield ""
    yield f"{'':<28}{'seconds':>9}{'MB/s':>8}{'÷ count':>9}{'memory':>10}{'÷ text':>8}"
    names = {"words": "words counted", "grams": "all runs of four kept", "review": "review"}
    for name, run in found.items():
        count = run["seconds"] / found["words"]["seconds"]
        cells = f"{run['seconds']:>9.2f}{size / 1e6 / run['seconds']:>8.2f}{count:>9.1f}"
        yield f"{names[name]:<28}{cells}{run['memory'] / 1e6:>7.0f} MB{run['memory'] / size:>8.1f}"


def _targets(found: dict[str, dict[str, float]]) -> Iterator[tuple[bool, str]]:
    """Hold what was measured against what is wanted."""
    run, count = found["review"], found["words"]
    speed, memory = run["bytes"] / 1e6 / run["seconds"], run["memory"] / run["bytes"]
    yield speed >= 0.8, f"{speed:5.2f} MB a second (≥ 0.8)"
    slower = run["seconds"] / count["seconds"]
    yield slower <= 12, f"{slower:5.1f} times the time of counting words (≤ 12)"
    yield memory <= 15, f"{memory:5.1f} times the text in memory (≤ 15)"


if __name__ == "__main__":
    sys.exit(main())
