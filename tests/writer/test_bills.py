from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from storygen.desk.commission import commission_of
from storygen.desk.project import open_project
from storygen.known_settings import ContextMode
from storygen.outline.tree import WordTarget
from storygen.writer.ask import Chosen, Commission
from storygen.writer.bills import choose_context
from tests.prompts.books import long_book


@pytest.fixture
def nothing(tmp_path: Path) -> Commission:
    """Return the commission of a book with one section."""
    path = tmp_path / "outline.yaml"
    path.write_text("title: T\nsections: [One]\n", encoding="utf-8")
    return commission_of(open_project(path, environ={}), rehearsed=False)


def chosen(commission: Commission, sections: int, *, caches: bool = True, **fields: Any) -> Chosen:
    """Return what `auto` comes to for a book of so many *sections*, all with the same *fields*."""
    given = {"context": "auto", "model": "claude-sonnet-4-6", "recap": "digest"} | fields
    outline = long_book(sections)
    nodes = tuple(replace(node, **given) if hasattr(node, "beats") else node for node in outline.nodes)
    return choose_context(replace(commission, outline=replace(outline, nodes=nodes)), caches=caches)


@pytest.mark.parametrize(("sections", "mode"), [(3, "full"), (30, "full"), (80, "rolling"), (200, "rolling")])
def test_with_digests_and_reads_at_a_tenth_the_bills_cross_at_about_fifty_sections(
    nothing: Commission, sections: int, mode: str
) -> None:
    assert mode == chosen(nothing, sections).mode


def test_cheaper_reads_make_the_whole_text_cheaper_for_longer(nothing: Commission) -> None:
    assert ContextMode.FULL is chosen(nothing, 80, model="claude-sonnet-5-5").mode


def test_without_digests_a_recap_of_cards_is_cheaper_than_the_text(nothing: Commission) -> None:
    assert ContextMode.ROLLING is chosen(nothing, 10, recap="none").mode


def test_the_reason_has_both_bills(nothing: Commission) -> None:
    why = chosen(nothing, 30).why
    assert (True, True, 2) == (
        why.startswith("context auto: full, because full is about $"),
        ", rolling with its digests about $" in why,
        why.count("$"),
    )


@pytest.mark.parametrize(
    ("fields", "caches", "why"),
    [
        ({}, False, "this server is not known to cache prompts"),
        ({"model": "somebody-elses"}, True, "the price of somebody-elses is not known"),
        (
            {"model": "claude-haiku-4-5", "words": WordTarget(30_000, 30_000)},
            True,
            "the whole book does not fit into the window of claude-haiku-4-5",
        ),
    ],
)
def test_where_nobody_can_tell_the_context_rolls(
    nothing: Commission,
    fields: dict[str, Any],
    caches: bool,  # noqa: FBT001 - a case of the table
    why: str,
) -> None:
    assert Chosen(why=f"context auto: rolling, since {why}") == chosen(nothing, 5, caches=caches, **fields)


def test_nothing_is_said_where_nobody_asks(nothing: Commission) -> None:
    assert Chosen() == chosen(nothing, 5, context="full")


def test_what_is_learned_of_a_model_does_not_change_the_choice(nothing: Commission) -> None:
    learned = replace(nothing, factors={"claude-sonnet-4-6": 3.0})
    assert chosen(nothing, 50) == chosen(learned, 50)
