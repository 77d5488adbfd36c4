from __future__ import annotations

import pytest

from storygen.errors import UsageError
from storygen.outline.tree import Change, Entry, Outline
from storygen.review.attributes import Attributes
from storygen.review.drift import drifts, line
from storygen.review.habits import habits, rhythm
from storygen.review.measures import Measures, Spread, different, measure
from storygen.review.names import Names
from storygen.review.stock import shipped_stock, stock_of, stock_phrases
from tests.review.pages import outline, page

TOBIAS = Entry("Tobias Hale", aliases=("Tobias",), about="The deckhand. Grey eyes.")


def names(book: Outline, *texts: str, whole: bool = True) -> list[tuple[str, str]]:
    """Return rule and message of what is said about the names in *texts*."""
    heard = Names(book)
    for number, text in enumerate(texts):
        heard.read(page(text, id=f"s{number}"))
    return [(found.rule, found.message) for found in heard.findings(whole=whole)]


def test_a_name_that_nobody_planned_is_heard_when_it_comes_again_and_again() -> None:
    texts = ["Later Tobias heard Corso, and saw Corso go, and waited for Corso."] * 3

    assert [("review/unplanned-name", "Corso (9 times) is in 3 sections and in no plan")] == names(
        outline(codex=(TOBIAS,)), *texts
    )


def test_a_planned_name_that_never_comes_is_said_once_the_book_is_whole() -> None:
    book = outline(codex=(TOBIAS,))

    assert [1, 0, 0] == [
        len(names(book, "Nobody came.")),
        len(names(book, "Nobody came.", whole=False)),
        len(names(book, "Nobody came but Hale’s dog.")),
    ]


def test_what_a_change_speaks_of_is_open() -> None:
    changed = Entry("Tobias", about="Grey eyes.", changes=(Change("s1", "His eyes are blue now."),))
    text = "Tobias’s blue eyes were shut."

    assert [1, 0] == [
        len(list(Attributes(outline(codex=(entry,))).read(page(text)))) for entry in (TOBIAS, changed)
    ]


@pytest.mark.parametrize(
    "text",
    ["Tobias’s mother had blue eyes.", "Tobias looked at her blue eyes.", "Tobias’s grey eyes were shut."],
)
def test_the_eyes_of_somebody_else_are_no_contradiction(text: str) -> None:
    assert [] == list(Attributes(outline(codex=(TOBIAS,))).read(page(text)))


def test_two_sections_that_disagree_are_found_without_a_codex_saying_so() -> None:
    seen = Attributes(outline(codex=(Entry("Anna"),)))
    first, second = page("Anna had black hair.", id="one"), page("Anna’s hair was red.", id="two")
    list(seen.read(first))

    assert ["Anna’s hair: red here, black in one"] == [found.message for found in seen.read(second)]


def test_a_line_through_a_measure_knows_chance_from_decline() -> None:
    chance = line([0.7, 0.71, 0.69, 0.72, 0.7, 0.68, 0.71, 0.7])
    decline = line([0.74, 0.73, 0.7, 0.71, 0.68, 0.66, 0.67, 0.63])

    assert [(False, False), (False, True)] == [(each.rises, each.falls) for each in (chance, decline)]


def test_a_book_that_says_more_and_more_again_drifts() -> None:
    measures = {
        f"s{number}": Measures(words=1000, kinds=70, windows=1, again=number / 100) for number in range(10)
    }

    assert ["more and more is said again: 0.005 in the first quarter of the book, 0.085 in the last"] == [
        found.message for found in drifts(measures)
    ]


def test_a_text_that_says_what_is_not_before_what_is_gets_a_hint() -> None:
    text = (
        "It was not a lamp but a fire. She was not afraid but curious. "
        "It was not the sea; it was the wind. He did not answer but turned."
    )

    assert ["review/contrast"] == [found.rule for found in habits(page(text), Measures())]


def test_even_sentences_get_a_hint_and_uneven_ones_none() -> None:
    even = "The lamp was out that night again. " * 40
    uneven = (
        "No. The lamp was out, as it had been for a week or more, and nobody in the harbour minded. " * 40
    )
    rules = [[found.rule for found in rhythm(page(text), measure(page(text)))] for text in (even, uneven)]

    assert [["review/rhythm"], []] == rules


def test_phrases_of_models_are_found_where_there_are_many() -> None:
    text = "A testament to the tapestry of whispers of the sea. She let out a breath. " + "Rain fell. " * 100

    assert [1, 0] == [
        len(list(stock_phrases(page(told), stock_of(shipped_stock(), "en")))) for told in (text, "Rain fell.")
    ]


@pytest.mark.parametrize("text", ["[en", "en = 3", "[en]\nphrases = 'one'", f"[en]\nphrases = {['x'] * 301}"])
def test_a_list_of_phrases_that_is_none_gets_its_sentence(text: str) -> None:
    with pytest.raises(UsageError, match=r"style/stock-phrases\.toml"):
        stock_of(text, "en")


def test_measures_of_two_texts_add_up() -> None:
    one, other = "He left. She stayed.\n\n“No,” he said.", "It rained all day.\n\nAnd again."
    both = measure(page(one)) + measure(page(other))

    assert (measure(page(f"{one}\n\n{other}")), 13, 1) == (both, both.words, both.spoken)


def test_windows_count_each_word_once() -> None:
    words = ["the", "lamp", "the", "sea", "the", "lamp", "was", "out"]
    windows = [words[start : start + 3] for start in range(len(words) - 2)]

    assert (sum(len(set(window)) for window in windows), len(windows)) == different(words, size=3)


def test_the_spread_of_lengths_is_the_standard_deviation_by_the_mean() -> None:
    assert 0.6236 == round(Spread.of([2, 5, 11]).variation, 4)
