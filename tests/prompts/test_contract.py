"""A thousand sections of made-up books, and what the prompt of every one of them has to keep."""

from __future__ import annotations

from functools import cache

import pytest

from storygen.prompts.context import Limits, gather
from storygen.prompts.messages import parts, section_messages
from storygen.prompts.templates import Templates
from storygen.text.tokens import count_tokens
from tests.prompts import contract
from tests.prompts.contract import Asked, Check
from tests.prompts.generated import written

BOOKS = 40
SECTIONS = 25
LIMITS = Limits()
TEMPLATES = Templates.read()
CHECKS = [
    contract.tells_the_card,
    contract.tells_the_words,
    contract.declares_conventions,
    contract.names_the_language_last,
    contract.ends_with_the_two_rules,
    contract.asks_for_text_alone,
    contract.fences_the_next_beat,
    contract.goes_on_from_a_sentence,
    contract.comes_in_order,
    contract.is_a_session_of_its_own,
    contract.forbids_few_phrases,
    contract.varies,
    contract.tells_the_end_what_is_open,
]


@cache
def asked(seed: int) -> tuple[Asked, ...]:
    """Return what the sections of one made-up book are asked."""
    book = written(seed, sections=SECTIONS)
    outline, texts = book.outline, book.texts
    found = []
    for section in outline.sections:
        context = gather(outline, section, texts, limits=LIMITS, count=count_tokens)
        messages = section_messages(outline, section, context, TEMPLATES)
        before = book.sentences.get(f"s{section.position - 1}", [])
        found.append(Asked(outline, section, context, messages, before))
    return tuple(found)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_prompt_keeps_the_contract(check: Check) -> None:
    broken = [(seed, each.section.id) for seed in range(BOOKS) for each in asked(seed) if not check(each)]

    assert [] == broken


def test_a_thousand_sections_are_rendered() -> None:
    assert 1_000 == sum(len(asked(seed)) for seed in range(BOOKS))


def test_the_system_message_is_the_same_to_the_byte() -> None:
    assert [1] * BOOKS == [len({each.system.encode() for each in asked(seed)}) for seed in range(BOOKS)]


def named(each: Asked) -> int:
    """Return what the codex entries cost that the card names, which are sent whatever they cost."""
    return sum(choice.tokens for choice in each.context.choices if choice.sent and choice.why == 1)


def test_every_part_keeps_to_its_room() -> None:
    slack = 20
    over = []
    for seed in range(0, BOOKS, 4):
        for each in asked(seed)[::5]:
            room = {
                "codex": max(LIMITS.codex, named(each)) + each.system.count("## "),
                "facts": LIMITS.facts,
                "recap": LIMITS.recap,
                "tail": LIMITS.tail,
                "card": 600,
                "vary": 500,
                "closing": 80,
            }
            found = parts(each.outline, each.section, each.context, TEMPLATES, count=count_tokens)
            over += [
                (seed, each.section.id, part.name, part.tokens)
                for part in found
                if not part.cached and part.tokens > room.get(part.name, 300) + slack
            ]

    assert [] == over


def test_a_prompt_is_no_longer_at_the_end_of_a_book() -> None:
    longest = max(count_tokens(each.user) for seed in range(BOOKS) for each in asked(seed)[-5:])

    assert longest <= LIMITS.codex * 2 + LIMITS.facts + LIMITS.recap + LIMITS.tail + 1_200
