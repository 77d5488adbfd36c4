"""Text that neither the journal nor the book could take goes to the user's own folder, or else to stdout."""

from __future__ import annotations

from pathlib import Path

import click

from storygen.desk.rescue import rescued
from storygen.errors import Unsaved


def user_state() -> Path:
    """Return the folder for what belongs to the user and to no book."""
    from platformdirs import user_state_path

    return user_state_path("storygen", appauthor=False)


def rescue(error: Unsaved) -> Unsaved:
    """Put the texts of *error* where there is room, and return it with notes that say where that is."""
    left = rescued(error, user_state())
    for _, text in left.texts:
        click.echo(text)
    notes = tuple(f"what had come of {section} is on stdout: no disk took it" for section, _ in left.texts)
    return Unsaved(left.message, left.help, notes=(*left.notes, *notes))
