from __future__ import annotations

from pathlib import Path

import pytest

from storygen.desk.pages import BuiltPages, build_pages
from storygen.desk.write import write
from storygen.errors import UsageError
from storygen.manuscript.pages import Toc
from tests.desk.test_write import opened

MANUAL = """\
title: Ferry
kind: docs
words: 200
pages:
  - {title: Install}
  - {title: Use}
"""


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    """Return the outline of a manual of two pages that are rehearsed."""
    path = tmp_path / "manual" / "outline.yaml"
    path.parent.mkdir()
    path.write_text(MANUAL, encoding="utf-8")
    write(opened(path))
    return path


def built(manual: Path, *, toc: Toc | None = None) -> BuiltPages:
    return build_pages(opened(manual), manual.parent / "docs", toc=toc)


def names(paths: tuple[Path, ...]) -> list[str]:
    return [path.name for path in paths]


def test_every_page_is_a_file_with_its_title_in_front(manual: Path) -> None:
    built(manual)
    text = (manual.parent / "docs" / "install.md").read_text()

    assert text.startswith('---\ntitle: "Install"\n---\n\n# Install\n\n')


def test_building_again_changes_nothing(manual: Path) -> None:
    built(manual, toc=Toc.MKDOCS)
    files = {path: path.stat().st_mtime_ns for path in manual.parent.rglob("*.md")}
    again = built(manual, toc=Toc.MKDOCS)

    assert (files, ()) == (
        {path: path.stat().st_mtime_ns for path in manual.parent.rglob("*.md")},
        again.edited,
    )


def test_front_matter_stays_the_writers(manual: Path) -> None:
    built(manual)
    page = manual.parent / "docs" / "install.md"
    page.write_text(page.read_text().replace('title: "Install"', "title: Set it up\ntags: [a]"))
    draft = manual.parent / "drafts" / "01-install.md"
    draft.write_text(draft.read_text() + "\nOne more line.\n")
    built(manual)

    assert (True, True) == (
        page.read_text().startswith("---\ntitle: Set it up\ntags: [a]\n---\n\n# Install\n"),
        page.read_text().endswith("One more line.\n"),
    )


def test_front_matter_that_its_writer_took_out_stays_out(manual: Path) -> None:
    built(manual)
    page = manual.parent / "docs" / "install.md"
    page.write_text(page.read_text().partition("---\n\n")[2])
    built(manual)

    assert page.read_text().startswith("# Install\n")


def test_front_matter_that_nobody_touched_follows_the_outline(manual: Path) -> None:
    built(manual)
    manual.write_text(MANUAL.replace("title: Install", "title: Set up, id: install"))
    built(manual)

    assert (manual.parent / "docs" / "install.md").read_text().startswith('---\ntitle: "Set up"\n---\n')


def test_pages_of_mdbook_have_no_front_matter_since_it_would_show_it(manual: Path) -> None:
    built(manual, toc=Toc.MDBOOK)
    built(manual)

    assert (manual.parent / "docs" / "install.md").read_text().startswith("# Install\n")


def test_a_page_that_was_changed_by_hand_stays_and_is_named(manual: Path) -> None:
    built(manual)
    page = manual.parent / "docs" / "install.md"
    page.write_text(page.read_text() + "\nMine.\n")
    found = built(manual)

    assert (["install.md"], True) == (names(found.edited), page.read_text().endswith("Mine.\n"))


def test_a_file_of_somebody_elses_is_never_overwritten(manual: Path) -> None:
    (manual.parent / "docs").mkdir()
    page = manual.parent / "docs" / "install.md"
    page.write_text("# Mine\n")
    found = built(manual)

    assert (["install.md"], "# Mine\n") == (names(found.edited), page.read_text())


def test_a_page_that_is_gone_is_named_and_left(manual: Path) -> None:
    built(manual)
    manual.write_text(MANUAL.replace("  - {title: Use}\n", ""))

    assert ["use.md"] == names(built(manual).strays)


def test_a_hand_written_page_is_taken_in(manual: Path) -> None:
    (manual.parent / "own.md").write_text("Written by hand.\n")
    manual.write_text(MANUAL + "  - {title: Own page, file: own.md}\n")
    built(manual)

    assert "# Own page\n\nWritten by hand.\n" in (manual.parent / "docs" / "own-page.md").read_text()


def test_a_hand_written_page_brings_its_front_matter(manual: Path) -> None:
    own = manual.parent / "own.md"
    manual.write_text(MANUAL + "  - {title: Own page, file: own.md}\n")
    page = manual.parent / "docs" / "own-page.md"
    heads = []
    for description in ("First", "Second"):
        own.write_text(f"---\ndescription: {description}\n---\nWritten by hand.\n")
        built(manual)
        heads.append(page.read_text().partition("\n\n")[0])

    assert ["---\ndescription: First\n---", "---\ndescription: Second\n---"] == heads


def test_links_of_a_page_that_was_changed_by_hand_are_read_as_they_stand(manual: Path) -> None:
    draft = manual.parent / "drafts" / "01-install.md"
    draft.write_text(draft.read_text() + "\nSee [it](us.md).\n")
    built(manual)
    page = manual.parent / "docs" / "install.md"
    page.write_text(page.read_text().replace("\n# Install", "\n\n\n# Install").replace("us.md", "ours.md"))
    (finding,) = built(manual).findings

    assert "See [it](ours.md)." == page.read_text().split("\n")[finding.line - 1] == finding.source


def test_a_dead_link_is_found_with_its_place(manual: Path) -> None:
    draft = manual.parent / "drafts" / "01-install.md"
    draft.write_text(draft.read_text() + "\nSee [it](us.md).\n")
    (finding,) = built(manual).findings
    page = (manual.parent / "docs" / "install.md").read_text().split("\n")

    assert ("See [it](us.md).", "did you mean `use.md`?") == (page[finding.line - 1], finding.under)
    assert "us.md" == finding.source[finding.column - 1 :][: finding.width]


def test_mkdocs_gets_a_nav_and_keeps_the_rest_of_its_configuration(manual: Path) -> None:
    config = manual.parent / "mkdocs.yml"
    config.write_text("site_name: Mine\ntheme:\n  name: material\n")
    built(manual, toc=Toc.MKDOCS)

    assert (
        'site_name: Mine\ntheme:\n  name: material\nnav:\n  - "Install": "install.md"\n  - "Use": "use.md"\n'
    ) == config.read_text()


def test_a_nav_by_hand_stays(manual: Path) -> None:
    config = manual.parent / "mkdocs.yml"
    config.write_text("site_name: Mine\nnav:\n  - use.md\n")
    found = built(manual, toc=Toc.MKDOCS)

    assert (["mkdocs.yml"], "site_name: Mine\nnav:\n  - use.md\n") == (
        names(found.edited),
        config.read_text(),
    )


def test_our_own_nav_follows_the_outline(manual: Path) -> None:
    built(manual, toc=Toc.MKDOCS)
    manual.write_text(MANUAL.replace("title: Install", "title: Set up, id: install"))
    built(manual, toc=Toc.MKDOCS)

    assert '  - "Set up": "install.md"\n' in (manual.parent / "mkdocs.yml").read_text()


def test_mdbook_gets_a_summary(manual: Path) -> None:
    built(manual, toc=Toc.MDBOOK)

    assert (
        "# Summary\n\n- [Install](install.md)\n- [Use](use.md)\n"
        == (manual.parent / "docs" / "SUMMARY.md").read_text()
    )


@pytest.mark.parametrize("folder", [".", "drafts", "drafts/pages", "codex", ".storygen", "templates"])
def test_pages_do_not_lie_among_what_is_not_theirs(manual: Path, folder: str) -> None:
    with pytest.raises(UsageError, match="something else"):
        build_pages(opened(manual), manual.parent / folder)


def test_pages_may_lie_outside_of_the_book(manual: Path, tmp_path: Path) -> None:
    build_pages(opened(manual), tmp_path / "site" / "docs")

    assert ["install.md", "use.md"] == sorted(path.name for path in (tmp_path / "site" / "docs").iterdir())


def test_a_rehearsed_page_says_so(manual: Path) -> None:
    built(manual)

    assert "rehearsal, written by the built-in model" in (manual.parent / "docs" / "use.md").read_text()
