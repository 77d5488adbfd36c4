"""What somebody probably meant by a word that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 100


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the one of *choices* that is most like *word*, in any case; None if none is like it.

    >>> nearest("wrods", ["words", "must"]), nearest("Ana", ["Anna Reyes", "Anna"]), nearest("x", ["words"])
    ('words', 'Anna', None)
    """
    if len(word) > LONGEST:
        return None
    folded = {choice.casefold(): choice for choice in choices}
    found = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def meant(name: str, names: Iterable[str]) -> str:
    """Return a clause that says what *name* was probably meant to be, or nothing.

    >>> meant("secton", ["section", "book"])
    '; did you mean “section”?'
    """
    close = nearest(name, names)
    return f"; did you mean “{close}”?" if close else ""
