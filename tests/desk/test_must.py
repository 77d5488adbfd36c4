from __future__ import annotations

from pathlib import Path

import pytest

from storygen.desk.status import status
from storygen.desk.write import write
from storygen.desk.written import Written
from storygen.draft import Draft, DraftStatus, Flag
from storygen.messages import StopReason
from storygen.writer.events import Event, Noted
from tests.desk.test_length import prose, turns
from tests.desk.test_write import Answer, ScriptedModel, opened, real, run, says

OUTLINE = """\
title: Ferry
kind: {kind}
{pages}:
  - title: Install
    words: 200
    beats: [Install it]
    must: {must}
"""
FIRST, SECOND = prose(110), prose(100, "heron")
PLACE = " ".join(FIRST.split()[-8:])
WITHOUT = f"{FIRST}\n\n{SECOND}"


def ferry(folder: Path, *, kind: str = "docs", must: str = "[pip install ferry]") -> Path:
    """Write an outline of one section that has to hold *must*."""
    path = folder / "outline.yaml"
    pages = "pages" if kind == "docs" else "sections"
    path.write_text(OUTLINE.format(kind=kind, pages=pages, must=must), encoding="utf-8")
    return path


def passage(text: str) -> Answer:
    return says(f"<after>{PLACE}</after>\n\n{text}")


def written(outline: Path, model: ScriptedModel, heard: list[Event] | None = None) -> Draft:
    """Write *outline*, a section of one call, and return its draft."""
    result: Written = run(real(outline), model, tell=(heard if heard is not None else []).append)
    (draft,) = result.drafts
    return draft


def test_what_stands_there_costs_no_further_call(tmp_path: Path) -> None:
    model = ScriptedModel(says(f"{WITHOUT}\n\n```sh\npip install ferry\n```"))
    draft = written(ferry(tmp_path), model)

    assert (DraftStatus.DRAFT, (), 1) == (draft.status, draft.flags, len(model.asked))


@pytest.mark.parametrize("kind", ["docs", "fiction"])
def test_what_is_missing_is_asked_for_once_and_put_where_it_belongs(tmp_path: Path, kind: str) -> None:
    model = ScriptedModel(says(WITHOUT), passage("Run `pip install ferry`."))
    draft = written(ferry(tmp_path, kind=kind), model)

    whole = f"{FIRST}\n\nRun `pip install ferry`.\n\n{SECOND}"
    assert (DraftStatus.DRAFT, whole, ()) == (draft.status, draft.text, draft.flags)


def test_the_request_names_only_what_is_missing(tmp_path: Path) -> None:
    outline = ferry(tmp_path, must="[pip install ferry, gull]")
    model = ScriptedModel(says(WITHOUT), passage("Run `pip install ferry`."))
    written(outline, model)
    turn = turns(model.asked[1])[-1]

    assert "<verbatim>\npip install ferry\n</verbatim>" in turn
    assert ("gull\n</verbatim>" in turn, "more are wanted" in turn) == (False, False)


def test_words_and_texts_that_are_missing_are_asked_for_at_once(tmp_path: Path) -> None:
    outline = tmp_path / "outline.yaml"
    outline.write_text(OUTLINE.format(kind="docs", pages="pages", must="[ferry up]").replace("200", "1000"))
    model = ScriptedModel(says(WITHOUT), passage(f"Run `ferry up`. {prose(700, 'tern')}"))
    draft = written(outline, model)
    turn = turns(model.asked[1])[-1]

    assert (DraftStatus.DRAFT, (), 2) == (draft.status, draft.flags, len(model.asked))
    assert ("more are wanted" in turn, "<verbatim>\nferry up" in turn) == (True, True)


def test_what_is_still_missing_leaves_the_section_incomplete_and_is_named(tmp_path: Path) -> None:
    heard: list[Event] = []
    draft = written(ferry(tmp_path), ScriptedModel(says(WITHOUT), passage("Install Ferry with pip.")), heard)

    assert (DraftStatus.INCOMPLETE, (Flag.MUST_MISSING,)) == (draft.status, draft.flags)
    (noted,) = (each.message for each in heard if isinstance(each, Noted))
    assert noted.startswith(
        "install: what has to appear verbatim does not, although it was asked for once more:"
    )
    assert "more: “pip install ferry”; what came is kept" in noted
    assert noted.endswith("add the text yourself, or rework the beats, and run again")


def test_what_brings_some_of_it_is_kept_and_what_brings_none_is_left_out(tmp_path: Path) -> None:
    outline = ferry(tmp_path, must="[pip install ferry, Python 3.12]")
    first = written(outline, ScriptedModel(says(WITHOUT), passage("Python 3.12 it is.")))
    second = written(outline, ScriptedModel(passage("Install Ferry with pip.")))

    assert f"{FIRST}\n\nPython 3.12 it is.\n\n{SECOND}" == first.text == second.text


class Killed(BaseException):
    """The end of a process, as far as a test can have one."""


def test_a_kill_behind_a_reply_that_brings_none_of_it_leaves_nothing_of_that_behind(tmp_path: Path) -> None:
    def die(event: Event) -> None:
        if isinstance(event, Noted):  # what is said before the draft is kept
            raise Killed

    outline = ferry(tmp_path)
    with pytest.raises(Killed):
        run(real(outline), ScriptedModel(says(WITHOUT), passage("Install it with pip.")), tell=die)

    assert WITHOUT == written(outline, ScriptedModel(passage("Install it with pip, as said."))).text


def test_an_incomplete_section_is_asked_for_once_more_in_every_run(tmp_path: Path) -> None:
    outline = ferry(tmp_path)
    written(outline, ScriptedModel(says(WITHOUT), passage("Install it with pip.")))
    second = ScriptedModel(passage("Install it with pip, as said."))
    incomplete = written(outline, second)
    third = ScriptedModel(passage("Run `pip install ferry`."))
    whole = written(outline, third)

    assert (DraftStatus.INCOMPLETE, 1) == (incomplete.status, len(second.asked))
    assert (DraftStatus.DRAFT, 1, ()) == (whole.status, len(third.asked), whole.flags)


def test_an_author_who_adds_the_text_has_a_whole_section_without_a_call(tmp_path: Path) -> None:
    outline = ferry(tmp_path)
    written(outline, ScriptedModel(says(WITHOUT), passage("Install it with pip.")))
    (partial,) = (tmp_path / "drafts").glob("*.partial.md")
    partial.write_text(f"{partial.read_text()}\n\nRun `pip install ferry`.\n")
    again = ScriptedModel()
    draft = written(outline, again)

    assert (DraftStatus.DRAFT, [], ()) == (draft.status, again.asked, draft.flags)
    assert draft.text.endswith("Run `pip install ferry`.")


def test_an_author_who_gives_the_text_up_has_a_whole_section_without_a_call(tmp_path: Path) -> None:
    outline = ferry(tmp_path)
    written(outline, ScriptedModel(says(WITHOUT), passage("Install it with pip.")))
    again = ScriptedModel()

    assert DraftStatus.DRAFT == written(ferry(tmp_path, must="[gull]"), again).status
    assert [] == again.asked


def test_a_refusal_to_add_it_is_not_asked_again(tmp_path: Path) -> None:
    outline = ferry(tmp_path)
    written(outline, ScriptedModel(says(WITHOUT), says("No.", StopReason.REFUSAL)))
    again = ScriptedModel()

    assert (DraftStatus.INCOMPLETE, []) == (written(outline, again).status, again.asked)


def test_status_says_what_is_missing(tmp_path: Path) -> None:
    outline = ferry(tmp_path)
    written(outline, ScriptedModel(says(WITHOUT), passage("Install it with pip.")))

    assert (Flag.MUST_MISSING,) == status(real(outline)).lines[0].flags


@pytest.mark.parametrize("kind", ["docs", "fiction"])
@pytest.mark.parametrize("must", ["[pip install <name>, '--a {b}']", '["a:\\n  b: `1`", "x y"]'])
def test_the_built_in_model_brings_whatever_is_asked_for(tmp_path: Path, kind: str, must: str) -> None:
    (draft,) = write(opened(ferry(tmp_path, kind=kind, must=must))).drafts
    assert (DraftStatus.DRAFT, ()) == (draft.status, draft.flags)


def test_a_text_that_is_there_is_still_there_with_a_line_for_each_sentence(tmp_path: Path) -> None:
    outline = ferry(tmp_path, must='["Run it. Then wait."]')
    outline.write_text(f"wrap: sentence\n{outline.read_text()}")
    written(outline, ScriptedModel(says(f"{WITHOUT}\n\nRead on. Run it. Then wait.")))
    (draft,) = (tmp_path / "drafts").glob("*.md")

    assert draft.read_text().endswith("\n\nRead on.\nRun it. Then wait.\n")
