"""A finished plan becomes an Outline: ids, headings, sections, and what the request asks of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path

from storygen.outline.order import default_after
from storygen.outline.planned import Piece, Plan
from storygen.outline.shares import target
from storygen.outline.tree import Entry, Heading, Include, Kind, Level, Node, Outline, Section
from storygen.text.slug import slug

THROUGHOUT = "Throughout"
"""The codex entry that holds what the request asks of the whole book."""

ASKED = "asked"
"""The field of a section's `story` that holds what the request asks of it."""

_CARD = (
    *("summary", "enter", "leave", "beats", "pov", "cast", "place", "time", "facts", "plant", "pay", "must"),
    *("ending", "type"),
)


def outline_of(plan: Plan, path: Path) -> Outline:
    """Return the Outline that *plan* comes to, as it will be read from the file *path*."""
    return Outline(
        title=plan.title,
        path=path,
        kind=plan.kind,
        author=plan.author,
        lang=plan.lang or "en",
        summary=plan.summary,
        audience=plan.audience,
        style=plan.style,
        codex=(*plan.codex, *_throughout(plan)),
        nodes=tuple(_Nodes(plan).below(plan.below, ())),
    )


def _throughout(plan: Plan) -> Iterator[Entry]:
    told = [each.text for each in plan.constraints if each.throughout]
    if told:
        about = "\n".join(f"- {text}" for text in told)
        yield Entry(THROUGHOUT, "rule", about=about, include=Include.ALWAYS)


@dataclass(slots=True)
class _Nodes:
    """Makes nodes in reading order; `ids` are those that are given already."""

    plan: Plan
    ids: set[str] = field(default_factory=set)
    before: Section | None = None
    positions: Iterator[int] = field(default_factory=lambda: count(1))

    def below(self, nodes: tuple[Piece, ...], parents: tuple[str, ...], page: str = "") -> Iterator[Node]:
        """Yield *nodes* and everything below them; they stand under the headings *parents* and on *page*."""
        for node in nodes:
            id_ = self._id(node, parents)
            here = page or (id_ if node.level is Level.PAGE or not (parents or node.below) else "")
            if node.below:
                yield self._heading(node, id_, parents, here)
                yield from self.below(node.below, (*parents, id_), here)
            else:
                yield self._section(node, id_, parents, here)

    def _id(self, node: Piece, parents: tuple[str, ...]) -> str:
        own = slug(node.title)
        wishes = [own, *(f"{above}-{own}" for above in parents[-1:])] if own else []
        numbered = (f"{own or node.level}-{number}" for number in count(2 if own else 1))
        id_ = next(wish for wish in chain(wishes, numbered) if wish not in self.ids)
        self.ids.add(id_)
        return id_

    def _heading(self, node: Piece, id_: str, parents: tuple[str, ...], page: str) -> Heading:
        depth = len(parents) + 1
        page = page if self.plan.kind is Kind.DOCS else ""
        shown = self._shown(node)
        return Heading(id_, node.title, depth, node.level, parents, node.summary, shown=shown, page=page)

    def _section(self, node: Piece, id_: str, parents: tuple[str, ...], page: str) -> Section:
        asked = self._asked(node)
        section = Section(
            id=id_,
            title=node.title,
            position=next(self.positions),
            depth=len(parents) + 1,
            level=node.level,
            words=target(node.words, node.words, written=True),
            parents=parents,
            audience=self.plan.audience,
            style=self.plan.style,
            story={ASKED: asked} if asked else {},
            shown=self._shown(node),
            page=page if self.plan.kind is Kind.DOCS else "",
            **{name: getattr(node, name) for name in _CARD},
        )
        section = replace(section, after=default_after(section, self.before, self.plan.kind))
        self.before = section
        return section

    def _shown(self, node: Piece) -> bool:
        return self.plan.kind is Kind.DOCS or node.level is not Level.SCENE

    def _asked(self, node: Piece) -> str:
        """Return what the request asks of *node*, in its own words."""
        told = {each.id: each.text for each in self.plan.constraints if not each.throughout}
        return "; ".join(told[name].rstrip(".") for name in dict.fromkeys(node.serves) if name in told)
