"""Seams counted: how many are right, doubtful, or wrong without a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from statistics import median

from benchmarks.seams.asked import Class, Stance
from benchmarks.seams.baselines import BASELINES
from benchmarks.seams.judge import Outcome

FAMILIES = {
    "Han and kana": {"zh", "ja"},
    "no blanks, or Hangul": {"th", "ko"},
    "right to left": {"ar", "he"},
    "German, French, Spanish": {"de", "fr", "es"},
    "emoji, marks, line ends": {"emoji", "combining", "crlf", "tabs", "separators", "marks"},
}
"""The families of texts whose names do not say what they are."""


@dataclass(slots=True)
class Count:
    """Seams of one sort."""

    seams: int = 0
    right: int = 0
    exact: int = 0
    flagged: int = 0
    silent: int = 0
    baselines: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BASELINES, 0))

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self.seams += 1
        self.right += outcome.right
        self.exact += outcome.exact
        self.flagged += outcome.flagged
        self.silent += outcome.silent
        for name in outcome.baselines:
            self.baselines[name] += 1

    def share(self, field: str) -> float:
        """Return the percentage of *field*."""
        return 100 * float(getattr(self, field)) / self.seams if self.seams else 0.0


class Tally:
    """What became of all seams, by behaviour, by class and by family, each for every stance."""

    def __init__(self) -> None:
        """Begin with none."""
        self.behaviours: dict[tuple[str, Class], dict[Stance, Count]] = defaultdict(_counts)
        self.classes: dict[Class, dict[Stance, Count]] = defaultdict(_counts)
        self.families: dict[str, dict[Stance, Count]] = defaultdict(_counts)
        self.clean = Count()
        self.unanchored = Count()
        self.all = Count()
        self.unknowable = Count()
        self.times: list[int] = []

    def add(self, outcome: Outcome) -> None:
        """Count *outcome* wherever it belongs."""
        self.behaviours[outcome.behaviour, outcome.expected][outcome.stance].add(outcome)
        self.classes[outcome.expected][outcome.stance].add(outcome)
        self.times.append(outcome.took)
        if outcome.expected is Class.UNKNOWABLE:
            self.unknowable.add(outcome)
            return
        self.all.add(outcome)
        if outcome.expected is Class.RECOVERABLE:
            self.families[_family(outcome.family)][outcome.stance].add(outcome)
        goes_on = outcome.behaviour == "goes on" and outcome.expected is Class.RECOVERABLE
        if goes_on or outcome.expected is Class.LEGITIMATE:
            (self.unanchored if outcome.stance is Stance.IGNORED else self.clean).add(outcome)

    @property
    def microseconds(self) -> tuple[float, float, float]:
        """The median, the mean and the 99th percentile of what a seam takes."""
        times = sorted(self.times)
        return median(times) / 1e3, sum(times) / len(times) / 1e3, times[len(times) * 99 // 100] / 1e3

    def rows(self) -> Iterator[tuple[str, str, dict[Stance, Count]]]:
        """Yield the name, the class and the counts of every behaviour."""
        for (name, expected), counts in self.behaviours.items():
            yield name, expected.value, counts

    def as_json(self) -> dict[str, object]:
        """Return everything that was counted as plain data."""
        return {
            "behaviours": [
                {"behaviour": name, "class": kind, **_plain(counts)} for name, kind, counts in self.rows()
            ],
            "classes": {kind.value: _plain(counts) for kind, counts in self.classes.items()},
            "families": {name: _plain(counts) for name, counts in self.families.items()},
            "clean": asdict(self.clean),
            "clean_anchor_ignored": asdict(self.unanchored),
            "all": asdict(self.all),
            "unknowable": asdict(self.unknowable),
            "microseconds": dict(zip(("median", "mean", "p99"), self.microseconds, strict=True)),
        }


def tally(outcomes: Iterable[Outcome], *, also: Callable[[Outcome], None] = lambda _: None) -> Tally:
    """Count *outcomes*, and show each to *also*."""
    counted = Tally()
    for outcome in outcomes:
        counted.add(outcome)
        also(outcome)
    return counted


def _counts() -> dict[Stance, Count]:
    return {stance: Count() for stance in Stance}


def _plain(counts: dict[Stance, Count]) -> dict[str, dict[str, object]]:
    return {stance.value: asdict(count) for stance, count in counts.items() if count.seams}


def _family(name: str) -> str:
    return next((family for family, names in FAMILIES.items() if name in names), name)
