"""Run all seams and print one table: `python -m benchmarks.seams`."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path

from benchmarks.seams.asked import Class, Stance, read_phrases
from benchmarks.seams.baselines import BASELINES
from benchmarks.seams.cuts import HERE, Text, read_texts
from benchmarks.seams.judge import Outcome, discarded, outcomes, pairs
from benchmarks.seams.tally import Count, Tally, tally

SEED = 20_261_122
CUTS = 15


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if a target is missed."""
    options = _parser().parse_args(arguments)
    folder = HERE / ("held-out" if options.held_out else "texts")
    texts = read_texts(folder)
    phrases = read_phrases("replies-held-out.toml" if options.held_out else "replies.toml")
    seams = chain(outcomes(texts, phrases, cuts=options.cuts, seed=options.seed), pairs(phrases))
    misses = _Misses(options.misses)
    counted = tally(seams, also=misses.see)
    thrown = {
        stance: discarded(texts, cuts=options.cuts, seed=options.seed, prefill=stance is Stance.PREFILL)
        for stance in (Stance.PREFILL, Stance.OBEYED)
    }
    digest = corpus_hash(texts)
    lines = [
        f"{len(texts)} texts of {folder.name}, sha256 {digest[:16]}, seed {options.seed}",
        *_table(counted),
    ]
    targets = list(_targets(counted, max(thrown.values())))
    for line in (*lines, "", *(f"{'met   ' if met else 'MISSED'}  {text}" for met, text in targets)):
        print(line)
    if options.output:
        known = {"corpus": folder.name, "sha256": digest, "seed": options.seed, "texts": len(texts)}
        found = (
            known
            | counted.as_json()
            | {"discarded_tokens": {key.value: value for key, value in thrown.items()}}
        )
        options.output.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 0 if all(met for met, _ in targets) else 1


def corpus_hash(texts: Sequence[Text]) -> str:
    """Return the SHA-256 of *texts*, their names, and what simulated models say around them."""
    digest = sha256()
    for data in sorted(HERE.glob("*.toml")):
        digest.update(data.read_bytes())
    for source in texts:
        digest.update(f"{source.name}\0{source.text}\0".encode())
    return digest.hexdigest()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seams", description=__doc__)
    parser.add_argument("--held-out", action="store_true", help="the 20 texts that nothing was tuned on")
    parser.add_argument("--cuts", type=int, default=CUTS, help=f"cuts of each text (default: {CUTS})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"decides cuts and replies (default: {SEED})")
    parser.add_argument(
        "--misses", default="", metavar="NAME", help="show wrong seams of one behaviour, or `all`"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write one JSON as well")
    return parser


def _table(counted: Tally) -> Iterator[str]:
    """Lay out what was counted: right, flagged and silently wrong, in per cent, for each stance.

    Behind them stands what plain joins get exactly right: see `baselines`.
    """
    yield ""
    yield " " * 29 + "seams " + "".join(f"{stance.value:^22}" for stance in Stance)
    yield " " * 35 + "  right  flag  silent " * len(Stance) + "".join(map("{:>8}".format, BASELINES))
    for name, kind, counts in counted.rows():
        yield _row(f"{kind} {name}", counts)
    yield ""
    for expected, counts in counted.classes.items():
        yield _row(f"{expected.value} {expected.name.lower()}", counts)
    yield ""
    for name, counts in counted.families.items():
        yield _row(f"R {name}", counts)


def _row(name: str, counts: dict[Stance, Count]) -> str:
    seams = sum(count.seams for count in counts.values())
    plain = (100 * sum(count.baselines[name] for count in counts.values()) / seams for name in BASELINES)
    cells = "".join(map(_cells, counts.values()))
    return f"{name:<28}{seams:>6} {cells}" + "".join(f"{share:>8.1f}" for share in plain)


def _cells(count: Count) -> str:
    if not count.seams:
        return f"{'–':>7}{'–':>6}{'–':>8} "
    right, flagged, silent = (count.share(field) for field in ("right", "flagged", "silent"))
    return f"{right:>7.2f}{flagged:>6.1f}{silent:>8.2f} "


def _targets(counted: Tally, thrown: float) -> Iterator[tuple[bool, str]]:
    """Hold what was counted against what is wanted."""
    recovered = counted.classes[Class.RECOVERABLE]
    for stance, wanted in ((Stance.OBEYED, 97.0), (Stance.IGNORED, 92.0), (Stance.PREFILL, 92.0)):
        share = recovered[stance].share("exact")
        yield (
            share >= wanted,
            f"{share:6.2f} % of what can be recovered is exact, anchor {stance.value} (≥ {wanted} %)",
        )
    edits = 100 - counted.clean.share("exact")
    yield edits <= 0.1, f"{edits:6.2f} % false edits of clean and legitimate replies (≤ 0.1 %)"
    flags = counted.clean.share("flagged")
    yield flags <= 1, f"{flags:6.2f} % of them flagged, anchor obeyed or prefill (≤ 1 %)"
    ignored = counted.unanchored
    yield (
        ignored.share("exact") >= 99.9,
        (
            f"{100 - ignored.share('exact'):6.2f} % false edits where the anchor was ignored (≤ 0.1 %); "
            f"{ignored.share('flagged'):.0f} % flagged, as they should be"
        ),
    )
    silent = counted.all.share("silent")
    yield silent <= 0.2, f"{silent:6.2f} % silent errors in all (≤ 0.2 %)"
    middle, mean, late = counted.microseconds
    yield mean < 1000, f"{mean:6.0f} µs a seam; median {middle:.0f}, p99 {late:.0f} (< 1000)"
    yield thrown <= 25, f"{thrown:6.1f} tokens thrown away a seam (≤ 25)"
    yield (
        True,
        f"{counted.all.seams:6d} seams, and {counted.unknowable.seams} in which nothing shows what is wrong",
    )


class _Misses:
    """Shows what went wrong, for whoever wants to put it right."""

    def __init__(self, name: str, most: int = 8) -> None:
        """Look for the behaviour *name*, and show each kind of miss at *most* so many times."""
        self.name, self.most = name, most
        self.seen: Counter[tuple[str, Stance]] = Counter()

    def see(self, outcome: Outcome) -> None:
        """Show *outcome* if it is wrong and wanted."""
        kind = (outcome.behaviour, outcome.stance)
        if outcome.right or self.name not in {outcome.behaviour, "all"} or self.seen[kind] >= self.most:
            return
        self.seen[kind] += 1
        old = len(outcome.ask.cut.old)
        lines = {
            f"{outcome.behaviour} ({outcome.expected.value}), {outcome.stance}": outcome.ask.cut.source.name,
            "   kept": outcome.ask.cut.kept[-90:],
            "  reply": outcome.reply.text[:160],
            "   want": outcome.ask.cut.source.text[old : old + 80],
            "    got": outcome.seam.text[old : old + 80],
            f"    {'doubtful' if outcome.flagged else 'sure'}": outcome.seam.why,
        }
        for label, text in lines.items():
            print(f"{label}: {text!r}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
