"""Finds a place for text that the journal could not take."""

from __future__ import annotations

from pathlib import Path

from storygen.errors import FileError, Unsaved
from storygen.files.aside import put_aside
from storygen.text.slug import slug


def rescued(error: Unsaved, folder: Path) -> Unsaved:
    """Put the texts of *error* into new files in *folder*.

    Return it with notes that say where they are, and with the texts that found no place there.
    """
    left, notes = [], []
    for section, text in error.texts:
        try:
            path = put_aside(folder, f"rescued-{slug(section) or 'section'}", text)
        except FileError:
            left.append((section, text))
        else:
            notes.append(f"what had come of {section} is in {path}")
    return Unsaved(error.message, error.help, notes=(*error.notes, *notes), texts=tuple(left))
