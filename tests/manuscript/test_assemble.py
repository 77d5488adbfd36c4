from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.utils import read_fixture_file

from storygen.manuscript.assemble import assemble, split
from storygen.outline.tree import Heading, Level, Node, Outline, PlanStatus, Section, WordTarget

CASES = read_fixture_file(Path(__file__).parent / "fixtures" / "assemble.md")
PLANNED = re.compile(r"(#+) (?:\[([a-z]+)\] ?)?([^{]*?)(?: ?\{([a-z ]+)\})?")


def outline_of(nodes: list[Node]) -> Outline:
    return Outline("The Lamp", Path("outline.yaml"), nodes=tuple(nodes))


def plan(lines: list[str]) -> Iterator[Node]:
    """Read the nodes of a fixture: headings, a section where an id stands in brackets, its summary below."""
    above: list[str] = []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if not (found := PLANNED.fullmatch(line)):
            continue
        depth, flags = len(found[1]), (found[4] or "").split()
        above = above[: depth - 1]
        if found[2] is None:
            yield Heading(found[3], found[3], depth, Level.CHAPTER)
            above.append(found[3])
            continue
        yield Section(
            found[2],
            found[3],
            1,
            depth,
            Level.SECTION,
            WordTarget(1, 1),
            parents=tuple(above),
            summary="" if PLANNED.fullmatch(below) else below,
            status=PlanStatus.TODO if "todo" in flags else None,
            numbered="unnumbered" not in flags,
            shown="hidden" not in flags,
            intro_of=above[-1] if "intro" in flags else "",
        )


def case(text: str) -> tuple[Outline, dict[str, str]]:
    head, *texts = re.split(r"^@", text, flags=re.MULTILINE)
    pairs = (text.partition("\n") for text in texts)
    return outline_of(list(plan(head.splitlines()))), {name: text for name, _, text in pairs}


@pytest.mark.parametrize(("line", "title", "text", "expected"), CASES, ids=[case[1] for case in CASES])
def test_assemble(line: int, title: str, text: str, expected: str) -> None:
    assert expected == assemble(*case(text)), f"{title} (line {line})"


@pytest.mark.parametrize(("line", "title", "text", "expected"), CASES, ids=[case[1] for case in CASES])
def test_assembling_what_was_split_changes_nothing(line: int, title: str, text: str, expected: str) -> None:
    outline, _ = case(text)

    assert expected == assemble(outline, split(expected)), f"{title} (line {line})"


SNIPPETS = st.sampled_from(
    [
        "Rope and oil.",
        "A line\nand another.  \nAnd a third.",
        "# Quay",
        "Harbour\n=======",
        "Pier\n---",
        "#### Deep",
        "- one\n- two\n\n  more",
        "1. first\n2. second",
        "> a quote\n> # with a heading",
        "```python\n# no heading\nx = 1\n```",
        "~~~~\nopen",
        "    indented code",
        "| a | b |\n|---|---|\n| c | d |",
        "Note[^1] and [chart].",
        "[^1]: Hemp.",
        "[chart]: https://example.org",
        "---",
        "***",
        "<div>\nraw\n</div>",
        "<!-- a remark -->",
        "<!-- left open",
        "**bold**",
        "灯台に着いた。",
        "\\# no heading",
        "C:\\path `code` <b>b</b> &amp;",
        "a\u2028b\u0085c",
    ]
)
MARKDOWN = st.lists(SNIPPETS, max_size=8).map("\n\n".join)


def flat(texts: list[str]) -> tuple[Outline, dict[str, str]]:
    nodes: list[Node] = [
        Section(f"s{number}", f"§{number}", number, 1, Level.SECTION, WordTarget(1, 1), shown=number % 3 != 0)
        for number, _ in enumerate(texts, start=1)
    ]
    return outline_of(nodes), {node.id: text for node, text in zip(nodes, texts, strict=True)}


def plain_words(text: str) -> list[str]:
    """Return the words of a text, whatever its labels are called."""
    own_labels = re.sub(r"(\[\^?)s[0-9]-", r"\1", text).replace("[chart][chart]", "[chart]")
    return re.findall(r"\w+", own_labels)


@given(st.lists(MARKDOWN, min_size=1, max_size=6))
def test_the_words_that_go_in_come_out(texts: list[str]) -> None:
    outline, by_id = flat(texts)
    manuscript = assemble(outline, by_id, clean=True).partition('lang: "en"\n---\n')[2]
    headings = re.compile(r"^# §[0-9]$", re.MULTILINE)

    assert plain_words("\n\n".join(texts)) == plain_words(headings.sub("", manuscript))


@given(st.lists(MARKDOWN, min_size=1, max_size=6))
def test_assembling_again_changes_nothing(texts: list[str]) -> None:
    outline, by_id = flat(texts)
    once = assemble(outline, by_id)

    assert split(once) == split(assemble(outline, split(once)))


@given(st.lists(MARKDOWN, min_size=1, max_size=6))
def test_every_section_is_found_again(texts: list[str]) -> None:
    outline, by_id = flat(texts)

    assert list(by_id) == list(split(assemble(outline, by_id)))


@given(st.lists(st.sampled_from(["Rope.", "Oil\nlamp.", "- a\n- b", "```\nx\n```"]), min_size=1, max_size=6))
def test_splitting_undoes_assembling(texts: list[str]) -> None:
    outline, by_id = flat(texts)

    assert by_id == split(assemble(outline, by_id))


def test_a_clean_manuscript_has_no_comment() -> None:
    assert "<!--" not in assemble(*flat(["Rope.", ""]), clean=True)


def test_a_rehearsed_manuscript_says_so_even_when_clean() -> None:
    assert "no real model wrote this text" in assemble(*flat(["Rope."]), rehearsed=True, clean=True)


def test_the_notice_of_a_rehearsal_is_no_section() -> None:
    assert ["s1"] == list(split(assemble(*flat(["Rope."]), rehearsed=True)))


def test_the_author_chooses_the_scene_break() -> None:
    assert "\n\n⁂\n\n" in assemble(*flat(["Rope.", "Oil.", "Lamp."]), scene_break="⁂")


def test_a_line_written_into_the_manuscript_is_found_in_its_section() -> None:
    manuscript = assemble(*flat(["Rope.", "Oil.", "Lamp."]))

    assert "Whale oil.\n\nMore." == split(manuscript.replace("Oil.", "Whale oil.\n\nMore."))["s2"]
