"""How findings look on a terminal: what, where, the line with a caret, and what to do next."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from storygen.draft import Finding, Severity
from storygen.text.terminal import safe, safe_line

WIDTH = 80
MOST = 20
"""How many findings are shown; nobody mends more in one go."""

_ELLIPSIS = "…"


def findings_text(findings: Sequence[Finding]) -> str:
    """Return all of *findings*, errors first where not all can be shown, and their number last."""
    shown = _chosen(findings)
    blocks = [finding_text(finding) for finding in shown]
    if len(shown) < len(findings):
        blocks.append(f"{_ELLIPSIS} and {len(findings) - len(shown)} more.\n")
    return "\n".join([*blocks, f"{count_text(findings)}\n"])


def count_text(findings: Iterable[Finding]) -> str:
    """Return how many there are of each kind.

    >>> count_text([Finding("a", "b"), Finding("c", "d", severity=Severity.WARNING)])
    '1 error, 1 warning.'
    """
    counts = Counter(finding.severity for finding in findings)
    parts = [f"{counts[kind]} {kind}{'' if counts[kind] == 1 else 's'}" for kind in Severity if counts[kind]]
    return f"{', '.join(parts) or 'nothing to report'}."


def finding_text(finding: Finding) -> str:
    """Return *finding* as lines for a terminal, each with its line end."""
    gutter = max(2, *(len(str(number)) for number in _numbers(finding)))
    return "".join(f"{line.rstrip()}\n" for line in _lines(finding, gutter))


def _chosen(findings: Sequence[Finding]) -> list[Finding]:
    """Return what is shown, in the order of *findings*."""
    if len(findings) <= MOST:
        return list(findings)
    weights = list(Severity)
    order = sorted(range(len(findings)), key=lambda at: (weights.index(findings[at].severity), at))
    return [findings[at] for at in sorted(order[:MOST])]


def _numbers(finding: Finding) -> list[int]:
    return [finding.line, *([finding.second[0]] if finding.second else [])]


def _lines(finding: Finding, gutter: int) -> Iterator[str]:
    blank = " " * gutter
    yield f"{finding.severity}[{finding.rule}]: {safe_line(finding.message)}"
    if finding.path:
        place = f":{finding.line}:{finding.column}" if finding.line else ""
        yield f"{blank}--> {safe_line(finding.path)}{place}"
    if finding.line:
        yield f"{blank} |"
        yield from _source(finding, gutter)
    if finding.help:
        if finding.line:
            yield f"{blank} |"
        first, *rest = safe(finding.help).split("\n")
        yield f"{blank} = help: {first}"
        yield from (f"{blank}         {line}" for line in rest)


def _source(finding: Finding, gutter: int) -> Iterator[str]:
    """Return the line with its caret, and the second line before or behind it."""
    room = WIDTH - gutter - 3
    window, caret = _window(finding, room)
    marked = [f"{finding.line:>{gutter}} | {window}", f"{' ' * gutter} | {caret}"]
    if finding.second is None:
        yield from marked
        return
    number, source = finding.second
    other = f"{number:>{gutter}} | {_fitted(_visible(source), room)}"
    gap = [] if abs(number - finding.line) == 1 else ["..."]
    yield from [other, *gap, *marked] if number < finding.line else [*marked, *gap, other]


def _window(finding: Finding, room: int) -> tuple[str, str]:
    """Return as much of the source line as fits into *room* cells around the caret, and the caret's line."""
    source = _visible(finding.source)
    words = safe_line(finding.under)
    at = min(max(finding.column - 1, 0), len(source))
    marked = _cells(source[at : at + finding.width])
    start = _start(source, at, room - min(marked + _cells(words) + 1, room // 2))
    lead = _ELLIPSIS if start else ""
    before = _cells(lead + source[start:at])
    carets = "^" * max(1, min(marked, room - before - _cells(words) - 1))
    return _fitted(lead + source[start:], room), f"{' ' * before}{carets} {words}".rstrip()


def _start(source: str, at: int, room: int) -> int:
    """Return where a window begins that has at most *room* cells before the caret at *at*."""
    cells = _cells(source[:at])
    start = 0
    while cells + (start > 0) > room and start < at:
        cells -= _cell(source[start])
        start += 1
    return start


def _fitted(text: str, room: int) -> str:
    """Return the beginning of *text* that fits into *room* cells."""
    if _cells(text) <= room:
        return text
    kept = text[:room]
    while _cells(kept) >= room:
        kept = kept[:-1]
    return kept + _ELLIPSIS


def _visible(source: str) -> str:
    """Return *source* with its tabs shown and everything made safe, a character for a character."""
    return safe_line(source.replace("\t", "→")).rstrip()


def _cells(text: str) -> int:
    """Return how many columns of a terminal *text* takes."""
    return sum(map(_cell, text))


def _cell(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
