"""Lets the narrator of an English beat say I; the verbs are put right afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_AFTER_OBJECT = (
    r"(?=[.,;:!?]|$| (?:and|to|in|on|at|with|from|by|off|over|about|for|up|down|out|away|back|again)\b)"
)


def as_narrator(beat: str, *, narrator: str, names: Iterable[str], verb: Callable[[str], bool]) -> str:
    """Return *beat* with I, me and my for *narrator*, and for pronouns where nobody else is named.

    *verb* says of a word whether it is a finite verb, so that the name before it was a subject.

    >>> names, finite = ["Anna", "Tom"], {"finds", "is"}.__contains__
    >>> as_narrator("Anna finds her bag; Tom helps Anna.", narrator="Anna", names=names, verb=finite)
    'I finds her bag; Tom helps me.'
    >>> as_narrator("Anna finds her bag.", narrator="Anna", names=names, verb=finite)
    'I finds my bag.'
    """
    name = re.escape(narrator)
    alone = not any(other in beat for other in names if other != narrator)
    told = re.sub(rf"\b{name} and ([A-Z]\w+)", r"\1 and I", beat)
    told = re.sub(rf"\b{name}['’]s\b", "my", told)
    told = re.sub(rf"\b{name}\b(?: (\w+))?", lambda found: _case(found, verb), told)
    return _pronouns(told) if alone and told != beat else told


def _case(found: re.Match[str], verb: Callable[[str], bool]) -> str:
    after = found[1] or ""
    subject = verb(after.lower()) or after.endswith("ly") or found.start() == 0
    return f"{'I' if subject else 'me'} {after}".rstrip()


def _pronouns(beat: str) -> str:
    told = re.sub(r"\b(?:herself|himself)\b", "myself", beat)
    told = re.sub(r"\b(?:she|he)\b", "I", told, flags=re.IGNORECASE)
    told = re.sub(rf"\b(?:her{_AFTER_OBJECT}|him\b)", "me", told)
    return re.sub(r"\b(?:her|his)\b", "my", told)
