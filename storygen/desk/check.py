"""Looks for mistakes in an outline and everything that it names; sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storygen.draft import Severity
from storygen.outline.read import read

if TYPE_CHECKING:
    from pathlib import Path

    from storygen.draft import Finding
    from storygen.outline.tree import Outline


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found; `outline` is None where it cannot be read."""

    outline: Outline | None
    findings: tuple[Finding, ...]

    def failed(self, *, strict: bool) -> bool:
        """Whether something has to be mended: an error, or with *strict* a warning too."""
        weighty = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        return any(finding.severity in weighty for finding in self.findings)


def check(path: Path) -> Checked:
    """Read the outline at *path* and return all findings at once."""
    reading = read(path)
    return Checked(reading.outline, reading.findings)
