"""Links between pages that lead nowhere."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from storygen.manuscript.pages import Page
from storygen.text.links import Link, anchors, links
from storygen.text.nearest import nearest


@dataclass(frozen=True, slots=True)
class DeadLink:
    """A link on a page that leads nowhere: `why` in words, `meant` what it may have to say."""

    page: Page
    link: Link
    why: str
    meant: str = ""


def dead_links(pages: tuple[Page, ...], *, there: Callable[[str], bool]) -> Iterator[DeadLink]:
    """Yield the links of *pages* to a page, a file or a heading that is not there, in reading order.

    *there* says whether a file that is no page lies beside them, by its path from the folder of the pages.
    """
    texts = {page.name: page.text for page in pages}
    places = {name: anchors(text) for name, text in texts.items()}
    for page in pages:
        for link in links(page.text):
            if link.inside and (why := _why(link, page, places, there)):
                yield DeadLink(page, link, why, _meant(link, page, places))


def _why(link: Link, page: Page, places: Mapping[str, frozenset[str]], there: Callable[[str], bool]) -> str:
    """Return why *link* leads nowhere; nothing where it leads somewhere."""
    name, anchor = _parts(link, page)
    if name in places:
        return f"{name} has no heading `#{anchor}`" if anchor and anchor not in places[name] else ""
    return "" if there(name) else f"there is no {name}"


def _meant(link: Link, page: Page, places: Mapping[str, frozenset[str]]) -> str:
    name, anchor = _parts(link, page)
    if name not in places:
        return nearest(name, places) or ""
    found = nearest(anchor, places[name])
    return f"#{found}" if found else ""


def _parts(link: Link, page: Page) -> tuple[str, str]:
    """Return the file that *link* leads to, as seen from the folder of the pages, and the anchor in it."""
    name, _, anchor = link.target.partition("#")
    return posixpath.normpath(name.partition("?")[0]) if name else page.name, anchor
