"""What a run did, as its caller gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storygen.book.attempts import Spent
from storygen.desk.states import Standing
from storygen.draft import Draft, DraftStatus, total_usage
from storygen.messages import Usage


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did.

    `drafts` are the sections that it wrote, whole or not, `held_back` the ids it did not come to, `standings`
    the whole book as it is now. `costs` and `models` go by id: micro-dollars, None for an unknown price; a
    rehearsal's are what it would have cost. `manuscript` is None where none was compiled. `stale` holds the
    ids of the sections whose text stands although something that it was written from has changed. `spent` is
    the bill of this run, with what is held for requests that were never answered, or not to the end.
    """

    drafts: tuple[Draft, ...]
    held_back: tuple[str, ...]
    standings: tuple[Standing, ...]
    costs: Mapping[str, int | None]
    models: Mapping[str, str]
    rehearsed: bool
    manuscript: Path | None
    stale: tuple[str, ...] = ()
    spent: Spent = field(default_factory=Spent)

    @property
    def cost(self) -> int | None:
        """What all drafts of this run cost, in micro-dollars; None where nobody knows a price."""
        return None if None in self.costs.values() else sum(cost or 0 for cost in self.costs.values())

    @property
    def usage(self) -> Usage:
        """What all drafts of this run used."""
        return total_usage(draft.usage for draft in self.drafts)

    @property
    def whole(self) -> bool:
        """Whether everything that was asked for is written."""
        return not self.held_back and all(draft.status is not DraftStatus.INCOMPLETE for draft in self.drafts)
