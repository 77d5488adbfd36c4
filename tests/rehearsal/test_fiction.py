from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storygen.rehearsal.card import Card
from storygen.rehearsal.english import English
from storygen.rehearsal.fiction import fiction
from storygen.rehearsal.figures import Kind
from storygen.rehearsal.plot import plot
from storygen.rehearsal.spanish import Spanish
from storygen.text.words import count_words

LAMP = Card(
    "The boat",
    600,
    (
        "Tom the boatman refuses payment.",
        "Anna sees the lamp already lit, though nobody is on the island.",
        "She finds the log book, with tomorrow's date on the last page.",
    ),
    ("Anna", "Tom"),
    "mail boat, Sound of Iona",
    "October 1961, dusk",
    lang="en-US",
)
FARO = Card(
    "La barca",
    600,
    (
        "Tomás, el barquero, rechaza el pago.",
        "Ana ve la lámpara ya encendida, aunque no hay nadie en la isla.",
    ),
    ("Ana", "Tomás"),
    "barca del correo",
    "octubre de 1961",
    lang="es",
)
TOLD = (
    "Tom the boatman refused payment.",
    "Anna saw the lamp already lit, though nobody was on the island.",
    "She found the log book, with tomorrow’s date on the last page.",
)


def test_the_same_card_always_gives_the_same_text() -> None:
    assert fiction(LAMP) == fiction(replace(LAMP))


def test_beats_come_in_order_and_in_the_past() -> None:
    text = fiction(LAMP)
    places = [text.find(told) for told in TOLD]
    assert places == sorted(places)
    assert -1 not in places


@pytest.mark.parametrize(
    ("beat", "told"),
    [
        ("Tom nudges a tin, and something heavy knocks.", "Tom nudged a tin, and something heavy knocked."),
        (
            "The beam falls, and shoppers watch which sinks.",
            "The beam fell, and shoppers watched which sank.",
        ),
        ("Anna seals it in wax, and keeps quiet.", "Anna sealed it in wax, and kept quiet."),
        ("Anna stirs and pretends not to know.", "Anna stirred and pretended not to know."),
        ("They mislay change, and refuse to learn.", "They mislaid change, and refused to learn."),
        ("Tom orders a disc, lies and coughs included.", "Tom ordered a disc, lies and coughs included."),
        ("On a napkin he costs it up.", "On a napkin he costed it up."),
        ("Keep, wear and thank fill one night each.", ""),
    ],
)
def test_every_finite_verb_of_an_english_beat_turns_or_none(beat: str, told: str) -> None:
    assert told == English().retell(beat, present=False, names=["Anna", "Tom"], narrator="")


@pytest.mark.parametrize(
    ("beat", "told"),
    [
        ("Ana desgrana maíz cuando la nieta repite algo.", "Ana desgranó maíz cuando la nieta repitió algo."),
        ("Ana la mide y la lee.", "Ana la midió y la leyó."),
        ("Ana chacotea y sale.", ""),
    ],
)
def test_every_finite_verb_of_a_spanish_beat_turns_or_none(beat: str, told: str) -> None:
    assert told == Spanish().retell(beat, present=False, names=["Ana"], narrator="")


@pytest.mark.parametrize(
    ("beat", "topics"),
    [
        ("She lifts the lamp, alone, and tells her to stop.", ("the lamp",)),
        ("The sum would slate a roof twice over.", ()),
        ("He calls the county down on his mother's counter.", ("the counter",)),
    ],
)
def test_talk_turns_on_things_that_are_surely_named(beat: str, topics: tuple[str, ...]) -> None:
    assert topics == English().topics(beat)


def test_somebody_with_an_unknown_name_takes_the_pronoun_of_the_card() -> None:
    story = plot(replace(LAMP, beats=("Quorl waits.", "She leaves."), people=("Quorl", "Tom")), English())
    assert Kind.SHE is story.hero.kind


def test_each_beat_lands_in_its_share_of_the_text() -> None:
    text = fiction(LAMP)
    assert [0, 1, 2] == [int(3 * text.find(told) / len(text)) for told in TOLD]


def test_the_section_ends_soon_after_its_last_beat() -> None:
    assert count_words(fiction(LAMP).split(TOLD[-1])[1]) < 80


def test_a_story_in_the_present_keeps_its_beats_there() -> None:
    text = fiction(replace(LAMP, present=True)).replace("’", "'")
    assert [] == [beat for beat in LAMP.beats if beat not in text]


def test_a_narrator_says_i() -> None:
    beats = ("Anna hides the lamp in her bag and refuses to talk about the island.",)
    text = fiction(replace(LAMP, first_person=True, beats=beats))
    assert "I hid the lamp in my bag and refused to talk about the island." in text


def test_a_spanish_section_tells_its_beats_in_the_past() -> None:
    assert "Ana vio la lámpara ya encendida, aunque no había nadie en la isla." in fiction(FARO)


def test_a_spanish_preposition_is_no_verb() -> None:
    assert "Ana no dijo nada y guardó una carta para Hugo." in fiction(
        replace(FARO, beats=("Ana no dice nada y guarda una carta para Hugo.",))
    )


def test_a_spanish_wish_is_carried_word_for_word() -> None:
    beat = "Tomás pide a Ana que lleve la lámpara."
    assert f": {beat}" in fiction(replace(FARO, beats=(beat,)))


def test_spanish_speech_stands_after_dashes() -> None:
    assert re.search(r"^—[¿A-ZÁÉÍÓÚ].* —\w+", fiction(FARO), re.MULTILINE)


@pytest.mark.parametrize(
    ("lang", "quotes", "opening"),
    [("en-US", "", "“"), ("en-GB", "", "‘"), ("es", "guillemets", "«"), ("en-US", "straight", '"')],
)
def test_quotation_marks_follow_the_card(lang: str, quotes: str, opening: str) -> None:
    assert opening in fiction(replace(LAMP, lang=lang, quotes=quotes))


def test_another_language_is_told_once_that_english_follows() -> None:
    assert fiction(replace(LAMP, lang="ja")).startswith(
        "*The built-in model writes only English and Spanish;"
    )


def test_only_the_first_line_that_is_no_narrative_has_a_sentence_to_carry_it() -> None:
    card = replace(LAMP, beats=("Container image", "Describe the sea in winter"))
    assert re.search(r": Container image\. .*\n\nDescribe the sea in winter\.", fiction(card), re.DOTALL)


def test_what_must_appear_verbatim_does() -> None:
    assert "`print('x')`" in fiction(replace(LAMP, must=("print('x')",)))


@pytest.mark.parametrize("lang", ["en-US", "en-GB", "es", "de"])
@pytest.mark.parametrize("words", [20, 33, 62, 150, 999, 8000])
def test_length_is_within_a_tenth_from_twenty_words_to_eight_thousand(lang: str, words: int) -> None:
    texts = [fiction(replace(LAMP, words=words, lang=lang, beats=LAMP.beats[:count])) for count in (0, 1, 3)]
    assert max(abs(count_words(text) / words - 1) for text in texts) <= 0.1


def flaws(text: str) -> list[str]:
    """Return what no clean page holds: braces, blanks in a row, small letters at a start."""
    rules = (
        r"[{}\[\]]",
        r"  | [,.;:!?]|,,|\.\.",
        r"(?:^|\n)[“‘«—]?[a-záéíóú]",
        r"\. [a-záéíóú]",
        r"\b(?:de|a) el (?=[a-z])",
        r"¿[^?]*$",
    )
    return [found for rule in rules for found in re.findall(rule, text)]


def test_a_and_an_agree_with_the_next_word() -> None:
    text = fiction(replace(LAMP, words=4000))
    assert [] == re.findall(r"\ba [aeio](?!ne\b|nce\b|u)\w+|\ban (?!hour|honest)[^aeiou\W]\w*", text)


@pytest.mark.parametrize("card", [LAMP, FARO], ids=["english", "spanish"])
@pytest.mark.parametrize(
    "way", [{}, {"present": True}, {"first_person": True}, {"people": ()}, {"beats": ()}]
)
def test_pages_are_clean(card: Card, way: dict[str, object]) -> None:
    texts = [fiction(replace(card, seed=str(seed), **way)) for seed in range(6)]  # type: ignore[arg-type]
    assert [] == [flaw for text in texts for flaw in flaws(text)]


@pytest.mark.parametrize("marks", ["“”", "«»"])
def test_quotation_marks_come_in_pairs(marks: str) -> None:
    text = fiction(replace(LAMP, words=3000, quotes=marks))
    assert text.count(marks[0]) == text.count(marks[1]) > 0


@pytest.mark.parametrize(
    "card",
    [
        Card("", 1),
        Card("", -5),
        Card("*", 300, ("a" * 10_000,)),
        Card("x", 300, ("word " * 2000,)),
        Card("灯台", 300, ("灯台" * 2000,), ("太郎",), lang="ja"),
        Card(
            "🎉",
            300,
            ("🎉 {braces} [link](x) <!-- c -->", "# H\n\n- l\n```py\nx\n```", 'He says "no.'),
            ("🎉", ""),
        ),
        Card("x", 50, tuple(f"Beat number {number} happens." for number in range(40))),
        Card("x", 300, ("\x00\x07\u202e", " ", "\n"), ("Dr. O'Neil",), "???", "\n"),
    ],
)
def test_the_strangest_cards_still_get_a_text(card: Card) -> None:
    assert count_words(fiction(card)) <= max(card.words * 1.1, 1)


@settings(max_examples=40)
@given(
    beats=st.lists(st.text(max_size=80), max_size=4),
    name=st.text(max_size=12),
    lang=st.sampled_from(["en", "es"]),
)
def test_no_text_in_a_card_breaks_the_model(beats: list[str], name: str, lang: str) -> None:
    text = fiction(Card(name, 200, tuple(beats), (name,), name, name, lang=lang))
    assert 180 <= count_words(text) <= 220
