"""Who acts in a section: a name and the pronouns that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """Which pronouns a figure takes."""

    SHE = "she"
    HE = "he"
    I = "I"  # noqa: E741 (the narrator calls himself so)


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody who acts and speaks; the name is empty where nobody gave one."""

    name: str
    kind: Kind
