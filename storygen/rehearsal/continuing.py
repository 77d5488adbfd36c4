"""Where a reply goes on: the place in a text that its kept part has reached."""

from __future__ import annotations

import re
from bisect import bisect_left

_SURE = 24
"""Characters of the kept end that have to be found before the place counts as known."""

_LONGEST_ANCHOR = 60
_SHORTEST_ANCHOR = 3


def reached(text: str, kept: str, *, words: int) -> int:
    r"""Return the position in *text* at which *kept* ends.

    White space may differ. Where a person has changed the end beyond recognition, it is the paragraph's end
    nearest to the share of the *words* aimed at.

    >>> text = "The boat came in.\n\nNobody spoke of the lamp until dark."
    >>> text[reached(text, "The boat came in.\nNobody spoke of", words=11):]
    ' the lamp until dark.'
    """
    flat, ends = _flatten(text)
    wanted, _ = _flatten(kept.rstrip())
    if flat.startswith(wanted):
        return ends[len(wanted)]
    found = _longest_end(flat, wanted)
    if found < _SURE:
        return _by_share(text, len(kept.split()) / max(1, words))
    return ends[_nearest(flat, wanted[-found:], len(wanted))]


def anchor(request: str, kept: str) -> str:
    """Return the words at the end of *kept* that *request* quotes, as it quotes them; "" if it quotes none.

    >>> anchor("Begin with <anchor>spoke of the</anchor>, then go on.", "Nobody spoke of the")
    'spoke of the'
    """
    ending = [re.escape(word) for word in kept.split()[-_LONGEST_ANCHOR:]]
    for count in range(len(ending), min(_SHORTEST_ANCHOR, len(ending)) - 1, -1):
        if found := re.search(r"\s+".join(ending[-count:]), request):
            return found.group()
    return ""


def _flatten(text: str) -> tuple[str, list[int]]:
    flat: list[str] = []
    ends = [0]
    for piece in re.finditer(r"\s+|\S", text):
        flat.append(" " if piece.group().isspace() else piece.group())
        ends.append(piece.end())
    return "".join(flat), ends


def _longest_end(flat: str, wanted: str) -> int:
    return bisect_left(range(1, len(wanted) + 1), 1, key=lambda size: wanted[-size:] not in flat)


def _nearest(flat: str, ending: str, expected: int) -> int:
    places = [found.end() for found in re.finditer(re.escape(ending), flat)]
    return min(places, key=lambda place: abs(place - expected))


def _by_share(text: str, share: float) -> int:
    expected = round(share * len(text))
    breaks = [found.start() for found in re.finditer(r"\n\n", text)]
    return min([*breaks, len(text)], key=lambda place: abs(place - expected))
