"""Which sections a command means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storygen.errors import UsageError
from storygen.outline.tree import Outline, Section
from storygen.text.nearest import nearest


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person named: ids, the first and the last section, how many at most, whether stale ones too."""

    ids: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    limit: int | None = None
    stale: bool = False

    @property
    def everything(self) -> bool:
        """Whether no section is left out."""
        return not (self.ids or self.start or self.end or self.limit)


def find(outline: Outline, id_: str) -> Section:
    """Return the section called *id_*; raises UsageError, with the nearest id, where there is none."""
    for section in outline.sections:
        if section.id == id_:
            return section
    close = nearest(id_, [section.id for section in outline.sections])
    raise UsageError(
        f"{outline.path} has no section `{id_}`",
        f"did you mean `{close}`?" if close else "`storygen status` lists the ids",
    )


def select(outline: Outline, selection: Selection, among: Iterable[Section]) -> tuple[Section, ...]:
    """Return those *among* the sections of *outline* that *selection* means, in reading order."""
    wanted = {find(outline, id_).id for id_ in selection.ids}
    first = find(outline, selection.start).position if selection.start else 0
    last = find(outline, selection.end).position if selection.end else len(outline.sections)
    chosen: Sequence[Section] = [
        section
        for section in among
        if first <= section.position <= last and (not wanted or section.id in wanted)
    ]
    return tuple(chosen[: selection.limit])
