"""Whether a book becomes worse as it goes on: a straight line through a measure of its sections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from storygen.draft import Finding
from storygen.review.measures import Measures
from storygen.review.rules import DRIFT

FEWEST = 8
"""Sections that a line is drawn through."""

_WORDS = 200
_QUANTILES = {6: 2.45, 8: 2.31, 10: 2.23, 15: 2.13, 20: 2.09, 30: 2.04, 60: 2.0, 120: 1.98}
"""The 97.5 % quantile of Student's t by degrees of freedom, the next smaller of which counts."""


@dataclass(frozen=True, slots=True)
class Line:
    """The least-squares line through values at even steps from 0 to 1: its slope, and how sure that is."""

    slope: float
    margin: float

    @property
    def rises(self) -> bool:
        """Whether the 95 % interval of the slope lies above nought."""
        return self.slope - self.margin > 0

    @property
    def falls(self) -> bool:
        """Whether it lies below."""
        return self.slope + self.margin < 0


def line(values: Sequence[float]) -> Line:
    """Return the line through *values*, three at least.

    >>> found = line([0.1, 0.2, 0.3, 0.4])
    >>> round(found.slope, 3), round(found.margin, 3)
    (0.3, 0.0)
    """
    size = len(values)
    steps = [at / (size - 1) for at in range(size)]
    middle, mean = sum(steps) / size, sum(values) / size
    spread = sum((step - middle) ** 2 for step in steps)
    slope = sum((step - middle) * (value - mean) for step, value in zip(steps, values, strict=True)) / spread
    rest = sum(
        (value - mean - slope * (step - middle)) ** 2 for step, value in zip(steps, values, strict=True)
    )
    return Line(slope, _quantile(size - 2) * sqrt(rest / (size - 2) / spread))


@dataclass(frozen=True, slots=True)
class _Watched:
    """A measure that a reader feels, and which way it is worse."""

    words: str
    value: Callable[[Measures], float]
    worse_up: bool


_WATCHED = (
    _Watched("the variety of words falls", lambda found: found.variety or 0.0, worse_up=False),
    _Watched("sentences become more alike", lambda found: found.sentences.variation, worse_up=False),
    _Watched("paragraphs become more alike", lambda found: found.paragraphs.variation, worse_up=False),
    _Watched("more and more is said again", lambda found: found.again, worse_up=True),
)


def drifts(measures: Mapping[str, Measures]) -> Iterator[Finding]:
    """Yield a hint for every measure that becomes worse from section to section, beyond chance."""
    texts = [found for found in measures.values() if found.words >= _WORDS and found.variety is not None]
    if len(texts) < FEWEST:
        return
    for watched in _WATCHED:
        values = [watched.value(found) for found in texts]
        found = line(values)
        if found.rises if watched.worse_up else found.falls:
            first, last = _quarters(values)
            how = f"{first:.3f} in the first quarter of the book, {last:.3f} in the last"
            yield Finding(
                DRIFT.name, f"{watched.words}: {how}", help=DRIFT.help, severity=DRIFT.ground.severity
            )


def _quarters(values: Sequence[float]) -> tuple[float, float]:
    size = max(1, len(values) // 4)
    return sum(values[:size]) / size, sum(values[-size:]) / size


def _quantile(freedom: int) -> float:
    return next((value for least, value in reversed(_QUANTILES.items()) if freedom >= least), 3.0)
