from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path

import anyio
import pytest

from storygen.book.journal import Journal, open_journal
from storygen.catalogue import catalogue
from storygen.messages import Counted, Delta, Ended, Opened, StopReason, Text, Usage
from storygen.outline.tree import Kind, Outline
from storygen.prompts.planning import Brief
from storygen.prompts.templates import Templates
from storygen.settings import Settings
from storygen.writer.ask import Commission
from storygen.writer.events import Event, Noted
from storygen.writer.planning import Planning, make_plan
from tests.writer.lines import line_to

COMMISSION = Commission(
    Outline("", Path("outline.yaml")), Templates.read(), Settings(), catalogue(), len, rehearsed=True
)
BRIEF = Brief("Tom refuses payment.", Kind.FICTION, 9_000)
WHOLE = """\
title: The Lamp Room
lang: en
words: 9000
summary: A keeper arrives.
style: {person: third, tense: past, quotes: “ ”}
constraints: [{id: c1, text: Tom refuses payment.}]
codex: [{name: Anna, kind: character}]
chapters:
  - {title: Out, words: 7600, summary: She goes., serves: [c1]}
  - title: Back
    words: 1400
    summary: She returns.
    pov: Anna
    beats: [Anna comes back.]
    enter: She is away.
    leave: She is home.
    ending: final
"""
SCENES = "scenes:\n" + "".join(
    f"  - {{title: Scene {number}, words: 1900, pov: Anna, beats: [It happens.], "
    f"enter: Before., leave: After., ending: {ending}, serves: [c1]}}\n"
    for number, ending in enumerate(("open", "hinge", "resolve", "open"))
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with open_journal(tmp_path / "journal.db", clock=lambda: 0.0) as journal:
        yield journal


class Model:
    """Answers from a list of texts, each with the reason that it ended for."""

    def __init__(self, *answers: str | tuple[str, StopReason]) -> None:
        self.answers = [each if isinstance(each, tuple) else (each, StopReason.END_TURN) for each in answers]
        self.asked: list[str] = []
        self.heard: list[Event] = []

    async def send(self, body: bytes) -> AsyncGenerator[Delta, None]:
        self.asked.append(body.decode())
        text, reason = self.answers.pop(0)
        yield Opened(200, "req_1")
        yield Text(text)
        yield Counted(Usage(10, output_tokens=5))
        yield Ended(reason, reason.value)

    def plans(
        self, journal: Journal, brief: Brief = BRIEF, *, stop: Callable[[], bool] = lambda: False
    ) -> Planning:
        """Plan *brief* with these answers."""

        async def main() -> Planning:
            line = line_to(self.send, journal, tell=self.heard.append)
            return await make_plan(COMMISSION, brief, line=line, stop=stop)

        return anyio.run(main)


def titles(planning: Planning) -> list[str]:
    return [node.title for _, node in planning.plan.walk()] if planning.plan else []


def test_a_book_is_planned_level_by_level(journal: Journal) -> None:
    planning = Model(WHOLE, SCENES).plans(journal)

    assert (["Out", "Scene 0", "Scene 1", "Scene 2", "Scene 3", "Back"], ()) == (
        titles(planning),
        planning.faults,
    )


def test_every_piece_is_an_errand_of_its_own(journal: Journal) -> None:
    Model(WHOLE, SCENES).plans(journal)

    assert ["plan/whole", "plan/1"] == [attempt.section for attempt in journal.attempts()]


def test_a_plan_that_is_in_the_journal_is_never_paid_for_again(journal: Journal) -> None:
    first = Model(WHOLE, SCENES).plans(journal)
    again = Model()

    assert (first, []) == (again.plans(journal), again.asked)


def test_a_run_that_was_stopped_goes_on_where_it_was(journal: Journal) -> None:
    stopped = Model(WHOLE).plans(journal, stop=lambda: True)
    gone_on = Model(SCENES)

    assert (False, True, 1) == (stopped.finished, gone_on.plans(journal).finished, len(gone_on.asked))


def test_a_broken_reply_is_sent_back_with_what_is_wrong_with_it(journal: Journal) -> None:
    model = Model("I would be glad to!", WHOLE, SCENES)
    planning = model.plans(journal)

    assert ((), 3) == (planning.faults, len(model.asked))
    assert "the reply holds no YAML" in model.asked[1]


def test_only_the_piece_that_is_wrong_is_sent_back(journal: Journal) -> None:
    over = SCENES.replace("1900", "2000")
    model = Model(WHOLE, over, SCENES)
    planning = model.plans(journal)

    assert ((), ["plan/whole", "plan/1", "plan/1"]) == (
        planning.faults,
        [attempt.section for attempt in journal.attempts()],
    )
    assert "its 4 scenes come to 8,000 words, and “Out” has 7,600" in model.asked[2]


def test_after_two_repairs_the_best_stands_and_its_faults_are_told(journal: Journal) -> None:
    over, worse = SCENES.replace("1900", "2000"), SCENES.replace("1900", "2000").replace("After.", "''")
    planning = Model(WHOLE, worse, over, worse).plans(journal)
    assert planning.plan is not None

    assert ["its 4 scenes come to 8,000 words, and “Out” has 7,600"] == [
        each.message for each in planning.faults
    ]
    assert [(0,)] == [each.way for each in planning.faults]
    assert 7_600 == sum(node.words for node in planning.plan.below[0].below)


def test_a_piece_that_cannot_be_divided_stays_whole(journal: Journal) -> None:
    planning = Model(WHOLE, "No.", "No.", "No.").plans(journal)

    assert (["Out", "Back"], True) == (titles(planning), planning.finished)
    assert [("plan/no-plan", (0,))] == [(each.rule, each.way) for each in planning.faults]


def test_a_refused_piece_is_not_asked_for_again(journal: Journal) -> None:
    model = Model(WHOLE, ("", StopReason.REFUSAL))
    planning = model.plans(journal)

    assert ([("the model refused to plan this", (0,))], 2) == (
        [(each.message, each.way) for each in planning.faults],
        len(model.asked),
    )


def test_a_refused_whole_is_no_plan(journal: Journal) -> None:
    model = Model(("", StopReason.REFUSAL))
    planning = model.plans(journal)

    assert (None, ["plan/refused"]) == (planning.plan, [each.rule for each in planning.faults])


def test_a_whole_that_never_comes_is_no_plan(journal: Journal) -> None:
    planning = Model("No.", "No.", "No.").plans(journal)

    assert (None, ["plan/no-plan"]) == (planning.plan, [each.rule for each in planning.faults])


def test_a_reply_that_is_cut_off_twice_is_to_be_given_in_fewer_words(journal: Journal) -> None:
    cut = (WHOLE[:300], StopReason.MAX_TOKENS)
    model = Model(cut, cut, WHOLE, SCENES)
    planning = model.plans(journal)

    assert ((), True) == (planning.faults, "say the same in fewer words" in model.asked[2])


def test_a_critique_is_one_more_look_at_the_whole(journal: Journal) -> None:
    better = WHOLE.replace("The Lamp Room", "The Log")
    model = Model(WHOLE, better, SCENES)
    planning = model.plans(journal, Brief(BRIEF.text, BRIEF.kind, BRIEF.words, critique=True))
    assert planning.plan is not None

    assert ("The Log", 3) == (planning.plan.title, len(model.asked))


def test_a_critique_that_makes_it_worse_is_dropped(journal: Journal) -> None:
    worse = WHOLE.replace("The Lamp Room", "The Log").replace("7600", "9600")
    planning = Model(WHOLE, worse, worse, worse, SCENES).plans(
        journal, Brief(BRIEF.text, BRIEF.kind, BRIEF.words, critique=True)
    )
    assert planning.plan is not None

    assert ("The Lamp Room", ()) == (planning.plan.title, planning.faults)


def test_a_length_that_nobody_has_asked_for_is_bounded(journal: Journal) -> None:
    endless = WHOLE.replace("9000", "9000000").replace("7600", "8998600")
    model = Model(endless, endless)
    planning = model.plans(journal, Brief(BRIEF.text, BRIEF.kind), stop=lambda: True)
    assert planning.plan is not None

    assert 1_000_000 == planning.plan.words == sum(node.words for node in planning.plan.below)


def test_newcomers_join_the_codex_once(journal: Journal) -> None:
    scenes = SCENES + "codex: [{name: anna}, {name: Tom, kind: character}]\n"
    planning = Model(WHOLE, scenes).plans(journal)
    assert planning.plan is not None

    assert ["Anna", "Tom"] == [entry.name for entry in planning.plan.codex]


def test_whoever_watches_hears_what_is_planned(journal: Journal) -> None:
    model = Model(WHOLE, SCENES)
    model.plans(journal)

    assert [Noted("planning the whole"), Noted("planning 1 Out")] == model.heard
