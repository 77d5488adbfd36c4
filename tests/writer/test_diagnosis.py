from __future__ import annotations

import json
from dataclasses import replace

import pytest

from storygen.book.journal import Journal
from storygen.messages import Delta, Opened
from storygen.writer.diagnosis import Diagnosis
from tests.writer.lines import line_to
from tests.writer.test_attempt import REQUEST, Model, attempted, says


def answers(id_: str) -> list[Delta | Exception]:
    return [Opened(200, "req_1", message_id=id_), *says("One.")[1:]]


def questions(model: Model) -> list[object]:
    return [json.loads(body).get("diagnostics") for body in model.asked]


def test_every_request_names_the_reply_before(journal: Journal) -> None:
    model = Model(answers("msg_1"), answers("msg_2"))
    line = line_to(model.send, journal, diagnosis=Diagnosis(wanted=True, before="msg_0"))
    for _ in range(2):
        attempted(line)

    assert [{"previous_message_id": "msg_0"}, {"previous_message_id": "msg_1"}] == questions(model)


def test_nothing_is_asked_where_nobody_wants_to_know(journal: Journal) -> None:
    model = Model(answers("msg_1"))
    attempted(line_to(model.send, journal))

    assert [None] == questions(model)


def test_the_question_is_no_part_of_what_is_asked_for(journal: Journal) -> None:
    model = Model(answers("msg_1"), answers("msg_2"))
    for wanted in (True, False):
        attempted(line_to(model.send, journal, diagnosis=Diagnosis(wanted=wanted)))
    one, two = journal.attempts()

    assert (one.fingerprint, True) == (two.fingerprint, one.digest != two.digest)


@pytest.mark.parametrize(("temperature", "asked"), [(0.7, False), (None, True)])
def test_the_older_version_of_the_api_is_not_asked(
    journal: Journal, temperature: float | None, *, asked: bool
) -> None:
    model = Model(answers("msg_1"))
    request = replace(REQUEST, model="claude-3-7-sonnet", temperature=temperature)
    attempted(line_to(model.send, journal, diagnosis=Diagnosis(wanted=True)), request)

    assert [asked] == [question is not None for question in questions(model)]
