from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.book.frontmatter import join_front_matter, plain_prose, split_front_matter

OBSIDIAN = """---
cssclasses:
  - wide
id: "the-boat"   # do not touch
aliases: [The Boat]
status: draft
  id: nested
---
It rained.
"""

lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=20).filter(
    lambda line: line.rstrip(" \t") != "---" and not line.startswith(("id", "status"))
)
ids = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)


@given(st.text())
def test_cutting_loses_nothing(text: str) -> None:
    parts = split_front_matter(text)

    assert text == parts.head + parts.prose


@given(st.lists(lines), ids, st.sampled_from(["draft", "final"]), st.text(), st.sampled_from(["\n", "\r\n"]))
def test_what_was_joined_is_read_again(
    others: list[str], id_: str, status: str, prose: str, end: str
) -> None:
    head = end.join(["---", *others, "---", ""])

    found = split_front_matter(join_front_matter(head, id=id_, status=status, prose=prose))

    assert (id_, status, plain_prose(prose)) == (found.id, found.status, plain_prose(found.prose))


@given(st.lists(lines), ids, st.sampled_from(["\n", "\r\n"]))
def test_lines_of_others_stay_byte_for_byte(others: list[str], id_: str, end: str) -> None:
    head = end.join(["---", *others, "---", ""])

    joined = split_front_matter(join_front_matter(head, id=id_, status="draft", prose="")).head

    assert [f"id: {id_}", "status: draft", *others] == joined.split(end)[1:-2]


def test_quotes_comments_and_nested_fields_do_not_mislead() -> None:
    found = split_front_matter(OBSIDIAN)

    assert ("the-boat", "draft") == (found.id, found.status)


def test_a_field_that_is_right_already_is_not_touched() -> None:
    head = split_front_matter(OBSIDIAN).head

    assert head == split_front_matter(join_front_matter(head, id="the-boat", status="draft", prose="")).head


def test_a_rule_at_the_end_of_prose_opens_nothing() -> None:
    assert "" == split_front_matter("It rained.\n\n---\n\nid: x\n\n---\n").head


def test_front_matter_that_is_never_closed_is_prose() -> None:
    assert "" == split_front_matter("---\nid: x\nIt rained.\n").head


@pytest.mark.parametrize("line", ["---\n", "--- \n", "a\n", "id:" + " " * 50 + "\n"])
def test_long_input_is_read_in_straight_time(line: str) -> None:
    assert ("", 200_000 // len(line) * len(line) + 4) == (
        (parts := split_front_matter("+++\n" + line * (200_000 // len(line)))).head,
        len(parts.prose),
    )


@pytest.mark.parametrize("status", ["", "#", "'", '"', "draft #", "'final'"])
def test_any_word_for_a_status_is_read_without_a_fault(status: str) -> None:
    assert isinstance(split_front_matter(f"---\nstatus: {status}\n---\n").status, str)
