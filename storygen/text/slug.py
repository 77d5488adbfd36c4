"""A title becomes a name for ids and files."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_APART = re.compile(r"[\W_]+")
_RESERVED = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]")


def slug(title: str) -> str:
    """Return *title* in lower-case letters, digits and hyphens, at most 60 of them.

    Letters are spelt in ASCII, without their marks, where they have such a spelling; those of other scripts
    stay, so that every title has a name of its own. What is neither letter nor digit falls away, so the
    result may be empty. A name that Windows keeps for itself gets a `-1`.

    >>> slug("Das Leuchtfeuer: Ärger & Öl"), slug("CON"), slug("灯台の夜"), slug("Глава 1: Буря")
    ('das-leuchtfeuer-arger-ol', 'con-1', '灯台の夜', 'глава-1-буря')
    """
    folded = unicodedata.normalize("NFKC", title.replace("'", "").replace("’", "")).casefold()
    plain = "".join(map(_spelt, unicodedata.normalize("NFKC", folded).translate(_LETTERS)))
    name = _shortened(_APART.sub("-", plain).strip("-"))
    return f"{name}-1" if _RESERVED.fullmatch(name) else name


def _spelt(letter: str) -> str:
    """Return *letter* in ASCII, or as it is where it has no such spelling; nothing for what is no letter."""
    spelling = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return spelling or (letter if letter.isalnum() else "")


def _shortened(name: str) -> str:
    """Cut *name* behind a whole word, or anywhere if its first word is too long already."""
    if len(name) <= LONGEST:
        return name
    whole = name[: LONGEST + 1].rpartition("-")[0]
    return whole or name[:LONGEST]
