from __future__ import annotations

import pytest

from storygen.outline.objections import objections_in
from storygen.rehearsal.answer import said
from storygen.rehearsal.conversation import Conversation
from storygen.review.anchoring import anchored

SYSTEM = "You are the editor.\n\nfindings:\n  - quote: the words\n"
ENGLISH = "She knocked twice, and nobody came.\n\n“No,” said Tom, and the lamp went out.\n\nThe boat left."
GERMAN = (
    "Sie klopfte zweimal, und niemand kam.\n\n„Nein“, sagte Tom.\n\nDas Boot legte ab und war nicht mehr da."
)


def reviewed(text: str) -> str:
    return said(Conversation(SYSTEM, (f"<text>\n{text}\n</text>\n\nReview it.",)))


@pytest.mark.parametrize("text", [ENGLISH, GERMAN])
def test_every_quote_stands_in_the_text_once(text: str) -> None:
    found = objections_in(reviewed(text)) or ()

    assert (2, (found, 0)) == (len(found), anchored(found, text))


def test_a_sentence_that_does_the_work_of_two_is_made_two() -> None:
    found = objections_in(reviewed(ENGLISH)) or ()

    assert ["She knocked twice. Nobody came.", ""] == [each.suggestion for each in found]


def test_where_there_is_no_prose_nothing_is_found() -> None:
    assert () == objections_in(reviewed("```sh\nstorygen write, and wait\n```\n\n- one, and two"))
