from __future__ import annotations

from collections.abc import Mapping

import pytest

from storygen.outline.tree import Kind, Style
from storygen.review.echoes import Edges
from storygen.review.marks import MarkMix, marks_of
from tests.review.pages import conventions, page

THIRD = Style(person="third, limited", tense="past")

ENGLISH = "The lamp was out, and nobody in the harbour had seen it go, or would say so if he had been there."
GERMAN = "Die Lampe war aus, und niemand unten im Hafen hatte gesehen, wie sie ausging, oder wollte es sagen."
GERMAN += " Auch Ines nicht."
JAPANESE = "灯は消えていた。港の誰も、それがいつ消えたのかを見ていなかった。"

CASES: list[tuple[str, str, Mapping[str, object], str]] = [
    (
        "review/avoided",
        "It was a Testament\nto her patience.",
        {"style": Style(avoid=("a testament to",))},
        "a Testament\nto",
    ),
    ("review/must", "Run the thing.", {"must": ("lapctl drain",)}, ""),
    ("review/residue", "Here is the chapter:\n\nThe lamp was out.", {}, "Here is the chapter:"),
    ("review/residue", "The lamp was out.\n\nWord count: 912", {}, "Word count: 912"),
    ("review/residue", "The lamp was out.\n\n[Section 4 continues]\n\nHe left.", {}, "[Section 4 continues]"),
    (
        "review/residue",
        "The lamp was out.\n\nLet me know if you would like changes to this scene!",
        {},
        "Let me know",
    ),
    ("review/residue", "The lamp was out. TODO He left.", {}, "TODO"),
    ("review/residue", "<card>\nThe lamp was out.", {}, "<card>"),
    ("review/unbalanced", "“The lamp is out, she said.\n\nHe left.", {}, "“"),
    ("review/unbalanced", 'He said "no.\n\nHe left.', {}, '"'),
    ("review/heading", "One.\n\n## The storm\n\nTwo.", {}, "## The storm"),
    ("review/table", "| a | b |\n|---|---|\n| 1 | 2 | 3 |\n", {}, "| 1 | 2 | 3 |"),
    ("review/fence", "One.\n\n```sh\nmake\n", {}, "```sh"),
    ("review/footnote", "One.[^1]\n\nTwo.", {}, "[^1]"),
    ("review/person", "The boat left.\n\nI saw my lamp from the quay.", {"style": THIRD}, "I"),
    (
        "review/tense",
        "He left.\n\nInes walks to the rail. She looks down. It is late.",
        {"style": THIRD},
        "Ines walks",
    ),
    ("review/quotes", 'The boat left. "No," he said.', {"style": Style(quotes="“ ”")}, '"No,"'),
    ("review/dashes", "The boat -- late again -- left.", {}, "--"),
]


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (Kind.DOCS, "Run `git commit -m 'one two'`.", 0),
        (Kind.DOCS, "Run git commit -m\n'one two'.", 0),
        (Kind.DOCS, "Run git commit -m ‘one two’.", 1),
        (Kind.FICTION, "He typed git commit -m ‘one two’.", 0),
    ],
)
def test_what_must_appear_may_be_wrapped_and_in_a_story_has_its_marks(
    kind: Kind, text: str, found: int
) -> None:
    findings = conventions(kind=kind).findings(page(text, must=("git commit -m 'one two'",)))

    assert found == sum(each.rule == "review/must" for each in findings)


@pytest.mark.parametrize(("rule", "text", "fields", "quote"), CASES)
def test_a_breach_is_found_by_its_rule_where_it_stands(
    rule: str, text: str, fields: Mapping[str, object], quote: str
) -> None:
    found = list(conventions().findings(page(text, **fields)))

    assert [(rule, True)] == [(each.rule, each.quote.startswith(quote)) for each in found]


@pytest.mark.parametrize(
    "text",
    [
        "“I am late,” said Ines, and I is only a letter.",
        "It was the lamp’s fault, the boys’ fault, the ’90s’ fault.",
        "“It goes on.\n\n“And it closes here.”",
        "He sang:\n\n> I have a lamp and my lamp is mine.\n\nThen he stopped.",
        "She thought: *I am late, and my lamp is out.* She ran.",
        "a) one (two)\n\nb) three",
        "Sure of his oar, he rowed; of course the text of the chapter was lost.",
        "The page, the section and the chapter of the log were wet.",
    ],
)
def test_prose_that_only_looks_like_a_breach_is_left_alone(text: str) -> None:
    assert [] == list(conventions().findings(page(text, style=THIRD)))


def test_a_finding_has_its_line_in_the_file() -> None:
    finding = next(conventions().findings(page("One.\n\nTwo TODO three.", line=6)))

    assert (8, 5, "TODO", "Two TODO three.") == (finding.line, finding.column, finding.quote, finding.source)


@pytest.mark.parametrize(
    ("lang", "text", "told"),
    [
        ("de", ENGLISH, "English"),
        ("en", GERMAN, "German"),
        ("es", ENGLISH, "English"),
        ("ja", ENGLISH, "English"),
        ("en", JAPANESE, "Japanese"),
    ],
)
def test_a_section_in_another_language_is_found(lang: str, text: str, told: str) -> None:
    found = list(conventions(lang=lang).findings(page(text, lang)))

    assert ["review/language"] == [each.rule for each in found if f"the section is in {told}" in each.message]


def test_documentation_may_quote_as_it_likes_and_list_with_hyphens() -> None:
    text = 'Set `lamp` to "on" - the default - or "off". See “Lamps”.'

    assert [] == list(conventions(kind=Kind.DOCS).findings(page(text)))


def test_a_mark_that_is_not_of_the_book_is_told_once() -> None:
    text = '‘No,’ he said.\n\n"Why?" she asked.\n\n“Because,” he said.'
    marks = MarkMix(marks_of("‘ ’, and “ ” inside", "en-GB", Kind.FICTION))
    marks.add(page(text, "en-GB"))

    assert [] == list(marks.findings())


@pytest.mark.parametrize(
    ("texts", "rules"),
    [
        (("佐藤健一は船に乗って海へ出た。", "佐藤健一は港で一人、雨を待っていた。"), []),
        (("佐藤健一は船に乗って海へ出た。", "佐藤健一は船に乗って島を去った。"), ["review/same-opening"]),
    ],
)
def test_a_name_alone_is_no_opening_where_characters_are_words(
    texts: tuple[str, str], rules: list[str]
) -> None:
    edges = Edges()

    assert rules == [each.rule for text in texts for each in edges.read(page(text, "ja"))]
