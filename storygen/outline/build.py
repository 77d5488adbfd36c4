"""The drawn tree becomes an Outline: named, measured, ordered, everything inherited filled in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from storygen.catalogue import catalogue
from storygen.draft import Finding
from storygen.outline.branch import Branch
from storygen.outline.cards import Value
from storygen.outline.codex import Draught, finished
from storygen.outline.ids import name_all
from storygen.outline.musts import placed_musts
from storygen.outline.names import check_names
from storygen.outline.order import ordered, unknown
from storygen.outline.posts import Post, kind_of, posts_of, style_of
from storygen.outline.scraps import Scalar
from storygen.outline.shares import DEFAULT, INTRO, Asked, Contradiction, share, target
from storygen.outline.tree import (
    Ending,
    Heading,
    Kind,
    Level,
    Node,
    Outline,
    PlanStatus,
    Section,
    Style,
    WordTarget,
)


def build(root: Branch, draughts: Sequence[Draught], path: Path) -> tuple[Outline, list[Finding]]:
    """Return the Outline that *root* describes, and what contradicts itself in it."""
    kind = kind_of(root)
    posts = posts_of(root, kind)
    branches = [post.branch for post in posts]
    ids, found = name_all(branches, [post.above[-1] if post.above else None for post in posts])
    intros = [f"{name}-intro" for name, branch in zip(ids, branches, strict=True) if branch.card.get("intro")]
    found += _taken_by_intros(branches, ids, intros)
    words, sums = share(_asked(root, posts))
    found += [_sum_finding(root, posts, wrong) for wrong in sums]
    musts = placed_musts(branches, [post.above for post in posts])
    nodes = tuple(_nodes(posts, ids, words, musts, kind=kind))
    codex, wrong_changes = _codex(draughts, nodes)
    found += [*check_names([root, *branches], codex), *_statuses(branches), *_limits([root, *branches])]
    if len({*ids, *intros}) == len(ids) + len(intros):
        nodes, wrong_order = _ordered(nodes, posts, ids, kind)
        found += [*wrong_changes, *wrong_order]
    return _outline(root, path, kind=kind, nodes=nodes, codex=codex), found


def _taken_by_intros(branches: Sequence[Branch], ids: Sequence[str], intros: Sequence[str]) -> list[Finding]:
    """Find ids that the lead-in of a heading has already."""
    return [
        branch.spot.error(
            "outline/duplicate-id",
            f"the lead-in of a heading has the id `{name}` already",
            tip="give this one a name of its own: id: …",
        )
        for name, branch in zip(ids, branches, strict=True)
        if name in intros
    ]


def _asked(root: Branch, posts: Sequence[Post]) -> list[Asked]:
    """Return what everybody asks for; index 0 is the book, so all others move up by one."""
    book = Asked(root.card.get("words"), None)
    return [
        book,
        *(
            Asked(
                post.branch.card.get("words"), post.above[-1] + 1 if post.above else 0, leaf=_generated(post)
            )
            for post in posts
        ),
    ]


def _generated(post: Post) -> bool:
    return post.leaf and not post.branch.card.get("file")


def _sum_finding(root: Branch, posts: Sequence[Post], wrong: Contradiction) -> Finding:
    branch = posts[wrong.index - 1].branch if wrong.index else root
    asked = f"{wrong.low:,}" if wrong.low == wrong.high else f"{wrong.low:,} to {wrong.high:,}"
    what = f"“{branch.card.get('title', '')}”"
    message = f"{what} asks for {asked} words, and what is below asks for {wrong.taken:,}"
    tip = f"the sections below count; write {wrong.taken:,} here, or change them"
    if wrong.open:
        whom = "the section" if wrong.open == 1 else f"each of the {wrong.open} sections"
        tip = f"nothing is left for {whom} without a number, which gets {DEFAULT:,}"
    return branch.card.at("words").warning("outline/words", message, tip=tip)


def _nodes(
    posts: Sequence[Post],
    ids: Sequence[str],
    words: Mapping[int, WordTarget],
    musts: Mapping[int, tuple[str, ...]],
    *,
    kind: Kind,
) -> Iterator[Node]:
    positions = count(1)
    for index, post in enumerate(posts):
        parents = tuple(ids[above] for above in post.above)
        page = ids[post.page] if post.page is not None else ""
        if post.leaf:
            place = _Place(ids[index], next(positions), parents, page)
            aim = words.get(index + 1) or target(*post.branch.card.get("words", (0, 0)))
            yield _section(post, place, words=aim, must=musts.get(index, ()), kind=kind)
            continue
        yield _heading(post, ids[index], parents, page, kind=kind)
        if post.branch.card.get("intro"):
            place = _Place(f"{ids[index]}-intro", next(positions), (*parents, ids[index]), page)
            yield _intro(post, place, kind=kind)


class _Place(NamedTuple):
    """Where a section stands: its id, its number in the book, the headings above it, its page."""

    id: str
    position: int
    parents: tuple[str, ...]
    page: str


def _heading(post: Post, name: str, parents: tuple[str, ...], page: str, *, kind: Kind) -> Heading:
    card = post.branch.card
    return Heading(
        id=name,
        title=card.get("title", ""),
        depth=len(parents) + 1,
        level=post.branch.level,
        parents=parents,
        summary=card.get("summary", ""),
        numbered=post.inherited.get("numbered", True),
        shown=_shown(post, kind),
        page=page,
        line=post.branch.spot.line,
    )


def _shown(post: Post, kind: Kind) -> bool:
    """Whether the heading is seen: scenes of fiction hide theirs."""
    hidden = "hide" if kind is Kind.FICTION and post.branch.level is Level.SCENE else "show"
    return bool(post.branch.card.get("heading", hidden) == "show")


def _section(
    post: Post, place: _Place, *, words: WordTarget, kind: Kind, must: tuple[str, ...] = ()
) -> Section:
    card, above = post.branch.card, post.inherited
    return Section(
        id=place.id,
        title=card.get("title", ""),
        position=place.position,
        depth=len(place.parents) + 1,
        level=post.branch.level,
        words=words,
        parents=place.parents,
        must=must,
        **_own(card.values),
        **_from_above(above),
        style=post.style,
        sources=post.sources,
        shown=_shown(post, kind),
        page=place.page,
        line=post.branch.spot.line,
    )


_OWN = ("summary", "beats", "story", "enter", "leave", "facts", "plant", "pay", "file")


def _own(values: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: values[name] for name in _OWN if name in values}
    return {**own, "ending": Ending(values["ending"])} if "ending" in values else own


def _from_above(above: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(name, value) for name, value in above.items()}


def _plain(name: str, value: Value) -> Value:
    """Return an inherited value without its place."""
    match name, value:
        case "status", str():
            return PlanStatus(value) if value in list(PlanStatus) else None
        case _, Scalar():
            return value.text
        case "cast", tuple():
            return tuple(item.text for item in value)
        case _:
            return value


def _intro(post: Post, place: _Place, *, kind: Kind) -> Section:
    """Return the lead-in of a heading."""
    section = _section(post, place, words=target(INTRO, INTRO), kind=kind)
    return replace(section, shown=False, intro_of=place.parents[-1])


def _below(nodes: Sequence[Node]) -> dict[str, list[str]]:
    """For every id the sections that it stands for, in order."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    for node in nodes:
        if isinstance(node, Section):
            for name in (*node.parents, node.id):
                below[name].append(node.id)
    return dict(below)


def _codex(draughts: Sequence[Draught], nodes: Sequence[Node]) -> tuple[tuple[Any, ...], list[Finding]]:
    below = _below(nodes)
    starts = {name: sections[0] for name, sections in below.items()}
    names = [change.get("from") for draught in draughts for change in draught.changes]
    wrong = [unknown(name, below) for name in names if name.text not in below]
    return tuple(finished(draught, starts) for draught in draughts), wrong


def _ordered(
    nodes: Sequence[Node], posts: Sequence[Post], ids: Sequence[str], kind: Kind
) -> tuple[tuple[Node, ...], list[Finding]]:
    own = dict(zip(ids, posts, strict=True))
    sections = [node for node in nodes if isinstance(node, Section)]
    wishes = {
        section.id: own[section.intro_of or section.id].branch.card.get("after") for section in sections
    }
    after, found = ordered(sections, wishes, kind=kind, below=_below(nodes))
    return tuple(
        replace(node, after=after[node.id]) if isinstance(node, Section) else node for node in nodes
    ), found


def _statuses(branches: Sequence[Branch]) -> list[Finding]:
    return [
        branch.card.at("status").note(
            "outline/status",
            f"`status: {branch.card.get('status')}` is not kept in an outline",
            tip="storygen finds out by itself what is drafted or edited; here it is `todo` or `final`",
        )
        for branch in branches
        if branch.card.get("status") not in {None, *PlanStatus}
    ]


def _limits(branches: Sequence[Branch]) -> list[Finding]:
    """Find reply limits that the model named beside them cannot keep."""
    found = []
    for branch in branches:
        model, most = branch.card.get("model"), branch.card.get("max_tokens")
        if model and most and most > (largest := catalogue().find(model).max_output):
            found.append(
                branch.card.at("max_tokens").error(
                    "outline/range",
                    f"{model} writes {largest:,} tokens at most",
                    under=f"at most {largest:,}",
                )
            )
    return found


def _outline(
    root: Branch, path: Path, *, kind: Kind, nodes: tuple[Node, ...], codex: tuple[Any, ...]
) -> Outline:
    card = root.card
    texts = {
        name: card.get(name, "")
        for name in ("title", "subtitle", "date", "rights", "summary", "audience", "model")
    }
    return Outline(
        **texts,
        path=path,
        kind=kind,
        author=card.get("author", ()),
        lang=card.get("lang", "en"),
        cover_image=card.get("cover-image", ""),
        style=style_of(root, Style()),
        codex=codex,
        nodes=nodes,
    )
