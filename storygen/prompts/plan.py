"""The plan of the whole book: a line for every section, or for what it was collapsed into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from storygen.messages import Count
from storygen.outline.tree import Node, Outline, Section
from storygen.text.words import word_spans

GISTS = (40, 20, 10, 0)
"""How many words of its summary a line keeps; the first that fits is taken."""

LONGEST_TOKEN = 8
"""Characters per token that no prose has on average: what is longer than that need not be counted."""

LONGEST_WORD = 16
"""Characters per word that are kept, since some languages write whole sentences without a blank."""


ENDS = (".", "!", "?", "…", ":", ";", "”", "’", ")", "。", "！", "？", "」")
"""What a beat may end with, so that another can follow it on the same line."""


class _Row(NamedTuple):
    """What a plan shows of a node; `parents` is empty for headings, which nobody counts."""

    id: str
    title: str
    about: str
    depth: int
    written: bool
    parents: tuple[str, ...]


def plan(outline: Outline, *, limit: int, count: Count) -> tuple[str, ...]:
    """Return the plan of *outline* as lines of a nested Markdown list, within *limit* tokens.

    It looks at the outline alone, so that it is the same for every section. Where it would be too long,
    summaries are shortened; then the deepest headings stand for their sections, level by level; then
    runs of sections share a line.
    """
    return _fitting(outline, limit, count)


def about(node: Node) -> str:
    """Return what *node* is about: its summary, or else its beats."""
    beats = node.beats if isinstance(node, Section) else ()
    return node.summary or " ".join(_ended(beat.strip()) for beat in beats)


def clip(text: str, *, words: int) -> str:
    r"""Return the first *words* words of *text* on one line, with an ellipsis where something is missing.

    >>> clip("Anna crosses in\nbad weather.", words=3)
    'Anna crosses in …'
    """
    line = " ".join(text.split())
    ends = [end for _, end in islice(word_spans(line), words + 1)]
    end = min(ends[words - 1] if len(ends) > words > 0 else len(line), words * LONGEST_WORD)
    return line if end == len(line) else f"{line[:end].rstrip()} …" if end else ""


def titles(outline: Outline, section: Section) -> tuple[str, ...]:
    """Return the titles of the headings above *section*, outermost first."""
    return tuple(outline.headings[id_].title for id_ in section.parents if id_ in outline.headings)


def _ended(beat: str) -> str:
    """Give *beat* a full stop where it has no end of its own."""
    return beat if beat.endswith(ENDS) else f"{beat}."


def _row(node: Node) -> _Row:
    title = " ".join(node.title.split())
    written = isinstance(node, Section)
    return _Row(node.id, title, about(node), node.depth, written, node.parents if written else ())


@lru_cache(maxsize=8)
def _fitting(outline: Outline, limit: int, count: Count) -> tuple[str, ...]:
    """Return the longest form that fits, or the shortest; kept, since every section of a book asks for it."""
    lines: tuple[str, ...] = ()
    for lines in _forms([_row(node) for node in outline.nodes]):
        text = "\n".join(lines)
        if len(text) <= limit * LONGEST_TOKEN and count(text) <= limit:
            break
    return lines


def _forms(rows: Sequence[_Row]) -> Iterator[tuple[str, ...]]:
    """Yield the plan in ever shorter forms."""
    deepest = max((row.depth for row in rows), default=1)
    for words in GISTS:
        yield _lines(rows, depth=deepest, words=words)
    for depth in range(deepest - 1, 0, -1):
        for words in GISTS[1:]:
            yield _lines(rows, depth=depth, words=words)
    sections = [row.title for row in rows if row.written]
    size = 2
    while size < 2 * len(sections):
        yield _runs(sections, size)
        size *= 2


def _lines(rows: Sequence[_Row], *, depth: int, words: int) -> tuple[str, ...]:
    """Write a line for every node down to *depth*; a heading at *depth* stands for all that is below."""
    inside = Counter(id_ for row in rows for id_ in row.parents)
    return tuple(
        _line(row, clip(row.about, words=words), inside=inside[row.id] if row.depth == depth else 0)
        for row in rows
        if row.depth <= depth
    )


def _line(row: _Row, gist: str, *, inside: int) -> str:
    title = f"{row.title} ({inside} sections)" if inside > 1 else row.title
    return "  " * (row.depth - 1) + f"- {title}: {gist}".removesuffix(": ")


def _runs(sections: Sequence[str], size: int) -> tuple[str, ...]:
    """Let every *size* sections share a line."""
    runs = ((start, sections[start : start + size]) for start in range(0, len(sections), size))
    return tuple(
        f"- Sections {start + 1} to {start + len(run)}: {clip(run[0], words=8)} … {clip(run[-1], words=8)}"
        for start, run in runs
    )
