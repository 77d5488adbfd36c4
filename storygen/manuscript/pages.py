"""A book as a folder of pages: one file for each, and the table of contents that leads to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import groupby
from types import MappingProxyType
from typing import assert_never

from storygen.manuscript.assemble import SCENE_BREAK, body
from storygen.manuscript.comments import REHEARSAL
from storygen.manuscript.metadata import quoted
from storygen.outline.tree import Kind, Node, Outline
from storygen.text.links import retarget, slugged


class Toc(StrEnum):
    """Whose table of contents is written."""

    MKDOCS = "mkdocs"
    MDBOOK = "mdbook"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its name as a file, its title, the titles of the headings above it, and its text.

    The text is without front matter; nothing of it is there where no section of the page has a text yet.
    `front` is the front matter that a page brings which was written by hand.
    """

    id: str
    title: str
    above: tuple[str, ...]
    text: str
    front: str = ""

    @property
    def name(self) -> str:
        """The page's file: its id keeps its name whatever the order of the pages and their titles."""
        return f"{self.id}.md"

    @property
    def head(self) -> str:
        """The front matter of a page that has none of its writer's own yet."""
        return self.front or f"---\ntitle: {quoted(self.title)}\n---\n"


def pages(
    outline: Outline,
    texts: Mapping[str, str],
    *,
    scene_break: str = SCENE_BREAK,
    rehearsed: Collection[str] = (),
    fronts: Mapping[str, str] = MappingProxyType({}),
    toc: Toc | None = None,
) -> tuple[Page, ...]:
    """Return the pages of *outline* with the *texts* of its sections, by id, in reading order.

    A page is a node under `pages`, else each outermost node. Its title is its first heading; what is below it
    keeps its distance. Labels of footnotes and links are unique in a page, and a link to the id of a section
    or heading, as `#install`, leads to where that stands, as the builder of *toc* calls it. A page is marked
    that has a section whose id is in *rehearsed*; *fronts* has what stands above those written by hand.
    """
    titles = {node.id: node.title for node in outline.nodes}
    places = _places(outline, toc)
    found = []
    for id_, group in groupby(outline.nodes, key=partial(_page_of, kind=outline.kind)):
        if id_:
            nodes = tuple(group)
            pieces = body(_raised(nodes), texts, clean=True, scene_break=scene_break)
            written = any(texts.get(node.id, "").strip() for node in nodes)
            marked = (
                (pieces[0], REHEARSAL, *pieces[1:]) if any(node.id in rehearsed for node in nodes) else pieces
            )
            above = tuple(titles[parent] for parent in nodes[0].parents)
            text = retarget("\n\n".join(marked) + "\n", partial(_place, id_, places)) if written else ""
            found.append(Page(id_, titles[id_], above, text, fronts.get(id_, "")))
    return tuple(found)


def contents(found: tuple[Page, ...], toc: Toc) -> str:
    """Return the table of contents that leads to the pages *found*: an item a line, headings above them.

    For MkDocs that is the `nav` of its mkdocs.yml, for mdBook a whole SUMMARY.md.

    >>> print(contents((Page("install", "Install", ("Start",), "Text."),), Toc.MKDOCS), end="")
    nav:
      - "Start":
        - "Install": "install.md"
    """
    match toc:
        case Toc.MKDOCS:
            return "nav:\n" + "".join(f"  {line}\n" for line in _mkdocs(found))
        case Toc.MDBOOK:
            return "".join(f"{line}\n" for line in ("# Summary", *_mdbook(found)))
        case _:
            assert_never(toc)


def nav_of(config: str) -> str:
    r"""Return the `nav` of *config*, the text of a mkdocs.yml, whole lines; nothing where there is none.

    >>> nav_of("site_name: A\nnav:\n  - a.md\ntheme: x\n")
    'nav:\n  - a.md\n'
    """
    found = _NAV.search(config)
    return found[0] if found else ""


def with_nav(config: str, nav: str) -> str:
    """Return *config* with *nav* in the place of its own, or behind everything; nothing else changes."""
    old = nav_of(config)
    if old:
        return config.replace(old, nav, 1)
    return (config if not config or config.endswith("\n") else config + "\n") + nav


_NAV = re.compile(r"^nav[ \t]*:.*(?:\n|\Z)(?:(?:[ \t#-].*|[ \t]*)(?:\n|\Z))*", re.MULTILINE)


def _mkdocs(found: tuple[Page, ...]) -> Iterator[str]:
    """Yield a line of YAML for every heading that is not above the page before, and for every page."""
    before: tuple[str, ...] = ()
    for page in found:
        if page.text:
            for depth, title in _new(page.above, before):
                yield f"{'  ' * depth}- {quoted(title)}:"
            yield f"{'  ' * len(page.above)}- {quoted(page.title)}: {quoted(page.name)}"
            before = page.above


def _mdbook(found: tuple[Page, ...]) -> Iterator[str]:
    """Yield the lines of a summary; a page without a text is a draft chapter, which leads nowhere."""
    before: tuple[str, ...] = ()
    if not found[0].above:
        yield ""
    for page in found:
        for depth, title in _new(page.above, before):
            yield from (
                ("", f"# {title}", "") if depth == 0 else [f"{'  ' * (depth - 1)}- [{_bracketed(title)}]()"]
            )
        indent = "  " * max(len(page.above) - 1, 0)
        yield f"{indent}- [{_bracketed(page.title)}]({page.name if page.text else ''})"
        before = page.above


def _new(above: tuple[str, ...], before: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield those headings *above* a page, each with its depth, that were not above the one *before*."""
    same = next((n for n, pair in enumerate(zip(above, before, strict=False)) if pair[0] != pair[1]), None)
    start = min(len(above), len(before)) if same is None else same
    yield from enumerate(above[start:], start)


def _bracketed(title: str) -> str:
    return title.replace("[", r"\[").replace("]", r"\]")


def _page_of(node: Node, *, kind: Kind) -> str:
    """Return the id of the page that *node* is on; in docs what stands above pages is on none."""
    return node.page if kind is Kind.DOCS else next(iter(node.parents), node.id)


def _places(outline: Outline, toc: Toc | None) -> dict[str, tuple[str, str]]:
    """Return for every id that a link may name the page that it is on, and the anchor there."""
    found, seen = {}, Counter[tuple[str, str]]()
    for node in outline.nodes:
        if page := _page_of(node, kind=outline.kind):
            name = slugged(node.title, ascii_only=toc is Toc.MKDOCS)
            anchor = _anchor(name, seen[page, name], toc)
            seen[page, name] += node.shown or node.id == page
            found[f"#{node.id}"] = (page, "" if node.id == page else anchor)
    return found


def _anchor(name: str, before: int, toc: Toc | None) -> str:
    """Return what a builder calls a heading whose *name* so many on its page had *before*."""
    number = before if name else before + 1  # MkDocs has a number, too, for what it cannot spell at all
    return f"{name}{'_' if toc is Toc.MKDOCS else '-'}{number}" if number else name


def _place(here: str, places: Mapping[str, tuple[str, str]], target: str) -> str:
    """Return where *target* leads from the page called *here*; nothing where it names no id."""
    page, anchor = places.get(target, ("", ""))
    if not page:
        return ""
    file = "" if page == here else f"{page}.md"
    return f"{file}#{anchor}" if anchor else file or f"{page}.md"


def _raised(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the *nodes* of a page as they are when its own heading is the outermost."""
    top = nodes[0]
    raised = tuple(replace(node, depth=node.depth - top.depth + 1, numbered=True) for node in nodes)
    return (replace(raised[0], shown=True), *raised[1:])
