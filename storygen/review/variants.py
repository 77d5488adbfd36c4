"""Two ways of writing the same thing, of which a book keeps to one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from storygen.draft import Finding
from storygen.review.page import Page, Piece
from storygen.review.rules import Rule


@dataclass(frozen=True, slots=True)
class Use:
    """One form in one section: where it first stands, what to say of it, how often it is there."""

    piece: Piece
    span: tuple[int, int]
    message: str
    count: int = 1


class Mix:
    """Collects what forms a book uses; when it is over, those that are in the minority are findings."""

    def __init__(self, rule: Rule) -> None:
        """Report under *rule*."""
        self._rule = rule
        self._uses: dict[str, list[Use]] = {}
        self._counts: Counter[str] = Counter()

    def add(self, form: str, uses: Iterable[Use]) -> None:
        """Take note of *uses* of *form*."""
        for use in uses:
            self._uses.setdefault(form, []).append(use)
            self._counts[form] += use.count

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for every use of a form but the commonest; of equals the first seen stays."""
        for form, _ in self._counts.most_common()[1:]:
            for use in self._uses[form]:
                yield Page(use.piece).finding(self._rule, use.span, use.message)
