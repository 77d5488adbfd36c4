from __future__ import annotations

from typing import Any

from storygen.rehearsal.conversation import Conversation, read_conversation

CARD = "Title: The boat\nWords: 400\n\n1. Tom refuses payment."
OTHER = "Title: The lamp\nWords: 300\n\n1. Anna sees the lamp."
KEPT = "The boat came in late and nobody spoke of it"
QUOTING = "Begin with <anchor>nobody spoke of it</anchor>. About 300 words remain."


def read(*turns: tuple[str, Any], system: Any = "") -> Conversation:
    return read_conversation(
        {"messages": [{"role": role, "content": content} for role, content in turns], "system": system}
    )


def test_a_request_alone_is_what_asks() -> None:
    assert Conversation("", (CARD,)) == read(("user", CARD))


def test_the_blocks_of_a_turn_stay_apart() -> None:
    blocks = [{"type": "text", "text": "Finished."}, {"type": "text", "text": CARD}]
    assert ("Finished.", CARD) == read(("user", blocks)).asking


def test_system_blocks_are_one_text() -> None:
    blocks = [{"type": "text", "text": "Be a novelist."}, {"type": "text", "text": "Language: es"}]
    assert "Be a novelist.\n\nLanguage: es" == read(("user", CARD), system=blocks).system


def test_a_last_turn_of_the_assistant_is_a_prefill() -> None:
    assert Conversation("", (CARD,), KEPT) == read(("user", CARD), ("assistant", KEPT))


def test_a_turn_that_quotes_the_end_asks_for_more() -> None:
    assert Conversation("", (CARD,), KEPT, QUOTING) == read(
        ("user", CARD), ("assistant", KEPT), ("user", QUOTING)
    )


def test_a_turn_that_only_says_go_on_asks_for_more() -> None:
    asked = read(("user", CARD), ("assistant", KEPT), ("user", "Go on, about 300 words are missing."))
    assert (CARD,) == asked.asking


def test_a_turn_with_a_card_of_its_own_begins_anew() -> None:
    asked = read(("user", CARD), ("assistant", KEPT), ("user", OTHER))
    assert Conversation("", (OTHER,)) == asked


def test_several_legs_are_one_kept_text() -> None:
    legs = read(
        ("user", CARD),
        ("assistant", "The boat came "),
        ("user", "Go on."),
        ("assistant", "in late"),
        ("user", "More."),
    )
    assert ((CARD,), "The boat came in late", "More.") == (legs.asking, legs.kept, legs.since)


def test_a_system_turn_in_the_middle_is_heard_as_the_user() -> None:
    assert (CARD, "Be brief.") == read(("user", CARD), ("system", "Be brief.")).asking


def test_thinking_is_no_text() -> None:
    thought = [{"type": "thinking", "thinking": "Hm.", "signature": ""}, {"type": "text", "text": KEPT}]
    assert KEPT == read(("user", CARD), ("assistant", thought)).kept
