from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.manuscript.seam import anchor, boundary, stitch

CORPUS = {
    path.stem: path.read_text("utf-8") for path in sorted(Path(__file__).with_name("corpus").glob("*.md"))
}
TYPED: dict[str, str | int | None] = {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "--", "„": '"', "…": "..."}
PREAMBLES = [
    "Sure, here's the continuation:\n\n",
    "Certainly! Here is the continuation of the section:\n\n",
    "Continuing from where I left off:\n\n",
    "I apologize for the cut. Here's the rest of the section:\n\n---\n\n",
    "**Continued:**\n\n",
    "(continued)\n\n",
    "Hier ist die Fortsetzung:\n\n",
    "Voici la suite :\n\n",
    "Claro, aquí está la continuación:\n\n",
    "Ecco la continuazione:\n\n",
]

texts = st.sampled_from(sorted(CORPUS.values()))


@st.composite
def cuts(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a text, and what of it had arrived when it was cut."""
    text = draw(texts)
    return text, text[: draw(st.integers(1, len(text) - 1))]


@given(cuts())
def test_a_prefilled_reply_rebuilds_the_text_byte_for_byte(cut: tuple[str, str]) -> None:
    text, arrived = cut
    kept = boundary(arrived, prefill=True)
    reply = text[len(kept.rstrip()) :]

    assert text == stitch(kept, reply, anchor=None).text


@given(cuts())
def test_a_prefilled_reply_without_its_leading_blank_rebuilds_the_text_or_is_doubtful(
    cut: tuple[str, str],
) -> None:
    text, arrived = cut
    kept = boundary(arrived, prefill=True)
    seam = stitch(kept, text[len(kept.rstrip()) :].lstrip(), anchor=None)

    assert seam.doubtful or text == seam.text


@given(cuts())
def test_an_anchored_reply_rebuilds_the_text_byte_for_byte(cut: tuple[str, str]) -> None:
    text, arrived = cut
    kept = boundary(arrived, prefill=False)
    asked = anchor(kept)
    seam = stitch(kept, asked + text[len(kept.rstrip()) :], anchor=asked)

    assert text == seam.text
    assert not seam.doubtful or len(asked) < len("so few words may be a refrain")


@given(cuts(), st.sampled_from(["", *PREAMBLES]), st.data())
def test_a_reply_that_breaks_off_within_its_anchor_changes_nothing(
    cut: tuple[str, str], preamble: str, data: st.DataObject
) -> None:
    kept = boundary(cut[1], prefill=False)
    asked = anchor(kept)
    said = asked[: data.draw(st.integers(0, len(asked)))]

    assert kept == stitch(kept, preamble + said, anchor=asked).text


@given(cuts(), st.sampled_from(PREAMBLES))
def test_an_announcement_in_front_of_the_anchor_goes(cut: tuple[str, str], preamble: str) -> None:
    text, arrived = cut
    kept = boundary(arrived, prefill=False)
    asked = anchor(kept)

    assert text == stitch(kept, preamble + asked + text[len(kept.rstrip()) :], anchor=asked).text


@given(cuts(), st.integers(1, 60))
def test_a_reply_that_begins_further_back_than_its_anchor_says_nothing_twice(
    cut: tuple[str, str], words: int
) -> None:
    text, arrived = cut
    kept = boundary(arrived, prefill=False)
    again = anchor(kept, 12 + words)

    assert text == stitch(kept, again + text[len(kept.rstrip()) :], anchor=anchor(kept)).text


@given(cuts())
def test_an_anchor_with_plain_quotes_and_dashes_is_found(cut: tuple[str, str]) -> None:
    text, arrived = cut
    kept = boundary(arrived, prefill=False)
    asked = anchor(kept)
    typed = asked.translate(str.maketrans(TYPED))

    assert text == stitch(kept, typed + text[len(kept.rstrip()) :], anchor=asked).text


@given(cuts(), st.sampled_from(["NFC", "NFD"]))
def test_how_an_anchor_is_composed_makes_no_difference(
    cut: tuple[str, str], form: Literal["NFC", "NFD"]
) -> None:
    text, arrived = cut
    kept = boundary(arrived, prefill=False)
    again = unicodedata.normalize(form, anchor(kept))

    assert text == stitch(kept, again + text[len(kept.rstrip()) :], anchor=anchor(kept)).text


@given(cuts(), st.lists(st.integers(1, 200), min_size=1, max_size=5))
def test_a_chain_of_seams_rebuilds_the_text(cut: tuple[str, str], lengths: list[int]) -> None:
    text, kept = cut
    for length in [*lengths, len(text)]:
        kept = boundary(kept, prefill=False)
        asked = anchor(kept)
        begun = len(kept.rstrip())
        kept = stitch(kept, asked + text[begun : begun + length], anchor=asked).text

    assert text == kept


@given(texts, st.sampled_from(["", " ", "\n\n"]), st.sampled_from([None, "the way over"]))
def test_a_reply_without_text_changes_nothing(text: str, reply: str, asked: str | None) -> None:
    assert text == stitch(text, reply, anchor=asked).text


@given(st.text(max_size=300), st.text(max_size=300), st.one_of(st.none(), st.text(max_size=20)))
def test_a_seam_begins_with_what_was_kept(kept: str, reply: str, asked: str | None) -> None:
    assert stitch(kept, reply, anchor=asked).text.startswith(kept.rstrip())


@given(st.text(max_size=300), st.booleans())
def test_a_boundary_only_cuts(text: str, prefill: bool) -> None:  # noqa: FBT001 - drawn
    assert text.startswith(boundary(text, prefill=prefill))


@pytest.mark.parametrize(
    ("kept", "reply", "expected"),
    [
        ("If she had ", "had a choice, she", "If she had had a choice, she"),
        ("I know that ", "that is true", "I know that that is true"),
        ("Row, row, row.\n", "\nRow, row, row.\nHome.", "Row, row, row.\nRow, row, row.\nHome."),
        (
            "| a | b |\n|---|---|\n| 1 | 2 |\n",
            "\n| 1 | 2 |\n| 3 | 4 |\n",
            "| a | b |\n|---|---|\n| 1 | 2 |\n| 1 | 2 |\n| 3 | 4 |\n",
        ),
        (
            "He opened the door. ",
            "Here is what he saw: a lamp.",
            "He opened the door. Here is what he saw: a lamp.",
        ),
        (
            "They went on. ",
            "Sure, it was late. They went on.",
            "They went on. Sure, it was late. They went on.",
        ),
        ("the operation ", "operational costs", "the operation operational costs"),
    ],
)
def test_what_a_text_really_says_twice_survives(kept: str, reply: str, expected: str) -> None:
    assert expected == stitch(kept, reply, anchor=None).text


@pytest.mark.parametrize(
    ("kept", "reply", "expected"),
    [
        ("The storm came up from the west and she ", "The storm came up from the west and she ran.", "ran."),
        ("It was the middle of the night and she ", "of the night and she ran.", "ran."),
        ("The lamp was lit and she ", "...ran.", "ran."),
        ("The lamp was lit and she ", "…ran.", "ran."),
        ("# The boat\n\nThe lamp was lit. She ", "## The boat (continued)\n\nran.", "ran."),
        ("The lamp was lit and she ", "```markdown\nran.\n```\n", "ran.\n"),
        ("```py\nx = 1\n", "```py\ny = 2\n```\n", "y = 2\n```\n"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", "| a | b |\n|---|---|\n| 3 | 4 |\n", "| 3 | 4 |\n"),
        ("The lamp was ", "\ufefflit.", "lit."),
        ("She rang at noon. ", "He came.\n\nWould you like me to continue?", "He came."),
    ],
)
def test_what_a_reply_says_besides_its_text_goes(kept: str, reply: str, expected: str) -> None:
    assert kept + expected == stitch(kept, reply, anchor=None).text


def test_the_title_of_the_section_is_not_said_again() -> None:
    assert (
        "She ran." == stitch("She ", "### Chapter 2: The Storm\n\nran.", anchor=None, title="The storm").text
    )


def test_a_reply_without_its_anchor_is_doubtful_and_complete() -> None:
    seam = stitch("The lamp was lit. ", "Tom had gone home by then.", anchor="The lamp was lit.")

    assert ("The lamp was lit. Tom had gone home by then.", True) == (seam.text, seam.doubtful)


def test_a_sentence_told_again_in_other_words_is_doubtful() -> None:
    kept = "The wind took her grey hat over the cliff and did not give it back. "
    seam = stitch(
        kept, "The wind took her hat over the cliff and did not give it back. She swore.", anchor=None
    )

    assert seam.doubtful


@pytest.mark.parametrize(
    ("kept", "reply"),
    [
        ("She saw that the ", "The lamp was lit."),
        ("The lamp was lit. ", "...and it burned."),
        ("If she had ", "had a choice, she"),
        ("```py\nif x:\n", "return 1\n```\n"),
    ],
)
def test_what_cannot_be_known_is_doubtful(kept: str, reply: str) -> None:
    seam = stitch(kept, reply, anchor=None)

    assert (True, kept + reply) == (seam.doubtful, seam.text)


@pytest.mark.parametrize(
    ("kept", "again"),
    [("She sat down. Row, row, row.\n", "Row, row, row."), ("They left. Nobody came. ", "Nobody came.")],
)
def test_a_line_that_is_begun_anew_goes_and_is_doubtful(kept: str, again: str) -> None:
    seam = stitch(kept, f"{again}{kept[len(kept.rstrip()) :]}Home.", anchor=None)

    assert (f"{kept}Home.", True) == (seam.text, seam.doubtful)


@pytest.mark.parametrize("asked", [None, "the lamp was lit and she"])
@pytest.mark.parametrize(
    "reply",
    [
        "I'm sorry, but I can't continue this story.",
        "Sure! Here's the continuation:",
        '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
        "the lamp was lit and she " * 40,
        "na " * 700,
    ],
)
def test_what_is_no_text_is_not_merged(reply: str, asked: str | None) -> None:
    kept = "It was late, the lamp was lit and she "
    seam = stitch(kept, reply, anchor=asked)

    assert (kept, True) == (seam.text, seam.doubtful)


@pytest.mark.parametrize(
    ("reply", "doubtful"),
    [
        ("<anchor>the wind took her grey hat over the cliff</anchor> and kept it.", False),
        ("**the wind took her grey hat over the cliff** and kept it.", False),
        ('…"the wind took her grey hat over the cliff" and kept it.', False),
        ("the wind had taken her grey hat over the cliff and kept it.", True),
        ("took her grey hat over the cliff and kept it.", True),
        (
            "the wind took her grey hat over the cliff\n\n" * 2 + "and kept it.",
            True,
        ),
    ],
)
def test_nearly_the_anchor_is_good_enough(reply: str, doubtful: bool) -> None:  # noqa: FBT001 - a case's outcome
    kept = "On the way up the wind took her grey hat over the cliff "
    seam = stitch(kept, reply, anchor="the wind took her grey hat over the cliff")

    assert (f"{kept}and kept it.", doubtful) == (seam.text, seam.doubtful)


@pytest.mark.parametrize("asked", [None, "the lamp was lit and she"])
@pytest.mark.parametrize("line", ["x" * 9_999 + "\n", "She rang. " * 50 + "\n\n", "- a\n- b\n- a\n- c\n"])
def test_a_loop_of_loops_goes_as_a_whole(line: str, asked: str | None) -> None:
    kept = "It was late, the lamp was lit and she "
    seam = stitch(kept, line * (1_000_000 // len(line)), anchor=asked)

    assert (kept, True) == (seam.text, seam.doubtful)


def test_what_a_reply_says_before_it_loops_stays() -> None:
    seam = stitch("The lamp was ", "lit. She rang: " + "nobody came. " * 100, anchor=None)

    assert ("The lamp was lit. She rang:", True) == (seam.text, seam.doubtful)


def test_a_fence_that_is_over_before_the_reply_belongs_to_the_text() -> None:
    reply = "```markdown\n# A\n```\n\nThat was all.\n"
    seam = stitch("This is how it is written:\n\n", reply, anchor=None)

    assert f"This is how it is written:\n\n{reply}" == seam.text


def test_where_lines_end_in_two_characters_an_empty_line_does_too() -> None:
    kept = "One.\r\n\r\n```ini\r\nx = 1\r\n```"

    assert f"{kept}\r\n\r\nTwo.\r\n" == stitch(kept, "Two.\r\n", anchor=None).text


def test_a_capital_behind_a_comma_in_quotes_is_doubtful() -> None:
    kept = "Then she sat down, and he too. “That,” "
    seam = stitch(kept, f"{anchor(kept)} She said, “is all.”", anchor=anchor(kept))

    assert (f"{kept}She said, “is all.”", True) == (seam.text, seam.doubtful)


def test_a_line_end_that_may_be_half_an_empty_line_is_not_kept() -> None:
    assert "He left. " == boundary("He left. She stayed.\n", prefill=False)
    assert "He left. She stayed.\n\n" == boundary("He left. She stayed.\n\n", prefill=False)


def test_an_anchor_on_a_line_of_its_own_ends_no_paragraph() -> None:
    kept = "On the way up the wind took her grey hat over the "
    seam = stitch(
        kept, "the wind took her grey hat over the\n\ncliff.", anchor="the wind took her grey hat over the"
    )

    assert f"{kept}cliff." == seam.text


def test_two_words_are_never_glued() -> None:
    seam = stitch("The lamp", "was lit.", anchor=None)

    assert ("The lamp was lit.", True) == (seam.text, seam.doubtful)


def test_what_was_taken_out_of_a_reply_is_told() -> None:
    seam = stitch("The lamp was ", "Sure, here's the continuation:\n\nlit.", anchor=None)

    assert ("Sure, here's the continuation:\n\n", True) == (seam.removed, bool(seam.why))


def test_no_seam_takes_the_square_of_its_length() -> None:
    for run in ("a", "a ", "ab. ", "`", "[", "- ", "* ", "“", "| ", "\n", ".\n", "#", "<!--", "> "):
        text = "x" + run * 20_000 + "x"

        assert stitch(text, text, anchor=text[-60:]).text
        assert text.startswith(boundary(text, prefill=False))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left. She stay", "He left. "),
        ("He left.\n\n## The nex", "He left.\n\n"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |", "| a | b |\n|---|---|\n| 1 | 2 |\n"),
        ("```\none\ntwo\nthr", "```\none\ntwo\n"),
        ("Text.\n\n```py", "Text.\n\n"),
        ("- one\n- ", "- one\n"),
        ("灯台に着いた。風が強", "灯台に着いた。"),
        ("Whole paragraph.\n\n", "Whole paragraph.\n\n"),
        ("灯台に着いた。\n風が強", "灯台に着いた。\n"),
        ("He left. It was Ｔｏ", "He left. "),
        ("He left.\r\n\r\n# Back\r", "He left.\r\n\r\n"),
        ("<!-- a\nb", "<!-- a\n"),
    ],
)
def test_the_boundary_is_chosen_by_what_is_open(text: str, expected: str) -> None:
    assert expected == boundary(text, prefill=False)


def test_an_anchor_is_the_last_twelve_words() -> None:
    text = "a b c d e f g h i j k l m n. "

    assert "c d e f g h i j k l m n." == anchor(text)
    assert "言わなかった。風が強く、帽子が飛んでいった。" == anchor(CORPUS["cjk"].partition("\n")[0])[-22:]
