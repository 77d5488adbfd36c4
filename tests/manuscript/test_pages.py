from __future__ import annotations

from pathlib import Path

import pytest

from storygen.manuscript.dead_links import dead_links
from storygen.manuscript.pages import Page, Toc, contents, nav_of, pages, with_nav
from storygen.outline.read import read_outline
from storygen.outline.tree import Outline

MANUAL = """\
title: Ferry
kind: docs
parts:
  - title: Start
    pages:
      - {title: Install, sections: [Before, After]}
      - {title: First transfer}
  - title: Look up
    pages:
      - {title: Commands}
"""


def outline(tmp_path: Path, text: str = MANUAL) -> Outline:
    (tmp_path / "outline.yaml").write_text(text, encoding="utf-8")
    return read_outline(tmp_path / "outline.yaml")


TEXTS = {"before": "You need [the list](#commands).", "after": "### Deep\n\nDone.", "first-transfer": "Go."}


def test_a_page_begins_with_its_title_and_keeps_the_distance_of_what_is_below(tmp_path: Path) -> None:
    first = pages(outline(tmp_path), TEXTS)[0]

    assert (
        "# Install\n\n## Before\n\nYou need [the list](commands.md).\n\n## After\n\n### Deep\n\nDone.\n"
        == first.text
    )


def test_pages_are_called_by_their_ids_and_know_what_is_above_them(tmp_path: Path) -> None:
    found = pages(outline(tmp_path), TEXTS)

    assert [
        ("install.md", ("Start",)),
        ("first-transfer.md", ("Start",)),
        ("commands.md", ("Look up",)),
    ] == [(page.name, page.above) for page in found]


def test_a_page_without_a_text_is_empty(tmp_path: Path) -> None:
    assert ["install", "first-transfer"] == [page.id for page in pages(outline(tmp_path), TEXTS) if page.text]


def test_a_story_has_a_page_for_each_outermost_heading(tmp_path: Path) -> None:
    story = outline(tmp_path, "title: T\nchapters:\n  - {title: One, scenes: [A, B]}\n  - Two\n")

    assert ["one", "two"] == [page.id for page in pages(story, {"a": "A."})]


def test_a_link_to_a_section_of_another_page_leads_to_its_heading(tmp_path: Path) -> None:
    found = pages(outline(tmp_path), {"first-transfer": "See [it](#after), [this](#first-transfer)."})

    assert "See [it](install.md#after), [this](first-transfer.md)." in found[1].text


UMLAUTS = """\
title: Handbuch
kind: docs
pages:
  - {title: Anfang, sections: [{title: Größe und Maß, id: g}, {title: Ende, id: e1}, {title: Ende, id: e2}]}
  - {title: 使い方, id: how, sections: [{title: 目的, id: why}]}
  - {title: Schluss}
"""


@pytest.mark.parametrize(
    ("toc", "expected"),
    [
        (Toc.MKDOCS, "[g](anfang.md#groe-und-ma), [e](anfang.md#ende_1), [why](how.md#_2)"),
        (Toc.MDBOOK, "[g](anfang.md#größe-und-maß), [e](anfang.md#ende-1), [why](how.md#目的)"),
        (None, "[g](anfang.md#größe-und-maß), [e](anfang.md#ende-1), [why](how.md#目的)"),
    ],
)
def test_a_link_leads_to_the_anchor_that_the_builder_makes(
    tmp_path: Path, toc: Toc | None, expected: str
) -> None:
    found = pages(outline(tmp_path, UMLAUTS), {"schluss": "[g](#g), [e](#e2), [why](#why)"}, toc=toc)

    assert expected in found[-1].text


def test_the_table_of_contents_of_mkdocs(tmp_path: Path) -> None:
    expected = (
        'nav:\n  - "Start":\n    - "Install": "install.md"\n    - "First transfer": "first-transfer.md"\n'
    )

    assert expected == contents(pages(outline(tmp_path), TEXTS), Toc.MKDOCS)


def test_the_summary_of_mdbook_has_drafts_for_what_is_not_written(tmp_path: Path) -> None:
    assert (
        "# Summary\n\n# Start\n\n- [Install](install.md)\n- [First transfer](first-transfer.md)\n"
        "\n# Look up\n\n- [Commands]()\n"
    ) == contents(pages(outline(tmp_path), TEXTS), Toc.MDBOOK)


def test_a_summary_without_parts_is_a_plain_list() -> None:
    found = (Page("a", "A", (), "Text."), Page("b", "B [beta]", (), "Text."))

    assert "# Summary\n\n- [A](a.md)\n- [B \\[beta\\]](b.md)\n" == contents(found, Toc.MDBOOK)


@pytest.mark.parametrize(
    "config",
    [
        "site_name: A\n",
        "site_name: A",
        "site_name: A\nnav:\n  - old.md\n  - Part:\n      - x.md\n\ntheme:\n  name: x\n",
        "nav: [a.md]\nsite_name: A\n",
        "nav:\n- old.md\n# a comment\n- b.md\nplugins: []\n",
        "",
    ],
)
def test_a_configuration_gets_a_new_nav_and_keeps_all_else(config: str) -> None:
    nav = 'nav:\n  - "A": "a.md"\n'
    changed = with_nav(config, nav)

    assert (nav, config.replace(nav_of(config), "").rstrip("\n")) == (
        nav_of(changed),
        changed.replace(nav, "").rstrip("\n"),
    )


def links(text: str, *, there: bool = False) -> list[tuple[str, str]]:
    found = (
        Page("a", "A", (), f"# A\n\n{text}\n"),
        Page("install", "Install", (), "# Install\n\n## Before\n"),
    )
    return [(dead.link.target, dead.meant) for dead in dead_links(found, there=lambda _name: there)]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("install.md", []),
        ("install.md#before", []),
        ("#a", []),
        ("https://example.org", []),
        ("instal.md", [("instal.md", "install.md")]),
        ("install.md#befor", [("install.md#befor", "#before")]),
        ("#nowhere", [("#nowhere", "")]),
        ("gone.png", [("gone.png", "")]),
    ],
)
def test_links_that_lead_nowhere_are_found(link: str, expected: list[tuple[str, str]]) -> None:
    assert expected == links(f"See [it]({link}).")


def test_a_picture_that_lies_beside_the_pages_is_there() -> None:
    assert [] == links("![it](pic.png)", there=True)
