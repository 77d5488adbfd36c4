from __future__ import annotations

import re
from collections import Counter
from itertools import product

import pytest

from storygen.rehearsal.card import Card
from storygen.rehearsal.docs import docs
from storygen.text.sentences import sentences
from storygen.text.words import count_words, split_words

TYPES = ("tutorial", "how-to", "reference", "explanation", "")
LANGS = ("en", "es")
ACTIONS = (
    "Install",
    "Configure",
    "Check",
    "Start",
    "Export",
    "Import",
    "Measure",
    "Rename",
    "Restore",
    "Inspect",
)
THINGS = ("package", "lock", "outline", "journal", "budget", "server", "token", "index", "cache", "branch")
FENCE = re.compile(r"^```\w+\n.+?\n```$", re.MULTILINE | re.DOTALL)


def card(number: int = 0, *, lang: str = "en", kind: str = "how-to", words: int = 600) -> Card:
    """Return one of a hundred cards that no other resembles."""
    action, thing = ACTIONS[number % 10], THINGS[number // 10]
    other = THINGS[(number + 3) % 10]
    beats = (
        f"{action} the {thing} on machine {number}.",
        f"The {other} behind port {number}.",
        f"Why {number} {thing} files need a {other}.",
    )
    return Card(
        title=f"{action} the {thing}",
        words=words,
        beats=beats,
        lang=lang,
        docs=True,
        type=kind,
        must=(f"{action.lower()} --{thing}",),
        seed=f"{number}",
    )


def book(lang: str) -> list[str]:
    """Return a book of forty sections, all types in turn."""
    return [docs(card(number, lang=lang, kind=TYPES[number % 5])) for number in range(0, 80, 2)]


@pytest.mark.parametrize(("kind", "lang", "words"), list(product(TYPES, LANGS, (250, 600, 1_500))))
def test_a_page_is_as_long_as_asked(kind: str, lang: str, words: int) -> None:
    assert abs(count_words(docs(card(lang=lang, kind=kind, words=words))) - words) <= 0.04 * words


@pytest.mark.parametrize("kind", TYPES)
def test_a_page_takes_up_its_beats_in_order(kind: str) -> None:
    text, beats = docs(card(kind=kind)), card().beats
    places = [text.index(beat) for beat in beats]
    assert sorted(places) == places


@pytest.mark.parametrize("kind", TYPES)
def test_what_must_appear_appears_to_the_letter(kind: str) -> None:
    assert "install --package" in docs(card(kind=kind))


@pytest.mark.parametrize("kind", ["tutorial", "how-to"])
def test_instructions_have_steps_and_a_fence(kind: str) -> None:
    text = docs(card(kind=kind))
    assert ["1", "2", "3"] == re.findall(r"^(\d)\. ", text, re.MULTILINE)
    assert FENCE.search(text)


def test_a_reference_has_a_table_and_a_fence() -> None:
    text = docs(card(kind="reference"))
    assert re.search(r"^\| --- \| --- \| --- \|$", text, re.MULTILINE)
    assert FENCE.search(text)


def test_an_explanation_has_a_list_and_no_steps() -> None:
    text = docs(card(kind="explanation"))
    assert 3 == len(re.findall(r"^- ", text, re.MULTILINE))
    assert not re.search(r"^\d\. ", text, re.MULTILINE)


def test_a_page_has_no_heading() -> None:
    assert not any(re.search(r"^#{1,6} ", FENCE.sub("", text), re.MULTILINE) for text in book("en"))


@pytest.mark.parametrize("lang", LANGS)
def test_no_sentence_comes_twice_in_a_book(lang: str) -> None:
    told = (s.strip() for text in book(lang) for s in sentences(text, lang) if count_words(s) > 3)
    found = Counter(sentence for sentence in told if not sentence.startswith("|"))
    assert [] == [sentence for sentence, times in found.items() if times > 1]


@pytest.mark.parametrize("lang", LANGS)
def test_sections_begin_with_five_words_of_their_own(lang: str) -> None:
    found = [tuple(split_words(text)[:5]) for text in book(lang)]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("lang", LANGS)
def test_six_words_in_a_row_come_back_once_at_most_in_five_thousand(lang: str) -> None:
    words = [word.lower() for text in book(lang) for word in split_words(FENCE.sub("", text))]
    runs = [tuple(words[place : place + 6]) for place in range(len(words) - 6)]
    worst = [Counter(runs[start : start + 5_000]).most_common(1)[0] for start in range(0, len(runs), 1_000)]
    assert 2 >= max(times for _, times in worst), worst


def test_the_same_card_gets_the_same_page() -> None:
    assert docs(card()) == docs(card())


def test_a_language_that_it_does_not_write_gets_english_and_a_word_of_it() -> None:
    text = docs(card(lang="de"))
    assert text.startswith("*Das eingebaute Modell")
    assert abs(count_words(text) - 600) <= 24


def test_a_card_without_beats_is_written_from_its_summary() -> None:
    text = docs(
        Card(title="Ports", words=200, summary="The server listens on two ports.", docs=True, seed="x")
    )
    assert "The server listens on two ports." in text


@pytest.mark.parametrize("text", ["`", "<!-- half", "", "   ", "*", "|", "{do}", "灯台を点ける"])
def test_odd_beats_do_no_harm(text: str) -> None:
    assert docs(Card(title=text, words=120, beats=(text,), docs=True, seed=text))
