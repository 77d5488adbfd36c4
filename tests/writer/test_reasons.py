from __future__ import annotations

import pytest

from storygen.draft import Flag, Leg
from storygen.messages import Completion, StopReason
from storygen.writer.reasons import Limits, Sitting, Step, finish, judge, taken_up

LIMITS = Limits(legs=8, cuts=5)


def after(
    text: str, reason: StopReason, *, so_far: Sitting = Sitting(), full: bool = False
) -> tuple[Sitting, Step]:
    """Return what follows a leg that made the section's text *text* and ended for *reason*."""
    sitting = so_far.grown(text, Leg(text, reason))
    return judge(sitting, Completion(text, reason), limits=LIMITS, full=full)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (StopReason.END_TURN, Step.ACCEPT),
        (StopReason.STOP_SEQUENCE, Step.ACCEPT),
        (StopReason.MAX_TOKENS, Step.CONTINUE),
        (StopReason.CONTEXT_WINDOW, Step.CONTINUE),
        (StopReason.PAUSE_TURN, Step.CONTINUE),
        (StopReason.CUT, Step.CONTINUE),
        (StopReason.REFUSAL, Step.STOP),
        (StopReason.TOOL_USE, Step.STOP),
        (StopReason.UNKNOWN, Step.STOP),
    ],
)
def test_every_reason_has_its_step(reason: StopReason, expected: Step) -> None:
    assert expected == after("He left.", reason)[1]


def test_an_empty_reply_is_asked_for_once_more_and_no_more() -> None:
    first, step = after("", StopReason.END_TURN)
    second, last = after("", StopReason.END_TURN, so_far=first)

    assert (Step.AGAIN, Step.STOP, True) == (step, last, Flag.EMPTY in second.flags)


def test_thinking_that_took_all_tokens_raises_the_cap_once() -> None:
    first, step = after("", StopReason.MAX_TOKENS)
    _, last = after("", StopReason.MAX_TOKENS, so_far=first)

    assert (Step.AGAIN, 2, Step.STOP) == (step, first.cap, last)


def test_an_end_in_mid_sentence_is_continued_once_and_noted() -> None:
    first, step = after("He left, and", StopReason.END_TURN)
    second, last = after("He left, and then", StopReason.END_TURN, so_far=first)

    assert (Step.CONTINUE, Step.ACCEPT, (Flag.SHORT_END,)) == (step, last, second.flags)


def test_an_end_that_used_every_token_is_continued_once() -> None:
    assert Step.CONTINUE == after("He left.", StopReason.END_TURN, full=True)[1]


def test_an_open_fence_at_the_end_is_continued() -> None:
    assert Step.CONTINUE == after("```py\nx = 1", StopReason.END_TURN)[1]


@pytest.mark.parametrize("text", ["", "   \n", "The same sentence."])
def test_legs_without_new_text_end_as_stalled(text: str) -> None:
    sitting = Sitting(text="The same sentence.")
    steps = []
    for _ in range(4):
        sitting, step = after(
            sitting.text + text if not text.strip() else sitting.text, StopReason.MAX_TOKENS, so_far=sitting
        )
        steps.append(step)
        if step is Step.STOP:
            break

    assert ([Step.CONTINUE, Step.STOP], True) == (steps, Flag.STALLED in sitting.flags)


def test_a_section_has_at_most_so_many_legs() -> None:
    sitting, steps = Sitting(), []
    for _ in range(LIMITS.legs):
        sitting, step = after(sitting.text + "More. ", StopReason.MAX_TOKENS, so_far=sitting)
        steps.append(step)

    assert ([*[Step.CONTINUE] * (LIMITS.legs - 1), Step.STOP], True) == (steps, Flag.STALLED in sitting.flags)


def test_broken_streams_are_bounded() -> None:
    sitting, step = Sitting(), Step.CONTINUE
    while step is Step.CONTINUE:
        sitting, step = after(sitting.text + "More. ", StopReason.CUT, so_far=sitting)

    assert (LIMITS.cuts + 1, Flag.CUT) == (sitting.cuts, sitting.flags[-1])


def test_a_full_window_makes_the_context_smaller() -> None:
    assert 1 == after("He left.", StopReason.CONTEXT_WINDOW)[0].shrunk


def test_a_refusal_keeps_its_text_and_says_so() -> None:
    sitting, _ = after("Some of it.", StopReason.REFUSAL)

    assert ("Some of it.", (Flag.REFUSED,)) == (sitting.text, sitting.flags)


def test_a_text_without_what_must_stand_in_it_is_not_whole() -> None:
    sitting, step = finish(Sitting("Run it."), absent=("ferry up",))

    assert ((Flag.MUST_MISSING,), Step.STOP) == (sitting.flags, step)


def test_a_text_that_lacks_nothing_is_accepted_as_it_is() -> None:
    assert (Sitting("Run it."), Step.ACCEPT) == finish(Sitting("Run it."), absent=())


def test_what_was_missing_once_is_looked_for_anew() -> None:
    assert () == taken_up(finish(Sitting("Run it."), absent=("ferry up",))[0]).flags
