from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.manuscript.passages import Lengthened, lengthen
from storygen.text.markdown import blocks

TEXT = """\
She rang twice at the gate of the yard.

- the first thing on the list
- the second thing on the list

```sh
ferry --clock

ferry --lamp
```

He came out at last, and neither spoke.
"""
FIRST, LIST, CODE, LAST = (
    "twice at the gate of the yard.",
    "the second thing on the list",
    "ferry --lamp",
    "He came out at last, and neither spoke.",
)


def passage(after: str, text: str) -> str:
    return f"<after>{after}</after>\n\n{text}"


def test_a_passage_goes_behind_the_paragraph_that_it_names() -> None:
    grown = lengthen(TEXT, passage(FIRST, "Nobody came.\n\nA dog barked."))
    assert Lengthened(TEXT.replace("yard.\n", "yard.\n\nNobody came.\n\nA dog barked.\n"), put=1) == grown


@pytest.mark.parametrize(
    ("after", "opens"), [(LIST, "Nobody came.\n\n```sh"), (CODE, "Nobody came.\n\nHe came")]
)
def test_a_passage_never_goes_inside_a_list_or_a_fence(after: str, opens: str) -> None:
    grown = lengthen(TEXT, passage(after, "Nobody came.")).text
    assert opens in grown
    assert len(blocks(TEXT)) + 1 == len(blocks(grown))


def test_a_passage_may_go_behind_the_last_paragraph() -> None:
    assert lengthen(TEXT, passage(LAST, "It rained.")).text == f"{TEXT.rstrip()}\n\nIt rained.\n"


def test_several_passages_keep_their_order() -> None:
    reply = "\n\n".join([passage(LAST, "Three."), passage(FIRST, "One."), passage(FIRST, "Two.")])
    grown = lengthen(TEXT, reply)
    assert (3, sorted(["One.", "Two.", "Three."], key=grown.text.index)) == (
        grown.put,
        ["One.", "Two.", "Three."],
    )


def test_typography_does_not_matter_to_the_words_that_name_a_place() -> None:
    text = "“Who’s there?” she asked — twice.\n\nNobody."
    assert 1 == lengthen(text, passage('"Who\'s there?" she asked -- twice.', "It rained.")).put


@pytest.mark.parametrize(
    "reply",
    [
        passage("words that stand nowhere in it", "It rained."),
        passage("the", "It rained."),
        passage("thing on the list", passage("thing on the list", "It rained.")),
        "It rained, and nobody says where.",
        passage("yard behind the mill.", "She rang twice at the gate of the yard behind the mill, again."),
    ],
)
def test_what_has_no_place_or_says_nothing_new_is_left_out(reply: str) -> None:
    told = "So then she rang twice at the gate of the yard behind the mill."
    text = f"The thing on the list.\n\nA thing on the list.\n\n{told}"
    found = lengthen(text, reply)
    assert (text, 0, True) == (found.text, found.put, found.left_out > 0)


def test_words_that_end_several_paragraphs_name_none() -> None:
    text = "It was late, and it rained.\n\nShe left.\n\nIt was early, and it rained."
    assert Lengthened(text, left_out=1) == lengthen(text, passage("and it rained.", "Nobody came."))


def test_what_a_model_says_around_its_passages_is_no_passage() -> None:
    said = ("Here are the passages:", "Would you like me to continue with the next scene?")
    reply = passage(FIRST, "Nobody came.").join([f"{said[0]}\n\n", f"\n\n{said[1]}"])
    assert Lengthened(TEXT.replace("yard.\n", "yard.\n\nNobody came.\n"), put=1) == lengthen(TEXT, reply)


def test_of_a_reply_that_broke_off_the_last_paragraph_is_left_out() -> None:
    broken = passage(FIRST, "Nobody came.\n\nThe dog ba")
    assert TEXT.replace("yard.\n", "yard.\n\nNobody came.\n") == lengthen(TEXT, broken, whole=False).text


def test_what_belongs_between_firm_words_goes_to_the_end() -> None:
    grown = lengthen(TEXT, passage(FIRST, "Nobody came."), firm=len(TEXT) - 1)
    assert Lengthened(f"{TEXT.rstrip()}\n\nNobody came." + TEXT[len(TEXT.rstrip()) :], put=1) == grown


def test_an_empty_reply_changes_nothing() -> None:
    assert Lengthened(TEXT) == lengthen(TEXT, " \n")


@given(
    st.lists(
        st.tuples(st.sampled_from([FIRST, LIST, CODE, LAST, "nowhere at all"]), st.integers(0, 99)),
        max_size=6,
    )
)
def test_every_character_of_the_text_stays(told: list[tuple[str, int]]) -> None:
    passages = [f"Passage {number} is about {number * 7} gulls." for _, number in told]
    reply = "\n\n".join(passage(after, text) for (after, _), text in zip(told, passages, strict=True))
    found = lengthen(TEXT, reply)
    without = found.text
    for text in dict.fromkeys(passages):
        without = without.replace(f"\n\n{text}", "")
    assert (TEXT, len(told)) == (without, found.put + found.left_out)
