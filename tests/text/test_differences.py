from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from storygen.text.differences import by_lines, by_words

NAMES = ("1", "2")
few_lines = st.lists(st.text("ab ", max_size=9), min_size=1, max_size=3).map("\n".join)


def within(shown: str) -> list[str]:
    """Return the lines of a difference that are text."""
    return [line for line in shown.split("\n")[2:] if not line.startswith("@@ ")]


@given(few_lines)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert ("", "") == (by_lines(text, text, names=NAMES), by_words(text, text, names=NAMES))


@given(few_lines, few_lines)
def test_both_texts_can_be_read_from_the_words_that_are_marked(before: str, after: str) -> None:
    assume(before != after)
    shown = " ".join(within(by_words(before, after, names=NAMES)))
    old = re.sub(r"\[-(.*?)-\]", r"\1", re.sub(r"\{\+.*?\+\}", "", shown))
    new = re.sub(r"\{\+(.*?)\+\}", r"\1", re.sub(r"\[-.*?-\]", "", shown))

    assert ["".join(each.split()) for each in (before, after)] == [
        "".join(each.split()) for each in (old, new)
    ]


def test_far_lines_are_left_out() -> None:
    before = [f"Line {number}." for number in range(40)]
    after = [*before[:20], "Another.", *before[21:]]
    shown = by_words("\n".join(before), "\n".join(after), names=NAMES)

    assert [*before[17:20], "[-Line 20-]{+Another+}.", *before[21:24]] == within(shown)


def test_a_new_paragraph_is_marked_line_by_line() -> None:
    shown = by_words("One.", "One.\n\nTwo.\nThree.", names=NAMES)

    assert ["One.", "", "{+Two.+}", "{+Three.+}"] == within(shown)
