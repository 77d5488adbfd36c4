"""What has to stand in a section to the letter, and whether it does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from storygen.outline.tree import Kind

_TYPED = {"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " "}


def absent(must: Iterable[str], text: str, kind: Kind) -> tuple[str, ...]:
    r"""Return those of *must* that do not stand in *text*, every blank and line end as written, in code too.

    In documentation every mark counts: a command with curly quotation marks is another one. A story has the
    marks of its language, whatever its author's keyboard has.

    >>> absent(["don't"], "I don’t.", Kind.FICTION), absent(["-m 'x y'"], "-m ‘x y’", Kind.DOCS)
    ((), ("-m 'x y'",))
    """
    match kind:
        case Kind.DOCS:
            return tuple(each for each in must if each not in text)
        case Kind.FICTION:
            typed = plain_marks(text)
            return tuple(each for each in must if plain_marks(each) not in typed)
        case _:
            assert_never(kind)


def plain_marks(text: str) -> str:
    """Return *text* with straight marks and plain blanks, each in its place."""
    for mark, typed in _TYPED.items():  # several times as fast as one translation
        text = text.replace(mark, typed)
    return text
