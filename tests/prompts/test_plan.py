from __future__ import annotations

import pytest

from storygen.outline.tree import Heading, Level
from storygen.prompts.context import Limits, gather
from storygen.prompts.plan import clip, plan
from storygen.text.tokens import count_tokens
from tests.prompts.books import book, long_book, section


def test_a_plan_has_a_line_for_every_heading_and_section() -> None:
    nodes = (
        Heading("a", "Arrival", depth=1, level=Level.PART),
        section(1, title="The boat", depth=2, summary="Anna crosses."),
        section(2, title="Night", depth=2, beats=("A noise", "A light.")),
        section(3, title="After"),
    )
    assert ("- Arrival", "  - The boat: Anna crosses.", "  - Night: A noise. A light.", "- After") == plan(
        book(*nodes), limit=4000, count=count_tokens
    )


@pytest.mark.parametrize("limit", [4000, 1000, 300, 40])
def test_a_plan_fits_its_budget(limit: int) -> None:
    assert count_tokens("\n".join(plan(long_book(60), limit=limit, count=count_tokens))) <= limit


def test_a_heading_stands_for_its_sections_when_they_do_not_fit() -> None:
    lines = plan(long_book(60), limit=200, count=count_tokens)
    assert "- Part part0 (10 sections): What part0 is about." == lines[0]


def test_runs_of_sections_share_a_line_where_there_are_no_headings() -> None:
    lines = plan(book(*(section(position) for position in range(1, 65))), limit=100, count=count_tokens)
    assert "- Sections 1 to 16: Title 1 … Title 16" == lines[0]


def test_every_section_is_in_some_line() -> None:
    lines = plan(book(*(section(position) for position in range(1, 65))), limit=100, count=count_tokens)
    assert "- Sections 49 to 64: Title 49 … Title 64" == lines[-1]


def test_an_empty_book_has_an_empty_plan() -> None:
    assert () == plan(book(), limit=10, count=count_tokens)


def test_an_outline_that_was_edited_has_a_plan_of_its_own() -> None:
    crosses, stays = (book(section(1, summary=text)) for text in ("Anna crosses.", "Anna stays."))
    plans = [plan(each, limit=40, count=count_tokens) for each in (crosses, stays, crosses)]

    assert [("- Title 1: Anna crosses.",), ("- Title 1: Anna stays.",), plans[0]] == plans


def test_a_plan_is_made_once_for_all_sections() -> None:
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return count_tokens(text)

    outline = long_book(60)
    for each in outline.sections:
        gather(outline, each, {}, limits=Limits(), count=count)

    assert 1 == sum(text.startswith("- Part part0") for text in counted)


def test_clipping_counts_characters_where_words_have_no_blanks() -> None:
    assert "灯台に …" == clip("灯台に着いた。", words=3)
