from __future__ import annotations

import pytest

from storygen.manuscript.passages import lengthen
from storygen.rehearsal.answer import said
from storygen.rehearsal.conversation import Conversation
from storygen.text.words import count_words

CARD = """\
<card>
Title: The crossing
Point of view: Ines
Words: 540 to 660, about 600
Stretch: 1 of 2; the rest of this section is asked for after it

Beats, in this order:
1. Ines casts off.
</card>

Write only this stretch of the section.
"""
NEXT = """\
That is the section so far. Now comes stretch 2 of 2: begin a new paragraph.

Beats of this stretch, in this order:
1. Tobias lights the lamp.

The line not to cross: It rains.
Words: 360 to 440, about 400

Write only the rest of this stretch.
"""
SHORT = """\
The section is too short: it has about 600 words, and about 300 more are wanted.

Beats of the whole section:
1. Ines casts off.

Above each passage write the last words of the paragraph that it follows:

<after>the last words of that paragraph</after>

Words: about {words} in all
"""
FIRST = said(Conversation("", (CARD,)))


def again(text: str, since: str) -> str:
    return said(Conversation("", (CARD,), text, since))


def test_a_stretch_is_written_from_its_own_beats_in_its_own_words() -> None:
    text = again(FIRST, NEXT)

    assert 360 <= count_words(text) <= 440
    assert ("Tobias" in text, "Ines" in text, FIRST.startswith(text[:40])) == (True, True, False)


def test_a_stretch_that_was_cut_goes_on_where_it_was() -> None:
    whole = again(FIRST, NEXT)
    cut = whole[: whole.index(". ", 900) + 1]
    anchor = " ".join(cut.split()[-12:])
    since = NEXT.replace(
        "That is the section so far. Now comes stretch 2 of 2: begin a new paragraph.",
        f"The reply ended before stretch 2 of 2 did. These are the last words:\n\n<anchor>{anchor}</anchor>",
    ).replace("Words:", "Words of this stretch in all:")

    assert f"{anchor}{whole[len(cut) :]}" == again(f"{FIRST}\n\n{cut}", since)


def test_stretches_without_beats_are_not_alike() -> None:
    plain = NEXT.replace("Beats of this stretch, in this order:\n1. Tobias lights the lamp.\n", "")

    assert again(FIRST, plain) != again(FIRST, plain.replace("stretch 2 of 2", "stretch 3 of 3"))


@pytest.mark.parametrize("words", [100, 300, 900])
def test_passages_find_their_places_and_are_as_long_as_asked(words: int) -> None:
    grown = lengthen(FIRST, again(FIRST, SHORT.format(words=words)))

    assert (0, True) == (grown.left_out, grown.put >= 1)
    assert 0.8 < (count_words(grown.text) - count_words(FIRST)) / words < 1.2
