"""A title becomes a name for ids and files."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_APART = re.compile(r"[^a-z0-9]+")
_RESERVED = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]")


def slug(title: str) -> str:
    """Return *title* in lower-case ASCII letters, digits and hyphens, at most 60 of them.

    Marks are taken off letters; what has no ASCII spelling falls away, so the result may be empty. A name
    that Windows keeps for itself gets a `-1`.

    >>> slug("Das Leuchtfeuer: Ärger & Öl"), slug("CON"), slug("灯台")
    ('das-leuchtfeuer-arger-ol', 'con-1', '')
    """
    plain = unicodedata.normalize("NFKD", title.casefold().replace("'", "").replace("’", "")).translate(
        _LETTERS
    )
    name = _APART.sub("-", plain.encode("ascii", "ignore").decode()).strip("-")
    name = _shortened(name)
    return f"{name}-1" if _RESERVED.fullmatch(name) else name


def _shortened(name: str) -> str:
    """Cut *name* behind a whole word, or anywhere if its first word is too long already."""
    if len(name) <= LONGEST:
        return name
    whole = name[: LONGEST + 1].rpartition("-")[0]
    return whole or name[:LONGEST]
