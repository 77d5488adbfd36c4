"""Sections become one manuscript, and a manuscript its sections again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from storygen.manuscript.comments import REHEARSAL, section_comment, section_of
from storygen.manuscript.fit import fit, heading, trimmed
from storygen.manuscript.metadata import metadata
from storygen.outline.tree import Heading, Node, Outline, PlanStatus, Section
from storygen.text.markdown import Block, BlockKind, blocks, lines

SCENE_BREAK = "* * *"
LATER = "to be written later"
MISSING = "not written yet"

_PLACEHOLDER = re.compile(r"\*[^*\n]+\*")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the manuscript with empty lines around it; a clean one leaves the comments out."""

    text: str
    comment: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A manuscript taken apart: the texts behind the sections' comments, by id, and the lines around them.

    The texts are as they stand there, a placeholder included; the frame is without empty lines.
    """

    frame: tuple[str, ...]
    texts: Mapping[str, str]


@dataclass(slots=True)
class _Sofar:
    """What the nodes before have left behind: titles by id, labels taken, whether a text stands last."""

    titles: dict[str, str] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)
    after_text: bool = False


def assemble(
    outline: Outline,
    texts: Mapping[str, str],
    *,
    clean: bool = False,
    rehearsed: bool = False,
    scene_break: str = SCENE_BREAK,
) -> str:
    """Return the manuscript of *outline*, with the *texts* of its sections by their ids.

    Headings come from the outline only; where a section or heading is not shown, a *scene_break* stands
    between two texts. In front of every text stands an invisible comment with the section's id. A section
    without a text is its heading and a comment; one that is to be written later shows its summary. *clean*
    leaves the comments out; *rehearsed* says at the head that no real model wrote the text. Of a text no
    character changes but as `fit` says.
    """
    head = [metadata(outline), *([REHEARSAL] if rehearsed else [])]
    return "\n\n".join([*head, *body(outline.nodes, texts, clean=clean, scene_break=scene_break)]) + "\n"


def body(
    nodes: Iterable[Node], texts: Mapping[str, str], *, clean: bool, scene_break: str = SCENE_BREAK
) -> tuple[str, ...]:
    """Return the headings and texts of *nodes*, as `assemble` puts them together, piece by piece."""
    sofar = _Sofar()
    pieces = [piece for node in nodes for piece in _pieces(node, texts, sofar, scene_break)]
    return tuple(piece.text for piece in pieces if not (clean and piece.comment))


def split(manuscript: str, *, scene_break: str = SCENE_BREAK) -> dict[str, str]:
    """Return the texts of a *manuscript* by the ids in its comments, as they stand there.

    A section that is not written yet is empty; what `assemble` did to fit a text stays done, so that two
    splits compare. Headings and scene breaks at the end of a text belong to what follows. A comment inside a
    fence is none: whoever leaves a fence open hides the sections behind it, so look which ids are there.
    """
    own, found = lines(manuscript), blocks(manuscript)
    return {
        section_of(found[mark]): _text(found[mark], "".join(own[first:behind]))
        for mark, first, behind in _spans(own, found, scene_break)
    }


def take_apart(manuscript: str, *, scene_break: str = SCENE_BREAK) -> Layout:
    """Return the texts of a *manuscript* and what is around them; `split` says where a text ends."""
    own, found = lines(manuscript), blocks(manuscript)
    texts: dict[str, str] = {}
    frame: list[str] = []
    end = 0
    for mark, first, behind in _spans(own, found, scene_break):
        frame += own[end:first]
        texts[section_of(found[mark])] = trimmed("".join(own[first:behind]))
        end = behind
    return Layout(tuple(line.rstrip() for line in [*frame, *own[end:]] if line.strip()), texts)


def _pieces(node: Node, texts: Mapping[str, str], sofar: _Sofar, scene_break: str) -> Iterator[_Piece]:
    """Yield what *node* adds to the manuscript, piece by piece."""
    sofar.titles[node.id] = node.title
    if isinstance(node, Heading):
        if node.shown:
            yield _Piece(_heading(node))
            sofar.after_text = False
        return
    titled = node.shown and not node.intro_of
    if titled:
        yield _Piece(_heading(node))
        sofar.after_text = False
    text = _fitted(node, texts.get(node.id, ""), sofar, titled=titled)
    visible = text or _placeholder(node)
    if visible and sofar.after_text:
        yield _Piece(scene_break)
    yield _Piece(section_comment(node.id, remark=_remark(node, text)), comment=True)
    if visible:
        yield _Piece(visible)
        sofar.after_text = not node.intro_of


def _heading(node: Node) -> str:
    """Return the line that *node* is in the manuscript."""
    return heading(node.title, node.depth) + ("" if node.numbered else " {.unnumbered}")


def _fitted(section: Section, text: str, sofar: _Sofar, *, titled: bool) -> str:
    """Make *text* fit under its section, and remember the labels that it takes."""
    titles = (section.title, *(sofar.titles[parent] for parent in section.parents if parent in sofar.titles))
    depth = section.depth if titled else section.depth - 1
    fitted = fit(text, titles=titles, depth=depth, taken=sofar.labels, prefix=section.id)
    sofar.labels.update(fitted.labels)
    return fitted.text


def _placeholder(section: Section) -> str:
    """Return what stands for a section that is to be written later: its summary, in italics."""
    if section.status is not PlanStatus.TODO or not section.summary.strip():
        return ""
    return f"*{' '.join(section.summary.replace('*', '').split())}*"


def _remark(section: Section, text: str) -> str:
    """Return what the comment says about a section without a text."""
    if text:
        return ""
    return LATER if section.status is PlanStatus.TODO else MISSING


def _spans(own: list[str], found: list[Block], scene_break: str) -> Iterator[tuple[int, int, int]]:
    """Yield, for every section's comment, its index among *found* and the lines of its text, from and to."""
    marks = [index for index, block in enumerate(found) if section_of(block)]
    for mark, end in pairwise([*marks, len(found)]):
        behind = found[end].first if end < len(found) else len(own)
        inside = found[mark + 1 : end]
        while inside and _leads_on(inside[-1], own[inside[-1].first : behind], scene_break):
            behind = inside.pop().first
        yield mark, found[mark].behind, behind


def _text(comment: Block, written: str) -> str:
    """Return what is *written* behind *comment* if it is a text, and no placeholder for one."""
    text = trimmed(written)
    return "" if LATER in comment.text and _PLACEHOLDER.fullmatch(text) else text


def _leads_on(block: Block, own: list[str], scene_break: str) -> bool:
    """Whether *block*, with nothing behind it in its lines *own*, is a heading or a scene break."""
    written = "".join(own).strip()
    if block.containers or (block.kind is BlockKind.HEADING and len(written.splitlines()) > 1):
        return False
    return block.kind is BlockKind.HEADING or written == scene_break.strip()
