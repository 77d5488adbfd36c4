"""What bears out a section of documentation: all that its prompt had, read as it is now."""

from __future__ import annotations

from storygen.desk.commission import material_of
from storygen.desk.project import Project
from storygen.errors import FileError
from storygen.outline.tree import Section, SourceRef
from storygen.review.evidence import Evidence, Witness, words_of


class EvidenceOf:
    """Gives the evidence for the sections of a project; every source is read, or run, once."""

    def __init__(self, project: Project) -> None:
        """Read the sources of *project*, commands among them only where that is allowed."""
        self._material, self._allowed = material_of(project), project.settings.allow_commands
        self._author = Witness.of(words_of(project.outline))
        self._read: dict[SourceRef, Witness | str] = {}

    def __call__(self, section: Section) -> Evidence:
        """Return what bears out *section*, and which of its sources could not be looked at."""
        found = [self._witness(ref) for ref in self._material.refs(section)]
        witnesses = [each for each in found if isinstance(each, Witness)]
        unseen = [each for each in found if isinstance(each, str)]
        return Evidence((self._author, *witnesses), tuple(unseen))

    def _witness(self, ref: SourceRef) -> Witness | str:
        """Return what *ref* says, its name included, or in words what could not be looked at."""
        if ref not in self._read:
            self._read[ref] = self._look(ref)
        return self._read[ref]

    def _look(self, ref: SourceRef) -> Witness | str:
        if ref.run and not self._allowed:
            return f"the output of `{ref.run}` (--allow-commands)"
        try:
            return Witness.of(f"{ref.name}\n{self._material.text(ref)}")
        except FileError as error:
            return error.message
