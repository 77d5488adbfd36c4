from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.manuscript.assemble import assemble, split, take_apart
from storygen.manuscript.carry import Carried, carry
from storygen.manuscript.unfit import unfit
from storygen.outline.tree import Level, Outline, PlanStatus, Section, WordTarget

NODES = tuple(
    Section(
        id_,
        id_.capitalize(),
        number,
        2,
        Level.SECTION,
        WordTarget(1, 1),
        summary="The crew sleeps.",
        status=PlanStatus.TODO if id_ == "later" else None,
    )
    for number, id_ in enumerate(("boat", "quay", "pier", "later"), 1)
)
OUTLINE = Outline("The Lamp", Path("outline.yaml"), nodes=NODES)
DRAFTS = {
    "boat": "Rope[^1] and oil.\n\n[^1]: Hemp.",
    "quay": "# Quay\n\nStone[^1] and [sea].\n\n# Wet\n\nRain.\n\n## Later\n\nSun.\n\n[^1]: Grey.\n[sea]: x",
    "pier": "Wood.",
}


def compiled(texts: Mapping[str, str]) -> str:
    return assemble(OUTLINE, texts)


def carried(
    edited: str,
    *,
    drafts: Mapping[str, str] = DRAFTS,
    locked: Mapping[str, str] | None = None,
) -> Carried:
    return carry(edited, base=compiled(DRAFTS), texts=drafts, compile_=compiled, locked=locked or {})


def whys(result: Carried) -> list[tuple[str, str]]:
    return [(clash.section, clash.why) for clash in result.clashes]


@pytest.mark.parametrize(
    ("old", "new", "section", "draft"),
    [
        ("Wood.", "Old wood.\n\n- and nails", "pier", "Old wood.\n\n- and nails"),
        ("### Wet", "### Dry", "quay", DRAFTS["quay"].replace("# Quay\n\n", "").replace("# Wet", "# Dry")),
        ("Stone[^quay-1]", "Grit[^quay-1]", "quay", DRAFTS["quay"].replace("# Quay\n\nStone", "Grit")),
        ("Sun.", "Sun.\n\n### New", "quay", DRAFTS["quay"][8:].replace("Sun.", "Sun.\n\n# New")),
        ("*The crew sleeps.*", "They slept.", "later", "They slept."),
    ],
)  # fmt: skip
def test_an_edit_goes_back_into_its_draft_as_the_draft_is_written(
    old: str, new: str, section: str, draft: str
) -> None:
    assert Carried({section: draft}) == carried(compiled(DRAFTS).replace(old, new))


def test_what_was_not_edited_stays() -> None:
    assert Carried() == carried(compiled(DRAFTS))


def test_the_same_edit_in_draft_and_manuscript_is_no_edit_any_more() -> None:
    drafts = {**DRAFTS, "pier": "Iron."}

    assert Carried() == carried(compiled(drafts), drafts=drafts)


def test_two_edits_of_one_section_are_both_shown() -> None:
    drafts = {**DRAFTS, "pier": "Iron."}
    (clash,) = carried(compiled(DRAFTS).replace("Wood.", "Old wood."), drafts=drafts).clashes

    assert ("pier", "Old wood.", "Iron.") == (clash.section, clash.found, clash.compiled)


def test_with_a_clash_nothing_is_carried() -> None:
    drafts = {**DRAFTS, "pier": "Iron."}
    edited = compiled(DRAFTS).replace("Wood.", "Old wood.").replace("Rain.", "Hail.")

    assert {} == carried(edited, drafts=drafts).texts


@pytest.mark.parametrize(
    ("old", "new", "section"),
    [
        ("## Boat", "## The boat", ""),
        ('title: "The Lamp"', 'title: "A Lamp"', ""),
        ("<!-- storygen: pier -->", "", ""),
        ("<!-- storygen: pier -->", "<!-- storygen: boat -->", ""),
        ("Wood.", "", "pier"),
        ("Wood.", "# Pier", "pier"),
        ("Wood.", "# Too high", ""),
        ("*The crew sleeps.*", "", "later"),
    ],
)
def test_what_cannot_go_back_is_shown(old: str, new: str, section: str) -> None:
    assert section in [clash.section for clash in carried(compiled(DRAFTS).replace(old, new)).clashes]


def test_a_locked_section_is_left_to_its_author() -> None:
    edited = compiled(DRAFTS).replace("Wood.", "Old wood.")

    assert [("pier", "it is final")] == whys(carried(edited, locked={"pier": "it is final"}))


def test_headings_that_were_cut_off_at_the_deepest_level_stay_as_the_manuscript_has_them() -> None:
    deep = "# One\n\n##### Five\n\n###### Six\n\nText."
    fitted = "### One\n\n###### Five\n\n###### Six\n\nText."

    assert f"{fitted}." == unfit(f"{fitted}.", draft=deep, fitted=fitted)


LINES = st.sampled_from(
    ["Rope.", "# Wet", "#### Deep", "[^1]: x", "A[^1].", "* * *", "<!-- storygen: boat -->", "~~~", "- a", ""]
)
TEXTS = st.lists(LINES, max_size=6).map("\n\n".join)


@given(st.tuples(TEXTS, TEXTS, TEXTS), st.sampled_from(["boat", "quay", "pier"]), TEXTS)
def test_no_edit_is_ever_lost(texts: tuple[str, str, str], section: str, new: str) -> None:
    drafts = dict(zip(("boat", "quay", "pier"), texts, strict=True))
    base = compiled(drafts)
    mark, old = f"<!-- storygen: {section}", split(base).get(section, "")
    before, comment, rest = base.partition(mark)
    edited = before + comment + (rest.replace(old, new, 1) if old else rest)
    result = carry(edited, base=base, texts=drafts, compile_=compiled, locked={})
    was, is_, again = (
        take_apart(text).texts for text in (base, edited, compiled({**drafts, **result.texts}))
    )
    lost = [id_ for id_, text in is_.items() if text not in {was.get(id_), again.get(id_)}]

    assert [] == lost or result.clashes
