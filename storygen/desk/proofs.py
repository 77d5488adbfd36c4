"""Reads every draft as it ends, and says what in it does not keep to the outline; nothing is asked for it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from storygen.desk.project import Project
from storygen.desk.review import material_of
from storygen.draft import Draft, DraftStatus
from storygen.outline.tree import Section
from storygen.review.conventions import Conventions, flag_of
from storygen.review.page import Piece
from storygen.writer.events import Noted, Tell


class Proofs:
    """The proofs of one run over the book of *project*; `tell` hears a line about each that has findings."""

    def __init__(self, project: Project, *, tell: Tell) -> None:
        """Read nothing yet."""
        self._project, self._tell = project, tell

    def read(self, section: Section, draft: Draft) -> Draft:
        """Return *draft* with a flag for everything that a person should look at; a part of one as it is."""
        if draft.status is DraftStatus.INCOMPLETE:
            return draft
        findings = list(self._conventions.findings(self._conventions.page(Piece(section, draft.text))))
        if not findings:
            return draft
        more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
        self._tell(Noted(f"{section.id}: {findings[0].message}{more}; see storygen review {section.id}"))
        return replace(draft, flags=tuple(dict.fromkeys((*draft.flags, *map(flag_of, findings)))))

    @cached_property
    def _conventions(self) -> Conventions:
        """What holds in the book; a run that writes nothing never needs it."""
        sources, samples = material_of(self._project)
        return Conventions.of(self._project.outline, sources=sources, samples=samples)


def unread(_: Section, draft: Draft) -> Draft:
    """Return *draft* as it is: what the built-in model writes is made of the words of its card."""
    return draft
