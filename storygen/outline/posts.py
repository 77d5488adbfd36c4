"""The tree in reading order, with everything that a node has from those above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from storygen.outline.branch import Branch
from storygen.outline.fields import INHERITED
from storygen.outline.tree import Kind, Level, SourceRef, Style


@dataclass(frozen=True, slots=True)
class Post:
    """A branch in reading order: the indexes of those above it, its page, and all that it inherits."""

    branch: Branch
    above: tuple[int, ...]
    page: int | None
    inherited: Mapping[str, Any]
    style: Style
    sources: tuple[SourceRef, ...]

    @property
    def leaf(self) -> bool:
        """Whether it is written rather than being a heading."""
        return not self.branch.children


def kind_of(root: Branch) -> Kind:
    """Return what the outline says, or docs where the tree has pages."""
    if root.card.get("kind"):
        return Kind(root.card.get("kind"))
    return Kind.DOCS if _has_pages(root.children) else Kind.FICTION


def _has_pages(children: Sequence[Branch]) -> bool:
    return any(child.level is Level.PAGE or _has_pages(child.children) for child in children)


def posts_of(root: Branch, kind: Kind) -> list[Post]:
    """Return everything below *root* in reading order."""
    top = Post(root, (), None, _inherited(root, {}), style_of(root, Style()), root.card.get("sources", ()))
    posts: list[Post] = []
    _walk(top, posts, kind=kind)
    return posts


def _walk(parent: Post, posts: list[Post], *, kind: Kind) -> None:
    """Add everything below *parent* to *posts*, in reading order."""
    for child in parent.branch.children:
        index = len(posts)
        paged = kind is Kind.DOCS and (
            child.level is Level.PAGE or (not parent.above and not _has_pages(child.children))
        )
        post = Post(
            branch=child,
            above=parent.above,
            page=index if paged and parent.page is None else parent.page,
            inherited=_inherited(child, parent.inherited),
            style=style_of(child, parent.style),
            sources=tuple(dict.fromkeys((*parent.sources, *child.card.get("sources", ())))),
        )
        posts.append(post)
        _walk(replace(post, above=(*parent.above, index)), posts, kind=kind)


def _inherited(branch: Branch, above: Mapping[str, Any]) -> Mapping[str, Any]:
    own = {name: branch.card.get(name) for name in INHERITED if name in branch.card.values}
    return {**above, **own} if own else above


def style_of(branch: Branch, above: Style) -> Style:
    """Merge a node's style into that from above: phrases to avoid add up, all else replaces."""
    own = branch.card.get("style")
    if own is None:
        return above
    avoid = tuple(dict.fromkeys((*above.avoid, *own.get("avoid", ()))))
    return replace(above, **{**own.values, "avoid": avoid})
