from __future__ import annotations

from storygen.draft import Digest, Fact
from storygen.prompts.context import Context
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


def told(position: int, digests: dict[str, Digest], **fields: object) -> Context:
    others = (section(each) for each in range(1, position))
    return context(book(*others, section(position, **fields)), position, digests=digests)


LEFT = Digest(
    "",
    (Fact("She is left-handed.", "Anna"), Fact("Tom owes her a shilling."), Fact("It is grey.", "The sea")),
)


def test_what_has_no_room_is_counted_by_tier() -> None:
    told = section(1, summary="word " * 50, facts=tuple(f"The tower has {n} steps." for n in range(10)))
    found = context(book(told, section(2)), 2, facts=50, recap=10)

    assert (
        "1 line of the recap (context.recap)",
        f"{10 - len(found.facts)} lines of the facts (context.facts)",
    ) == found.left_out


def test_facts_are_told_of_those_on_the_card_only() -> None:
    digests = {"s1": LEFT}
    assert (("Anna: She is left-handed.",), ("Tom owes her a shilling.",), ("The sea: It is grey.",), ()) == (
        told(3, digests, pov="Anna").facts,
        told(3, digests, cast=("Tom",)).facts,
        told(3, digests, beats=("The sea rises.",)).facts,
        told(3, digests).facts,
    )


def test_an_entry_is_known_by_any_of_its_names() -> None:
    assert ("Anna: She is left-handed.",) == told(3, {"s1": LEFT}, beats=("The keeper wakes.",)).facts


def test_what_the_section_before_established_is_not_told_yet() -> None:
    assert () == told(2, {"s1": LEFT}, pov="Anna").facts


def test_facts_on_cards_come_before_facts_in_texts() -> None:
    first = section(1, facts=("The tower has forty steps and a lamp.",))
    outline = book(first, section(2), section(3, pov="Anna"))
    found = context(outline, 3, digests={"s1": LEFT}, facts=12)
    assert ("The tower has forty steps and a lamp.",) == found.facts


def test_the_newest_facts_are_kept() -> None:
    digests = {f"s{n}": Digest("", (Fact(f"Anna has {n} keys."),)) for n in range(1, 9)}
    assert ("Anna has 7 keys.", "Anna has 8 keys.") == told(10, digests, pov="Anna").facts[-2:]


def test_a_text_opens_threads_and_pays_them() -> None:
    digests = {"s1": Digest("", opened=("who rang?", "the letter")), "s2": Digest("", paid=("The letter",))}
    assert ("who rang?",) == told(4, digests).threads
