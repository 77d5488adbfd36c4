from __future__ import annotations

from itertools import pairwise

import pytest

from storygen.messages import Message, Role
from storygen.outline.tree import Kind, Outline
from storygen.prompts.context import Context
from storygen.prompts.full import in_full, tokens_in_full
from storygen.prompts.messages import Written, parts, prefilled_messages, section_messages
from storygen.prompts.templates import Templates
from storygen.text.tokens import count_tokens
from tests.prompts.books import book, context, long_book, prose, section, texts

TEMPLATES = Templates.read()


def full(outline: Outline, position: int) -> Context:
    chosen = outline.sections[position - 1]
    return in_full(context(outline, position), outline, chosen, texts(outline))


def messages(outline: Outline, position: int) -> tuple[Message, ...]:
    chosen = outline.sections[position - 1]
    return section_messages(outline, chosen, full(outline, position), TEMPLATES)


def test_each_finished_section_is_a_block_before_the_request() -> None:
    asked = messages(long_book(5), 4)
    assert [Role.SYSTEM, *[Role.USER] * 4] == [message.role for message in asked]
    assert [f'<finished title="Title {n}">\n{prose(n)}\n</finished>' for n in (1, 2, 3)] == [
        message.text for message in asked[1:4]
    ]


def test_the_cache_is_marked_behind_the_system_message_and_the_last_finished_section() -> None:
    assert [True, False, False, True, False] == [message.cached for message in messages(long_book(5), 4)]


@pytest.mark.parametrize("kind", Kind)
def test_every_prompt_begins_with_all_that_was_marked_before(kind: Kind) -> None:
    outline = long_book(12, kind=kind)
    asked = [[message.text for message in messages(outline, position)] for position in range(1, 13)]
    assert all(later[: len(earlier) - 1] == earlier[:-1] for earlier, later in pairwise(asked))


def test_who_is_told_all_needs_no_recap_but_a_tail() -> None:
    found = full(long_book(5), 4)
    assert ((), True) == (found.recap, prose(3).endswith(found.tail) and bool(found.tail))


def test_only_what_a_section_comes_after_is_told() -> None:
    outline = book(section(1), section(2, after=()), section(3, after=("s1",)))
    assert ["Title 1"] == [finished.title for finished in full(outline, 3).finished]


def test_the_first_section_is_asked_as_ever() -> None:
    outline = long_book(3)
    rolling = section_messages(outline, outline.sections[0], context(outline, 1), TEMPLATES)
    assert rolling == messages(outline, 1)


def test_a_leg_goes_on_from_the_same_prompt() -> None:
    outline = long_book(3)
    written = Written("She", words=1, wanted=999)
    asked = prefilled_messages(outline, outline.sections[2], full(outline, 3), TEMPLATES, written=written)
    assert messages(outline, 3) == asked[:-1]


def test_the_parts_hold_all_finished_sections_as_one() -> None:
    outline = long_book(5)
    found = parts(outline, outline.sections[3], full(outline, 4), TEMPLATES, count=count_tokens)
    assert [("finished × 3", True)] == [(part.name, part.cached) for part in found if "finished" in part.name]


def test_a_title_cannot_close_its_tag() -> None:
    outline = book(section(1, title='Say "no"'), section(2))
    assert messages(outline, 2)[1].text.startswith("<finished title=\"Say 'no'\">\n")


def test_the_tokens_are_those_of_the_texts() -> None:
    assert count_tokens(prose(1)) + count_tokens(prose(2)) == tokens_in_full(
        full(long_book(3), 3), count=count_tokens
    )
