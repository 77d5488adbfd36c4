from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest

from storygen.desk.estimate import estimate
from storygen.desk.prompt import prompt
from storygen.desk.select import Selection
from storygen.desk.status import status
from storygen.draft import DraftStatus, Flag
from storygen.errors import Rejected
from storygen.messages import Opened, StopReason, Text
from storygen.rehearsal.shape import blocks
from storygen.text.words import count_words
from storygen.writer.events import Event, Noted
from tests.desk.test_write import Answer, ScriptedModel, opened, real, run, says

NAMES = ("gull", "heron", "tern", "crake", "wren", "rook", "owl", "swift", "lark", "crow")
SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
LONG = """\
title: The Sound
sections:
  - title: The crossing
    words: 3000
    beats: [Ines casts off., The engine stops., Tobias lights the lamp.]
    leave: Adrift.
"""
KEY_GONE = Rejected("no", status=401, kind="authentication_error", retry=False, fatal=True)


def prose(words: int, name: str = "gull") -> str:
    """Return so many words about *name*, in sentences that share nothing else."""
    chance = Random(name)
    told: list[str] = []
    while len(told) < words:
        first, *rest = ("".join(chance.choices(SYLLABLES, k=3)) for _ in range(chance.randint(5, 10)))
        told += [first.capitalize(), *rest, f"{name}."]
    return " ".join([*told[: words - 1], f"{name}."])


def turns(body: bytes) -> list[str]:
    """Return what each turn of a request says, without the system message."""
    said: list[dict[str, Any]] = json.loads(body)["messages"]
    return ["".join(block["text"] for block in blocks(turn["content"])) for turn in said]


def rest_of(text: str, model: ScriptedModel) -> Iterator[Answer]:
    """Yield what is missing of *text*, from the words on that the last request wants it to begin with."""
    anchor = turns(model.asked[-1])[-1].partition("<anchor>")[2].partition("</anchor>")[0]
    yield says(text[text.index(anchor) :])


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Return an outline of one section that takes two calls."""
    path = tmp_path / "outline.yaml"
    path.write_text(LONG, encoding="utf-8")
    return path


def week(folder: Path, days: int) -> Path:
    """Write an outline of so many sections of a thousand words."""
    folder.mkdir(exist_ok=True)
    titles = "".join(f"  - {{title: Day {day}, beats: [It is day {day}.]}}\n" for day in range(1, days + 1))
    (folder / "outline.yaml").write_text(f"title: A Week\nsections:\n{titles}", encoding="utf-8")
    return folder / "outline.yaml"


def of_length(words: int, *, times: int) -> ScriptedModel:
    """Return a model that writes so many words whatever it is asked."""
    return ScriptedModel(*(says(prose(words, name)) for name in NAMES[:times]))


def elsewhere(outline: Path) -> Path:
    """Return a copy of *outline* in a folder of its own."""
    path = outline.parent / "elsewhere" / "outline.yaml"
    path.parent.mkdir()
    path.write_text(outline.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def test_a_long_section_is_one_draft_of_several_stretches(sound: Path) -> None:
    one, two = prose(1_500), prose(1_490, "heron")
    (draft,) = run(real(sound), ScriptedModel(says(one), says(two))).drafts

    assert (f"{one}\n\n{two}", DraftStatus.DRAFT, ()) == (draft.text, draft.status, draft.flags)
    assert [1, 2] == [leg.stretch.number for leg in draft.legs]


def test_each_stretch_is_asked_for_after_what_came_with_what_is_left(sound: Path) -> None:
    one = prose(1_100)
    model = ScriptedModel(says(one), says(prose(1_480, "heron")), says(prose(400, "tern")))
    run(real(sound), model)
    (card,), (again, kept, turn), *_ = map(turns, model.asked)

    assert (card, one, 3) == (again, kept, len(model.asked))
    assert "1. Ines casts off.\n2. The engine stops.\n\nThe line not to cross" in card
    assert ("about 1,100\n" in turn, "Adrift." in card) == (True, False)


def test_a_stretch_that_was_cut_is_continued_within_it(sound: Path) -> None:
    one, two = prose(1_500), prose(1_490, "heron")
    model = ScriptedModel(says(one), says(two[:4_000], StopReason.MAX_TOKENS))
    model.answers = chain(model.answers, rest_of(two, model))
    (draft,) = run(real(sound), model).drafts

    assert f"{one}\n\n{two}" == draft.text
    assert "ended before stretch 2 of 2 did" in turns(model.asked[2])[-1]


def test_stretches_do_not_count_towards_the_legs_that_a_section_may_have(tmp_path: Path) -> None:
    outline = tmp_path / "outline.yaml"
    outline.write_text("title: T\nsections: [{title: Long, words: 15000}]\n")
    (draft,) = run(real(outline), of_length(1_500, times=10)).drafts

    assert (DraftStatus.DRAFT, 10) == (draft.status, len(draft.legs))


def test_a_run_that_stopped_between_stretches_goes_on_with_the_next_one(sound: Path) -> None:
    one, two = prose(1_500), prose(1_490, "heron")
    straight, resumed = ScriptedModel(says(one), says(two)), ScriptedModel(says(two))
    run(real(elsewhere(sound)), straight)
    with pytest.raises(Rejected):
        run(real(sound), ScriptedModel(says(one), [KEY_GONE]))
    (draft,) = run(real(sound), resumed).drafts

    assert (f"{one}\n\n{two}", straight.asked[1:]) == (draft.text, resumed.asked)


def test_a_run_that_stopped_within_a_stretch_goes_on_within_it(sound: Path) -> None:
    one, two = prose(1_500), prose(1_490, "heron")
    with pytest.raises(Rejected):
        run(real(sound), ScriptedModel(says(one), [Opened(200), Text(two[:4_000]), KEY_GONE]))
    model = ScriptedModel()
    model.answers = rest_of(two, model)
    (draft,) = run(real(sound), model).drafts

    assert f"{one}\n\n{two}" == draft.text
    assert "ended before stretch 2 of 2 did" in turns(model.asked[0])[-1]


def test_an_empty_stretch_is_asked_for_once_more_and_leaves_the_section_incomplete(sound: Path) -> None:
    model = ScriptedModel(says(prose(1_500)), says(""), says(""))
    (draft,) = run(real(sound), model).drafts

    assert (DraftStatus.INCOMPLETE, (Flag.EMPTY,)) == (draft.status, draft.flags)
    assert model.asked[1] == model.asked[2]


def test_a_refused_stretch_is_never_asked_for_again_unchanged(sound: Path) -> None:
    run(real(sound), ScriptedModel(says(prose(1_500)), says("", StopReason.REFUSAL)))
    again = ScriptedModel()
    run(real(sound), again)

    assert [] == again.asked


def test_a_section_that_is_far_too_short_is_lengthened_once(tmp_path: Path) -> None:
    first, second, added = prose(300), prose(100, "heron"), prose(500, "tern")
    place = " ".join(first.split()[-8:])
    model = ScriptedModel(says(f"{first}\n\n{second}"), says(f"<after>{place}</after>\n\n{added}"))
    (draft,) = run(real(week(tmp_path, 1)), model).drafts

    assert (f"{first}\n\n{added}\n\n{second}", ()) == (draft.text, draft.flags)
    assert "about 400 words, and about 950 more are wanted" in turns(model.asked[1])[-1]


@pytest.mark.parametrize(("first", "calls"), [(860, 3), (1_150, 2)])
def test_the_last_section_is_lengthened_where_the_book_would_be_too_short(
    tmp_path: Path, first: int, calls: int
) -> None:
    model = ScriptedModel(says(prose(first)), says(prose(700, "heron")), says(prose(500, "tern")))
    run(real(week(tmp_path, 2)), model)

    assert calls == len(model.asked)


def test_an_extension_that_is_refused_leaves_the_text_as_it_is(tmp_path: Path) -> None:
    model = ScriptedModel(says(prose(400)), says("No.", StopReason.REFUSAL))
    (draft,) = run(real(week(tmp_path, 1)), model).drafts

    assert (prose(400), DraftStatus.DRAFT, (Flag.TOO_SHORT,)) == (draft.text, draft.status, draft.flags)


def test_passages_without_a_place_are_left_out_and_said(tmp_path: Path) -> None:
    heard: list[Event] = []
    model = ScriptedModel(says(prose(400)), says(prose(500, "tern")))
    (draft,) = run(real(week(tmp_path, 1)), model, tell=heard.append).drafts

    assert prose(400) == draft.text
    assert any("belong nowhere and are left out" in each.message for each in heard if isinstance(each, Noted))


def test_an_extension_is_asked_for_once_even_if_its_reply_broke_off(tmp_path: Path) -> None:
    outline = week(tmp_path, 1)
    model = ScriptedModel(says(prose(400)), [Opened(200), Text("<after>Fog"), KEY_GONE])
    (draft,) = run(real(outline), model).drafts
    again = ScriptedModel()
    run(real(outline), again)

    assert ([], prose(400), DraftStatus.DRAFT) == (again.asked, draft.text, draft.status)


def test_a_text_far_too_long_is_flagged_and_whole(tmp_path: Path) -> None:
    heard: list[Event] = []
    (draft,) = run(real(week(tmp_path, 1)), of_length(1_700, times=1), tell=heard.append).drafts

    assert ((Flag.TOO_LONG,), 1_700) == (draft.flags, count_words(draft.text))
    assert any("1,700 words came, 1,100 at most" in each.message for each in heard if isinstance(each, Noted))


def asked_words(bodies: list[bytes]) -> list[str]:
    """Return how many words each card asks for."""
    return [turns(body)[0].partition("Words: ")[2].partition("\n")[0].rpartition(" ")[2] for body in bodies]


def test_asks_follow_what_came_of_the_sections_before(tmp_path: Path) -> None:
    model = of_length(700, times=4)
    run(real(week(tmp_path, 5)), model, selection=Selection(limit=4))

    assert ["1,000", "1,300", "1,800", "2,050"] == asked_words(model.asked)


def test_a_run_of_several_sittings_asks_what_one_would_have_asked(tmp_path: Path) -> None:
    outline = week(tmp_path, 5)
    straight = of_length(700, times=4)
    run(real(elsewhere(outline)), straight, selection=Selection(limit=4))
    pieces = [ScriptedModel(says(prose(700, name))) for name in NAMES[:4]]
    for model in pieces:
        run(real(outline), model, selection=Selection(limit=1))

    assert straight.asked == [body for model in pieces for body in model.asked]


def test_without_steering_every_section_is_asked_for_as_planned(tmp_path: Path) -> None:
    model = of_length(400, times=3)
    project = opened(week(tmp_path, 3), ANTHROPIC_API_KEY="sk-ant-test", STORYGEN_LENGTH="plain")
    run(project, model)

    assert ["1,000"] * 3 == asked_words(model.asked)


def test_what_was_learned_makes_nothing_stale_and_sends_nothing_again(tmp_path: Path) -> None:
    outline = week(tmp_path, 3)
    run(real(outline), of_length(700, times=4))
    again = ScriptedModel()
    run(real(outline), again)

    assert ([], {"fresh"}) == (again.asked, {str(line.freshness) for line in status(real(outline)).lines})


def test_room_is_made_for_what_is_asked(tmp_path: Path) -> None:
    model = of_length(700, times=3)
    run(real(week(tmp_path, 4)), model, selection=Selection(limit=3))
    rooms = [json.loads(body)["max_tokens"] for body in model.asked]

    assert rooms[0] < rooms[1] < rooms[2]


def test_room_is_made_for_what_may_come_where_less_is_asked(tmp_path: Path) -> None:
    model = of_length(1_700, times=3)
    run(real(week(tmp_path, 3)), model)
    rooms = [json.loads(body)["max_tokens"] for body in model.asked]

    assert ["1,000", "550", "300"] == asked_words(model.asked)
    assert rooms[2] > 0.85 * rooms[0]


def test_max_tokens_never_pass_what_a_model_writes_at_most(tmp_path: Path) -> None:
    outline = tmp_path / "outline.yaml"
    outline.write_text("title: T\nsections: [{title: Long, words: 60000}]\n")
    project = opened(outline, STORYGEN_CALL_WORDS="10000", STORYGEN_MODEL="claude-opus-4-5")

    assert 10_000 < prompt(project, "long").request.max_tokens <= 64_000


def test_a_prompt_is_that_of_the_first_stretch(sound: Path) -> None:
    found = prompt(real(sound), "the-crossing")

    assert (1, 2, "") == (found.stretch.number, found.stretch.of, found.why_asked)


def test_a_prompt_says_why_other_words_are_asked_for_than_are_wanted(tmp_path: Path) -> None:
    outline = week(tmp_path, 3)
    run(real(outline), of_length(700, times=2), selection=Selection(limit=2))
    wanted = (
        "1,800 words are asked for where 1,000 are wanted: 61 % of what is asked for comes, and the sections"
    )
    wanted += " before are shorter than was wanted"

    assert wanted == prompt(real(outline), "day-3").why_asked


def test_an_estimate_counts_every_stretch(sound: Path) -> None:
    (found,) = estimate(real(sound))

    assert (2, 3_000) == (found.calls, found.asked)
    assert found.usage.output_tokens > 3_000
