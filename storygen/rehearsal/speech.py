"""How speech is marked: quotation marks in pairs, or the dash of Spanish dialogue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import itemgetter

RAYA = "—"


@dataclass(frozen=True, slots=True)
class Marks:
    """What opens and closes speech; *outside* sets full stops and commas after the closing mark."""

    opening: str
    closing: str
    outside: bool = False


_HELD = str.maketrans({'"': "\ue000", "'": "\ue001"})
_FREED = str.maketrans({"\ue000": '"', "\ue001": "'"})
_DOUBLE, _SINGLE = Marks("“", "”"), Marks("‘", "’")
_GUILLEMETS, _STRAIGHT = Marks("«", "»", outside=True), Marks('"', '"')
_DASH = Marks(RAYA, "")
_BY_WORD = (
    (r"„", Marks("„", "“")),
    (r"»(?=\s?«)", Marks("»", "«")),
    (r"「", Marks("「", "」")),
    (r"raya|dash|—", _DASH),
    (r"guillemet|angle|«", _GUILLEMETS),
    (r"straight|\"", _STRAIGHT),
    (r"single|‘|'", _SINGLE),
    (r"double|curly|“", _DOUBLE),
)
_BY_LANGUAGE = (("es", _DASH), ("en-gb", _SINGLE), ("en-au", _SINGLE), ("en-nz", _SINGLE), ("en-ie", _SINGLE))


def marks(quotes: str, lang: str) -> Marks:
    """Return the marks that *quotes* names, else the custom of *lang*.

    >>> marks("straight double", "es").opening, marks("", "en-GB").opening, marks("", "es-MX").opening
    ('"', '‘', '—')
    >>> [marks(quotes, "de").opening for quotes in ("„ “, and ‚ ‘ inside", "»«", "« »", "「 」")]
    ['„', '»', '«', '「']
    """
    told = (
        (found.start(), pair) for word, pair in _BY_WORD if (found := re.search(word, quotes, re.IGNORECASE))
    )
    named = (pair for _, pair in sorted(told, key=itemgetter(0)))
    usual = (pair for code, pair in _BY_LANGUAGE if lang.lower().replace("_", "-").startswith(code))
    return next(named, None) or next(usual, _DOUBLE)


def mark(paragraph: str, pair: Marks) -> str:
    """Return *paragraph*, whose speech stands between straight quotes, with the marks of *pair*.

    >>> mark('"I do not know," said Anna. "Do you?"', Marks("“", "”"))
    '“I do not know,” said Anna. “Do you?”'
    >>> mark('"No lo sé," dijo Anna. "¿Y tú?"', Marks("—", ""))
    '—No lo sé —dijo Anna—. ¿Y tú?'
    >>> mark('"No lo sé," dijo Anna. "Y tú."', Marks("«", "»", outside=True))
    '«No lo sé», dijo Anna. «Y tú».'
    """
    if pair.opening == RAYA:
        return _dashed(paragraph)
    pieces = paragraph.split('"')
    dressed = [_spoken(piece, pair) if number % 2 else piece for number, piece in enumerate(pieces)]
    return _apostrophes("".join(dressed), pair)


def _spoken(words: str, pair: Marks) -> str:
    stop = words[-1:] if pair.outside and words[-1:] in (".", ",") else ""
    return f"{pair.opening}{words.removesuffix(stop)}{pair.closing}{stop}"


def hold(text: str) -> str:
    """Return *text* with its own quotation marks set aside, so that `mark` leaves them alone.

    >>> mark(hold('She reads `print("x")` and "so on".'), Marks("“", "”"))
    'She reads `print("x")` and “so on”.'
    """
    pieces = re.split(r"(`[^`]*`)", text)
    straight = sum(piece.count('"') for piece in pieces[::2])
    count = iter(range(straight if straight % 2 == 0 else 0))
    kept = [
        _held(piece) if number % 2 else re.sub('"', lambda _: _curly(next(count, None)), piece)
        for number, piece in enumerate(pieces)
    ]
    return "".join(kept)


def _held(code: str) -> str:
    return code.translate(_HELD)


def _curly(number: int | None) -> str:
    return "" if number is None else "”" if number % 2 else "“"


def _apostrophes(text: str, pair: Marks) -> str:
    """Return *text* with curly apostrophes, unless its marks are straight; what was held comes back."""
    curly = text if pair is _STRAIGHT else re.sub(r"(?<!\w)'(?=\w)", "‘", text).replace("'", "’")
    return curly.translate(_FREED)


def _dashed(paragraph: str) -> str:
    """Return *paragraph* with dashes: one before speech, one each side of what interrupts it."""
    before, *turns = paragraph.split('"')
    if not turns:
        return _apostrophes(paragraph, _DASH)
    line = f"{before}{RAYA}{turns[0].removesuffix(',')}"
    for narration, words in zip(turns[1::2], [*turns[2::2], ""], strict=False):
        aside = narration.strip()
        if not aside:
            line += words and f" {words}"
        elif words:
            stop = aside[-1] if aside[-1] in ".,;:" else ""
            line += f" {RAYA}{aside.removesuffix(stop)}{RAYA}{stop} {words.removesuffix(',')}"
        else:
            line += f" {RAYA}{aside}"
    return _apostrophes(line, _DASH)
