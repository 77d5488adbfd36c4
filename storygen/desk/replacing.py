"""Puts another text in the place of a section's own, as its author would."""

from __future__ import annotations

from storygen.book.record import hash_text
from storygen.book.versions import Version
from storygen.desk.keeping import Keeper
from storygen.outline.tree import Section


def replace_text(keeper: Keeper, section: Section, text: str) -> int:
    """Put *text* in the place of the draft of *section*, and return the version that it replaces.

    It is its author's then, as after any edit.
    """
    before = hash_text(keeper.shelved.drafts[section.id].text)
    versions = keeper.shelve_partial(section)
    row = keeper.shelved.record.sections.get(section.id)
    keeper.bring_back(section, Version(0, text, 0.0, written=row))
    return next(each.number for each in versions if hash_text(each.text) == before)
