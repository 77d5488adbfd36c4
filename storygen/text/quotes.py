"""Whether words are quoted from a text, as a reader would say: whatever its marks, its case, its blanks."""

from __future__ import annotations

import re
import unicodedata

_SHAPES = {**dict.fromkeys('"“”„‟«»「」『』‘’‚‛‹›´`', "'"), **dict.fromkeys("–—‑‒―", "-")}
_PLAIN = str.maketrans({**_SHAPES, **dict.fromkeys("*_\\")})
_BLANKS = re.compile(r"\s+")
_ENDS = " '.,;:!?…-。、！？"


def is_quoted(quote: str, text: str) -> bool:
    """Say whether *text* holds *quote*; what only its ends have of punctuation makes no difference.

    Blanks, capitals, the shape of quotation marks and dashes, and Markdown's emphasis are not compared.

    >>> is_quoted('"the *lamp* is lit"', "He said: “The lamp is lit — now.”"), is_quoted("a lamp", "The lamp")
    (True, False)
    """
    wanted = _plain(quote).strip(_ENDS)
    return bool(wanted) and wanted in _plain(text)


def _plain(text: str) -> str:
    """Return *text* as it is compared: one shape for every letter, mark and blank."""
    flat = unicodedata.normalize("NFKC", text).translate(_PLAIN).casefold()
    return _BLANKS.sub(" ", flat).strip()
