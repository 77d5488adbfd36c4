"""What can be checked in which language."""

from __future__ import annotations

from storygen.review import attributes, names, spelling, tongue, voice

_CHECKS = {
    "language": tongue.is_known,
    "person": voice.is_checked,
    "tense": voice.is_checked,
    "spelling": spelling.is_checked,
    "names": names.is_checked,
    "eyes and hair": attributes.is_checked,
}


def unchecked(tag: str) -> tuple[str, ...]:
    """Return what nobody can check in the language *tag*, in words: there is no table for it.

    >>> unchecked("en"), unchecked("ja"), unchecked("es")
    ((), ('person', 'tense', 'spelling', 'names', 'eyes and hair'), ('spelling',))
    """
    return tuple(name for name, is_checked in _CHECKS.items() if not is_checked(tag))
