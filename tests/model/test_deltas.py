from __future__ import annotations

from storygen.messages import Completion, Counted, Delta, Ended, Opened, OtherBlock, StopReason, Text, Usage
from storygen.model.deltas import Fold, fold


def test_every_delta_finds_its_place_in_the_completion() -> None:
    deltas: list[Delta] = [
        Opened(200, "req_1", "msg_1", "claude-sonnet-5-5"),
        Counted(Usage(input_tokens=9, output_tokens=1)),
        OtherBlock("thinking"),
        Text("Once "),
        Text("upon"),
        Counted(Usage(input_tokens=9, output_tokens=5)),
        Ended(StopReason.REFUSAL, "refusal", "cyber"),
    ]
    expected = Completion(
        text="Once upon",
        stop_reason=StopReason.REFUSAL,
        usage=Usage(input_tokens=9, output_tokens=5),
        stop_word="refusal",
        stop_detail="cyber",
        request_id="req_1",
        message_id="msg_1",
        model="claude-sonnet-5-5",
        blocks=("thinking",),
        clean=True,
    )
    assert expected == fold(deltas)


def test_no_stop_reason_is_a_cut() -> None:
    assert Completion("Once", StopReason.CUT) == fold([Text("Once")])


def test_the_text_can_be_asked_for_while_it_grows() -> None:
    so_far, seen = Fold(), []
    for word in ("Once ", "upon ", "a été"):
        so_far.add(Text(word))
        seen.append((so_far.text, so_far.size))
    assert [("Once ", 5), ("Once upon ", 10), ("Once upon a été", 17)] == seen
