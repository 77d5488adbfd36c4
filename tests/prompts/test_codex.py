from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storygen.outline.tree import Entry, Include, Section, Style
from storygen.prompts.codex import Choices, Why, choose, named
from storygen.text.tokens import count_tokens
from tests.prompts.books import CODEX, book, section


def choices(card: Section, *, tail: str = "", limit: int = 2000, codex: tuple[Entry, ...] = CODEX) -> Choices:
    others = [card if position == card.position else section(position) for position in range(1, 7)]
    return choose(book(*others, codex=codex), card, tail=tail, limit=limit, count=count_tokens)


def why(found: Choices) -> dict[str, Why]:
    return {choice.entry.name: choice.why for choice in found.all}


def test_every_entry_is_in_or_out_for_a_reason() -> None:
    found = choices(section(1, pov="Anna", beats=("Tom waves.",)))
    assert {
        "Anna Reyes": Why.NAMED,
        "The log book": Why.ALWAYS,
        "Tom": Why.CARD,
        "Grace": Why.NESTED,
        "Ibsen": Why.ABSENT,
        "The drowned man": Why.NEVER,
    } == why(found)


def test_what_is_sent_keeps_the_order_of_the_outline() -> None:
    found = choices(section(1, pov="Anna", beats=("Tom waves.",)))
    assert ["Anna Reyes", "Tom", "Grace"] == [known.entry.name for known in found.known]


def test_whoever_tells_the_story_is_known() -> None:
    found = choices(section(1, style=Style(person="first, Tom")))
    assert ["“Tom” in who tells it"] == [each.reason for each in found.all if each.entry.name == "Tom"]


def test_an_alias_in_the_tail_is_a_reason() -> None:
    found = choices(section(1), tail="The keeper's hand shook.")
    assert "“the keeper” in the tail" == next(choice.reason for choice in found.all if choice.sent)


def test_never_is_stronger_than_a_cast() -> None:
    found = choices(section(1, cast=("The drowned man",)))
    assert () == found.known


def test_changes_hold_from_their_section_on() -> None:
    texts = [choices(section(position, pov="Anna")).known[0].text for position in (2, 3, 5)]
    assert [0, 1, 2] == [text.count("Since “") for text in texts]


def test_the_latest_change_comes_last() -> None:
    assert (
        choices(section(6, pov="Anna")).known[0].text.endswith("Since “Title 5”: The wrist has healed badly.")
    )


def test_an_entry_of_the_system_message_comes_again_once_it_has_changed() -> None:
    log = Entry("The log book", include=CODEX[1].include, changes=CODEX[0].changes)
    assert [(), ("The log book",)] == [
        tuple(known.entry.name for known in choices(section(position), codex=(log,)).known)
        for position in (1, 3)
    ]


def test_a_change_of_an_entry_of_the_system_message_always_fits() -> None:
    log = Entry("The log book", include=CODEX[1].include, changes=CODEX[0].changes)
    assert 1 == len(choices(section(3), codex=(log,), limit=0).known)


def test_what_does_not_fit_is_left_out_and_said_so() -> None:
    long = Entry("Grace", about="She waits. " * 200)
    found = choices(section(1, beats=("Tom and Grace wave.",)), limit=100, codex=(long, *CODEX[2:3]))
    assert [("Grace", False), ("Tom", True)] == [(choice.entry.name, choice.sent) for choice in found.all]


def test_the_reason_names_the_budget() -> None:
    found = choices(section(1, beats=("Tom waves.",)), limit=1)
    assert "“Tom” in beat 1; left out: of the 1 tokens for the codex 1 were left" == found.all[2].reason


def test_only_what_is_sent_draws_others_in() -> None:
    found = choices(section(1, beats=("Tom waves.",)), limit=1)
    assert ("Grace", Why.ABSENT) == (found.all[3].entry.name, found.all[3].why)


def test_what_is_drawn_in_draws_in_nothing_more() -> None:
    assert {"Grace": True, "Ibsen": False} == {
        choice.entry.name: choice.sent
        for choice in choices(section(1, cast=("Tom",))).all
        if choice.entry.name in {"Grace", "Ibsen"}
    }


def test_what_the_card_mentions_comes_before_what_an_entry_mentions() -> None:
    short, long = Entry("Ann", about="Of Bea."), Entry("Bea", about="She waits. " * 50)
    last = Entry("Cy", about="She waits. " * 50)
    found = choices(section(1, beats=("Ann and Cy wave.",)), limit=190, codex=(short, long, last))
    assert [("Ann", True), ("Bea", False), ("Cy", True)] == [
        (choice.entry.name, choice.sent) for choice in found.all
    ]


@given(st.integers(0, 120), st.lists(st.sampled_from([each.name for each in CODEX]), max_size=4))
def test_only_the_cast_and_changes_may_cost_more_than_the_budget(limit: int, named: list[str]) -> None:
    found = choices(section(1, pov="Grace", beats=tuple(named)), limit=limit)
    asked = [each for each in found.all if each.entry.include is Include.AUTO and each.why is not Why.NAMED]
    assert sum(each.tokens for each in asked if each.sent) <= limit


def test_the_cast_is_sent_whatever_it_costs() -> None:
    found = choices(section(1, cast=("Tom",)), limit=1)
    assert ["Tom"] == [known.entry.name for known in found.known]


def test_a_card_names_what_it_says_but_not_what_its_title_says() -> None:
    card = section(1, title="Grace", pov="Anna", beats=("Tom waves.",), summary="The drowned man lies there.")

    assert ["Anna Reyes", "Tom"] == [entry.name for entry in named(CODEX, card)]
