from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from storygen.draft import Objection
from storygen.outline.tree import Level, Section, WordTarget
from storygen.review.anchoring import MOST, anchored, applied, placed, span_of
from storygen.review.page import Page, Piece

TEXT = "The lamp was out. Anna knew\nwhy. Nobody else knew.\n\nThe boat came, and the boat left."
texts = st.text("ab .\n*é", max_size=60)
quotes = st.tuples(texts, texts).map(lambda around: "q".join(around).strip())  # which stand nowhere else


def objection(quote: str, suggestion: str = "") -> Objection:
    return Objection("model/reading", "It is.", quote=quote, suggestion=suggestion)


def test_a_quote_that_is_not_there_or_there_twice_is_lost() -> None:
    kept, lost = anchored(map(objection, ["The lamp", "the boat was", "knew", "Nobody"]), TEXT)

    assert (["The lamp", "Nobody"], 2) == ([each.quote for each in kept], lost)


def test_an_occurrence_that_overlaps_another_is_one_too() -> None:
    assert None is span_of("aba", "ababa")


def test_the_end_of_a_line_is_a_blank() -> None:
    kept, _ = anchored([objection("Anna  knew why.", "x")], TEXT)

    assert ["Anna knew\nwhy."] == [each.quote for each in kept]


def test_a_blank_is_no_end_of_a_paragraph() -> None:
    assert None is span_of("knew. The boat", TEXT)


def test_a_quote_may_go_on_over_paragraphs() -> None:
    assert (45, 60) == span_of("knew.\n\nThe boat", TEXT)


def test_of_two_objections_to_the_same_words_the_first_stays() -> None:
    kept, lost = anchored([objection("The lamp", "A"), objection("The lamp", "B")], TEXT)

    assert (["A"], 0) == ([each.suggestion for each in kept], lost)


def test_to_suggest_what_is_there_is_to_suggest_nothing() -> None:
    kept, _ = anchored([objection("Anna knew why.", "Anna knew why.")], TEXT)

    assert [""] == [each.suggestion for each in kept]


def test_there_are_no_more_than_an_author_reads() -> None:
    text = " ".join(f"word{n}." for n in range(MOST * 2))
    kept, _ = anchored((objection(word) for word in text.split()), text)

    assert text.split()[:MOST] == [each.quote for each in kept]


@given(texts, quotes, texts, texts.filter(bool))
def test_what_is_outside_of_a_quote_stays_to_the_byte(
    before: str, quote: str, after: str, suggestion: str
) -> None:
    text = before + quote + after
    assume(span_of(quote, text))
    result = applied(text, [(1, objection(quote, suggestion))])

    assert (before + suggestion + after, (1,)) == (result.text, result.taken)


@given(st.lists(st.tuples(texts, texts.filter(bool)), min_size=1, max_size=5), st.randoms())
def test_many_suggestions_come_out_the_same_in_any_order(
    parts: list[tuple[str, str]], chance: object
) -> None:
    quotes = [f"q{n}" for n in range(len(parts))]
    text = "".join(f"{before}q{n}" for n, (before, _) in enumerate(parts))
    chosen = [
        (n, objection(quote, suggestion))
        for n, (quote, (_, suggestion)) in enumerate(zip(quotes, parts, strict=True), 1)
    ]
    chance.shuffle(chosen)  # type: ignore[attr-defined]

    assert "".join(before + suggestion for before, suggestion in parts) == applied(text, chosen).text


def test_one_suggestion_never_stands_in_for_the_quote_of_another() -> None:
    chosen = [
        (1, objection("The lamp", "Nobody else")),
        (2, objection("Nobody else knew.", "Tom did.")),
    ]

    assert "Nobody else was out. Anna knew\nwhy. Tom did." == applied(TEXT, chosen).text.partition("\n\n")[0]


def test_what_cannot_be_applied_is_left_with_its_reason() -> None:
    chosen = [
        (1, objection("lamp was out", "lamp burned")),
        (2, objection("The lamp was", "It was")),
        (3, objection("Anna")),
        (4, objection("the moon", "the sun")),
        (5, objection("a light", "Nobody else")),
    ]
    result = applied(TEXT, chosen)

    assert ((1,), [2, 3, 4, 5]) == (result.taken, [number for number, _ in result.left])
    assert [
        "it shares words with 1",
        "it suggests no other words",
        "its words are no longer in the text exactly once",
        "what it suggests stands there already",
    ] == [why for _, why in result.left]


def test_an_objection_has_the_line_of_the_file() -> None:
    section = Section("a", "A", 1, 1, Level.SCENE, WordTarget(1, 1))
    found = placed(objection("Nobody else"), Page(Piece(section, TEXT, "drafts/01-a.md", 6)))

    assert ("drafts/01-a.md", 7, 6, 11) == (found.path, found.line, found.column, found.width)
