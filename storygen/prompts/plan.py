"""The plan of the whole book: a line for every section, or for what it was collapsed into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storygen.messages import Count
from storygen.outline.tree import Heading, Node, Outline, Section

GISTS = (40, 20, 10, 0)
"""How many words of its summary a line keeps; the first that fits is taken."""

LONGEST_TOKEN = 8
"""Characters per token that no prose has on average: what is longer than that need not be counted."""


def plan(outline: Outline, *, limit: int, count: Count) -> tuple[str, ...]:
    """Return the plan of *outline* as lines of a nested Markdown list, within *limit* tokens.

    It looks at the outline alone, so that it is the same for every section. Where it would be too long,
    summaries are shortened; then the deepest headings stand for their sections, level by level; then
    runs of sections share a line.
    """
    lines: tuple[str, ...] = ()
    for lines in _candidates(outline):
        text = "\n".join(lines)
        if len(text) <= limit * LONGEST_TOKEN and count(text) <= limit:
            break
    return lines


def gist(node: Node, *, words: int) -> str:
    """Return what *node* is about in at most *words* words: its summary, or else its first beat."""
    beats = node.beats if isinstance(node, Section) else ()
    return clip(node.summary or next(iter(beats), ""), words=words)


def clip(text: str, *, words: int) -> str:
    """Return the first *words* words of *text* on one line, with an ellipsis where something is missing.

    >>> clip("Anna crosses in\\nbad weather.", words=3)
    'Anna crosses in …'
    """
    found = text.split()
    if len(found) <= words and len(text) <= words * LONGEST_WORD:
        return " ".join(found)
    short = " ".join(found[:words])[: words * LONGEST_WORD].rstrip()
    return f"{short} …" if short else ""


LONGEST_WORD = 16
"""Characters per word that are kept, since some languages write whole sentences without a blank."""


def _candidates(outline: Outline) -> Iterator[tuple[str, ...]]:
    """Yield the plan in ever shorter forms."""
    deepest = max((node.depth for node in outline.nodes), default=1)
    for words in GISTS:
        yield _lines(outline.nodes, depth=deepest, words=words)
    for depth in range(deepest - 1, 0, -1):
        for words in GISTS[1:]:
            yield _lines(outline.nodes, depth=depth, words=words)
    size = 2
    while size < 2 * len(outline.sections):
        yield _runs(outline.sections, size)
        size *= 2


def _lines(nodes: Sequence[Node], *, depth: int, words: int) -> tuple[str, ...]:
    """Write a line for every node down to *depth*; a heading at *depth* stands for all that is below."""
    return tuple(
        _line(node, gist(node, words=words), inside=_below(nodes, index) if node.depth == depth else 0)
        for index, node in enumerate(nodes)
        if node.depth <= depth
    )


def _line(node: Node, about: str, *, inside: int) -> str:
    title = f"{node.title} ({inside} sections)" if inside > 1 else node.title
    return "  " * (node.depth - 1) + f"- {title}: {about}".removesuffix(": ")


def _below(nodes: Sequence[Node], index: int) -> int:
    """Count the sections under the heading at *index*."""
    id_ = nodes[index].id
    return sum(1 for node in nodes[index + 1 :] if isinstance(node, Section) and id_ in node.parents)


def _runs(sections: Sequence[Section], size: int) -> tuple[str, ...]:
    """Let every *size* sections share a line."""
    runs = [sections[start : start + size] for start in range(0, len(sections), size)]
    return tuple(
        f"- Sections {run[0].position} to {run[-1].position}: {clip(run[0].title, words=8)}"
        f" … {clip(run[-1].title, words=8)}"
        for run in runs
    )


def titles(outline: Outline, section: Section) -> tuple[str, ...]:
    """Return the titles of the headings above *section*, outermost first."""
    names = {node.id: node.title for node in outline.nodes if isinstance(node, Heading)}
    return tuple(names[id_] for id_ in section.parents if id_ in names)
