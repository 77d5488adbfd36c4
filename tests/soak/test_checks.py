"""What a soak checks can fail: each promise is broken here once, in values, and somebody says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storygen.catalogue import catalogue
from tests.soak import checks
from tests.soak.ledger import Ledger, Row
from tests.soak.truth import Reply

MODEL = catalogue().default
PIECES = [(0.1, "It rained. "), (0.9, "Nobody came. "), (1.7, "So ")]
REPLY = Reply(1, "process-001", "s01", "d1", pieces=PIECES)
WHOLE = replace(REPLY, stop="end_turn")
COST = catalogue().find(MODEL).cost(REPLY.usage)
ROW = Row(
    section="s01",
    digest="d1",
    fate="streaming",
    ended=False,
    cost=None,
    reserved=100_000,
    request_id="req_00001",
    stop_reason=None,
    text="It rained. Nobody came. ",
)
ENDED = replace(ROW, fate="complete", ended=True, cost=COST, stop_reason="end_turn", text=REPLY.text())
FILES = {"drafts/01-s01.md": b"It rained.", "storygen.lock": b'{"sections": {"s01": {"text": "1f"}}}'}


def lost(saved: str, *, died: float) -> list[checks.Loss]:
    """Return what is missing of the reply where so much of it was *saved*."""
    return checks.losses([REPLY], Ledger(rows=(replace(ROW, text=saved),)), died=died)


def test_a_request_with_its_intent_is_as_it_should_be() -> None:
    assert [] == list(checks.intent_first([REPLY], Ledger(rows=(ROW,))))


def test_a_request_without_an_intent_is_seen() -> None:
    assert ["I-1: 1 requests d1, and only 0 intents"] == list(checks.intent_first([REPLY], Ledger()))


def test_one_intent_is_not_enough_for_two_requests() -> None:
    twice = [REPLY, replace(REPLY, number=2)]

    assert ["I-1: 2 requests d1, and only 1 intents"] == list(checks.intent_first(twice, Ledger(rows=(ROW,))))


@pytest.mark.parametrize(("known", "problems"), [(1, 0), (0, 1)])
def test_a_finished_section_that_is_asked_for_again_is_seen(known: int, problems: int) -> None:
    assert problems == len(list(checks.done_is_done([REPLY], {"s01": known})))


def test_what_was_on_its_way_at_the_kill_may_be_lost() -> None:
    assert [] == list(checks.nothing_is_lost(lost("It rained. ", died=1.8)))


def test_text_that_is_too_old_to_be_lost_is_seen() -> None:
    assert ["I-3: 16 bytes of request 1 are lost, 1.10 seconds old"] == list(
        checks.nothing_is_lost(lost("It rained. ", died=2.0))
    )


def test_text_that_is_too_much_to_be_lost_is_seen() -> None:
    flood = replace(REPLY, pieces=[(0.1, "x" * 5_000)])
    loss = checks.losses([flood], Ledger(), died=0.7)

    assert ["I-3: 5000 bytes of request 1 are lost, 0.60 seconds old"] == list(checks.nothing_is_lost(loss))


def test_saved_text_that_nobody_sent_is_seen() -> None:
    assert ["I-3: the saved text of request 1 is not what the server sent"] == list(
        checks.nothing_is_lost(lost("It snowed. ", died=0.2))
    )


def test_the_loss_of_a_stream_is_counted_in_bytes() -> None:
    reply = replace(REPLY, pieces=[(0.1, "漢"), (0.2, "字")])

    assert [3] == [
        loss.bytes for loss in checks.losses([reply], Ledger(rows=(replace(ROW, text="漢"),)), died=1)
    ]


def test_a_reply_that_is_closed_in_the_journal_has_lost_nothing() -> None:
    assert [] == checks.losses([WHOLE], Ledger(rows=(ENDED,)), died=2.0)


def test_saved_text_that_goes_away_later_is_seen() -> None:
    before, now = Ledger(rows=(ROW,)), Ledger(rows=(replace(ROW, text="It rained. "),))

    assert ["I-3: text of req_00001 that was saved is gone"] == list(
        checks.nothing_shrinks([REPLY], before, now)
    )


def test_saved_text_that_turns_into_another_later_is_seen() -> None:
    now = Ledger(rows=(replace(ENDED, text="It rained. Somebody"),))

    assert ["I-3: the text of req_00001 is not what the server sent"] == list(
        checks.nothing_shrinks([WHOLE], Ledger(), now)
    )


@pytest.mark.parametrize(("start", "problems"), [(0, 1), (600, 0)])
def test_a_request_that_forgets_what_was_saved_is_seen(start: int, problems: int) -> None:
    before = Ledger(rows=(replace(ROW, text="x" * 1_000),))
    new = [replace(REPLY, number=2, start=start)]

    assert problems == len(list(checks.what_is_paid_is_used(new, [REPLY, *new], before)))


@pytest.mark.parametrize("row", [ROW, ENDED, replace(ROW, fate="unknown", ended=True)])
def test_a_bill_that_is_settled_or_held_is_as_it_should_be(row: Row) -> None:
    assert [] == list(checks.no_invisible_spend([WHOLE], Ledger(rows=(row,)), model=MODEL))


@pytest.mark.parametrize(
    "row", [replace(ENDED, cost=0), replace(ENDED, cost=10**6), replace(ROW, reserved=1)]
)
def test_a_bill_that_is_not_the_servers_is_seen(row: Row) -> None:
    assert 1 == len(list(checks.no_invisible_spend([WHOLE], Ledger(rows=(row,)), model=MODEL)))


@pytest.mark.parametrize(
    "found", [FILES, {}, {"drafts/.storygen-01.tmp": b"It"}, {"storygen.lock": b'{"sections": {}}'}]
)
def test_files_that_are_whole_or_not_there_are_as_they_should_be(found: checks.Files) -> None:
    assert [] == list(checks.files_are_whole(found, FILES))


@pytest.mark.parametrize(
    "found",
    [
        {"drafts/01-s01.md": b"It"},
        {"drafts/01-s01.new.md": b"It rained."},
        {"storygen.lock": b'{"sections": {"s01"'},
        {"storygen.lock": b'{"sections": {"s01": {"text": "2e"}}}'},
    ],
)
def test_half_a_file_or_one_too_many_is_seen(found: checks.Files) -> None:
    assert 1 == len(list(checks.files_are_whole(found, FILES)))


@pytest.mark.parametrize(
    "found",
    [
        FILES | {"storygen.lock": b""},
        FILES | {".storygen-01.tmp": b""},
        {"storygen.lock": FILES["storygen.lock"]},
    ],
)
def test_a_book_that_is_not_the_same_is_seen(found: checks.Files) -> None:
    assert 1 == len(list(checks.same_book(found, FILES)))


def test_the_same_book_is_the_same() -> None:
    assert [] == list(checks.same_book(dict(FILES), FILES))
