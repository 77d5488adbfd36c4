from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.review.layers import prose_of, speeches_in, told_of, unspoken_of

SPOKEN = [
    ("“No,” she said.", "she said."),
    ('"No," she said.', "she said."),
    ("‘It isn’t,’ he said, ‘that boat.’ Rain.", "he said, Rain."),
    ("'It isn't,' he said. Rain.", "he said. Rain."),
    ("„Nein“, sagte er. »Doch«, sagte sie.", ", sagte er. , sagte sie."),
    ("«Non», dit-il.", ", dit-il."),
    ("「いいえ」と彼は言った。", "と彼は言った。"),
    ("—Lo que se gasta —dijo el muchacho—. Nada más.", "dijo el muchacho"),
    ("“It goes on\nover a line,” he said.", "he said."),
    ("“It goes on.\n\n“And closes here.” Then rain.", "Then rain."),
    ("The boys’ boat and the dogs’ bowl.", "The boys’ boat and the dogs’ bowl."),
    ("He rowed—or drifted—home.", "He rowed—or drifted—home."),
]


@pytest.mark.parametrize(("text", "left"), SPOKEN)
def test_speech_is_left_out_of_what_is_told(text: str, left: str) -> None:
    assert left.split() == unspoken_of(text, speeches_in(text)).split()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Run `make all` now.", "Run now."),
        ("One.\n\n```py\nx = 1\n```\n\nTwo.", "One. Two."),
        ("One.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nTwo.", "One. Two."),
        ('A [link](https://example.org "title") and <br> a tag.', "A [link] and a tag."),
        ("A note.[^1]\n\n[^1]: Its text.", "A note. Its text."),
        ("One. <!-- TODO: verify this -->\n\n    code\n\nTwo.", "One. Two."),
    ],
)
def test_what_is_no_prose_is_blank(text: str, left: str) -> None:
    assert left.split() == prose_of(text).split()


def test_thoughts_and_quotations_are_not_told() -> None:
    text = "> I was here.\n\nShe read it. *I was not,* she thought.\n"

    assert ["She", "read", "it.", "she", "thought."] == told_of(text).split()


@given(st.text(alphabet="ab “”‘’'\"„«»—\n`|*_<>[]()#-", max_size=80))
def test_every_layer_is_as_long_as_the_text_and_has_its_lines(text: str) -> None:
    layers = [prose_of(text), unspoken_of(text, speeches_in(text)), told_of(text)]

    assert [(len(text), text.count("\n"))] * 3 == [(len(layer), layer.count("\n")) for layer in layers]
