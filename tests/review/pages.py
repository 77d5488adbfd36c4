"""Short ways to a page for the tests of the review."""

from __future__ import annotations

from pathlib import Path

from storygen.outline.tree import Entry, Kind, Level, Outline, Section, Style, WordTarget
from storygen.review.conventions import Conventions
from storygen.review.page import Page, Piece


def section(id_: str = "the-boat", **fields: object) -> Section:
    """Return a section that a model writes."""
    given: dict[str, object] = {
        "id": id_,
        "title": "The boat",
        "position": 1,
        "depth": 1,
        "level": Level.SCENE,
        "words": WordTarget(1, 100_000),
    }
    return Section(**given | fields)  # type: ignore[arg-type]


def page(text: str, lang: str = "en", *, line: int = 1, **fields: object) -> Page:
    """Return *text* as the page of a section with these fields."""
    return Page(Piece(section(**fields), text, "drafts/01-the-boat.md", line), lang)


def outline(
    *sections: Section,
    lang: str = "en",
    kind: Kind = Kind.FICTION,
    codex: tuple[Entry, ...] = (),
    **style: object,
) -> Outline:
    """Return an outline of *sections* with this style."""
    return Outline(
        "The Ferry Clock",
        Path("outline.yaml"),
        kind=kind,
        lang=lang,
        codex=codex,
        style=Style(**style),  # type: ignore[arg-type]
        nodes=sections,
    )


def conventions(*sections: Section, **fields: object) -> Conventions:
    """Return the conventions of an outline without sources and samples."""
    return Conventions.of(outline(*sections, **fields), sources={}, samples={})  # type: ignore[arg-type]
