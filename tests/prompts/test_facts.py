from __future__ import annotations

from tests.prompts.books import book, context, section


def test_facts_about_the_people_at_hand_are_kept_first() -> None:
    told = section(1, facts=("Anna has a brother.", *(f"The tower has {n} steps." for n in range(40))))
    found = context(book(told, section(2, pov="Anna")), 2, facts=30)
    assert "Anna has a brother." == found.facts[0]


def test_threads_are_open_until_something_pays_them() -> None:
    outline = book(
        section(1, plant=("the key", "the stove")), section(2, pay=("The  key",)), section(3, pay=("?",))
    )
    assert ("the stove",) == context(outline, 3).threads
