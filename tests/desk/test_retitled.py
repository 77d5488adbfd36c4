from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.book.drafts import StoredDraft
from storygen.book.record import Record, Written, hash_text
from storygen.desk.check import check
from storygen.desk.retitled import findings, placed, retitled
from storygen.desk.states import Shelved
from storygen.draft import DraftStatus
from storygen.errors import OutlineError, Rejected
from storygen.messages import StopReason
from storygen.outline.tree import Level, Section, WordTarget
from storygen.text.slug import slug
from tests.desk.test_write import ScriptedModel, real, run, says


def section(title: str, *beats: str, id_: str = "", intro_of: str = "") -> Section:
    return Section(
        id_ or slug(title), title, 1, 1, Level.SCENE, WordTarget(1, 1), beats=beats, intro_of=intro_of
    )


def shelf(*sections: Section, rehearsed: bool = False) -> Shelved:
    """Return the book that was written from *sections*."""
    drafts = {s.id: StoredDraft(Path(f"{s.id}.md"), s.id, DraftStatus.DRAFT, "Text.") for s in sections}
    written = {s.id: Written({}, hash_text("Text."), "sonnet", rehearsed) for s in sections}
    return Shelved(drafts, {}, Record("outline.yaml", placed(sections, written)))


def found(before: list[Section], now: list[Section], *, rehearsed: bool = False) -> list[tuple[str, str]]:
    """Return the ids of now with the old ones that they should have kept."""
    shelved = shelf(*before, rehearsed=rehearsed)
    return [(each.section.id, each.draft.id) for each in retitled(now, shelved, partials={})]


A, B, C = section("A", "a happens"), section("B", "b happens"), section("C", "c happens")
NEW = section("New", "b happens")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ([A, NEW, C], [("new", "b")]),
        ([NEW, A, C], [("new", "b")]),
        ([A, B, NEW, C], []),
        ([A, section("New", "other"), C], []),
        ([A, section("New", "b happens", id_="own"), C], []),
        ([A, C], []),
        ([section("X", "a happens"), NEW, section("Z", "c happens")], [("x", "a"), ("new", "b"), ("z", "c")]),
        ([A, NEW, section("Twin", "b happens"), C], [("new", "b")]),
        ([section("Twin", "b happens"), A, C, NEW], []),
    ],
)
def test_the_same_beats_tell_a_new_title_from_a_new_section(
    now: list[Section], expected: list[tuple[str, str]]
) -> None:
    assert expected == found([A, B, C], now)


def test_without_beats_the_place_decides() -> None:
    one, two, other = section("One"), section("Two"), section("Other")

    assert [("other", "two")] == found([one, two], [one, other])
    assert [] == found([one, two], [other, one])


def test_without_beats_another_summary_is_another_section() -> None:
    old, new = (replace(section(title), summary=title) for title in ("Two", "Other"))

    assert [] == found([A, old], [A, new])
    assert [("other", "two")] == found([A, old], [A, replace(new, summary="Two")])


def test_what_nobody_paid_for_is_left_behind() -> None:
    assert [] == found([A, B, C], [A, NEW, C], rehearsed=True)


def test_a_lead_in_is_known_by_the_id_of_its_heading(tmp_path: Path) -> None:
    outline = tmp_path / "outline.yaml"
    outline.write_text("- title: North\n")
    old = section("South", id_="south-intro", intro_of="south")
    new = replace(section("North", id_="north-intro", intro_of="north"), line=1)
    each = retitled([new], shelf(old), partials={})
    (finding,) = findings(outline, [*each])

    assert "add this line below:\n  id: south\n" in finding.help


titles = st.sampled_from("abcdef")
plans = st.lists(titles, unique=True, max_size=5).map(
    lambda names: [section(name, f"{name} happens") for name in names]
)


@given(plans, plans)
def test_moving_adding_and_removing_is_never_a_new_title(before: list[Section], now: list[Section]) -> None:
    assert [] == found(before, now)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("  - title: Right time", "  - title: Wrong time", "\n    id: right-time\n"),
        ("  - title: Right time", "  - {title: Wrong time}", "add `id: right-time` beside its title"),
    ],
)
def test_check_proposes_the_line_too(tale: Path, old: str, new: str, line: str) -> None:
    tale.write_text("".join(tale.read_text().partition("  - title: Right time")[:2]) + "\n")
    run(real(tale), ScriptedModel(says("One."), says("Two."), says("Three.")))
    tale.write_text(tale.read_text().replace(old, new))
    (finding,) = check(tale).findings

    assert ("outline/lost-id", True) == (
        finding.rule,
        line in finding.help,
    )


def test_a_markdown_heading_gets_its_id_in_braces(tmp_path: Path) -> None:
    outline = tmp_path / "outline.md"
    outline.write_text("# Tale\n\n@words: 200\n\n## The boat\n\n- It sails.\n\n## The pier\n\n- It waits.\n")
    run(real(outline), ScriptedModel(says("One."), says("Two.")))
    outline.write_text(outline.read_text().replace("## The boat", "## A boat"))
    (finding,) = check(outline).findings

    assert (5, True) == (finding.line, "write ## A boat {#the-boat}" in finding.help)


def test_a_title_alone_in_a_list_becomes_two_lines(tmp_path: Path) -> None:
    outline = tmp_path / "outline.yaml"
    outline.write_text("title: Tale\nwords: 200\nsections:\n  - The boat\n  - The pier\n")
    run(real(outline), ScriptedModel(says("One."), says("Two.")))
    outline.write_text(outline.read_text().replace("- The pier", "- A pier"))
    (finding,) = check(outline).findings

    assert "write\n  - title: A pier\n    id: the-pier\n" in finding.help


def interrupted(tale: Path) -> None:
    """Write the first section of *tale* to the middle, where the key is taken away."""
    key_gone = Rejected("no", status=401, kind="authentication_error", retry=False, fatal=True)
    with pytest.raises(Rejected):
        run(real(tale), ScriptedModel(says("One boat came in. It", StopReason.MAX_TOKENS), [key_gone]))


def test_a_section_that_was_only_begun_is_known_by_its_card(tale: Path) -> None:
    interrupted(tale)
    tale.write_text(tale.read_text().replace("title: The last boat", "title: A last boat"))
    (finding,) = check(tale).findings

    assert ("outline/lost-id", True) == (finding.rule, "\n    id: the-last-boat\n" in finding.help)


def test_what_was_begun_under_another_title_is_not_asked_for_anew(tale: Path) -> None:
    interrupted(tale)
    tale.write_text(tale.read_text().replace("title: The last boat", "title: A last boat"))
    model = ScriptedModel()
    with pytest.raises(OutlineError):
        run(real(tale), model)

    assert [] == model.asked


def test_another_card_is_another_section(tale: Path) -> None:
    interrupted(tale)
    tale.write_text(
        tale.read_text().replace("The last boat\n    beats: [Ines", "A last boat\n    beats: [Ida")
    )

    assert () == check(tale).findings
