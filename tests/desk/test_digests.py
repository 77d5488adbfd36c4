from __future__ import annotations

from pathlib import Path
from random import Random

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storygen.desk.check import check
from storygen.desk.estimate import estimate
from storygen.desk.log import log
from storygen.desk.rewrite import arewrite
from storygen.desk.status import status
from storygen.desk.write import awrite, write
from storygen.errors import Cut, OutlineError, Rejected, Stopped
from storygen.messages import StopReason
from storygen.writer.events import Noted
from tests.desk.digesting import Model, files, opened, run

LINKED = "title: The Bells\nrecap: digest\nwords: 1200\nsections:\n"


def lay(folder: Path, links: list[str] | int, *, top: str = LINKED) -> Path:
    """Lay out a book of sections called A, B and so on; *links* says what each comes after."""
    links = [""] * links if isinstance(links, int) else links
    rows = [
        f"  - {{title: {chr(65 + n)}, id: {chr(97 + n)}, pov: Ines, beats: [Ines counts.]{after}}}\n"
        for n, after in enumerate(links)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "outline.yaml"
    path.write_text(top + "".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def bells(tmp_path: Path) -> Path:
    """Return the outline of a book of four sections, one after another."""
    return lay(tmp_path / "bells", 4)


def said(model: Model) -> str:
    return "\n".join(event.message for event in model.heard if isinstance(event, Noted))


def add(outline: Path, title: str) -> None:
    with outline.open("a", encoding="utf-8") as file:
        file.write(f"  - {{title: {title}, id: {title.lower()}, pov: Ines, beats: [Ines counts.]}}\n")


def test_each_section_is_summed_up_once(bells: Path) -> None:
    model = Model()
    run(bells, model)

    assert ["/A", "/B", "/C", "/D", "A", "B", "C", "D"] == sorted(model.asked)
    assert ["facts/01-a.yaml", "facts/02-b.yaml", "facts/03-c.yaml", "facts/04-d.yaml"] == sorted(
        name for name in files(bells) if name.startswith("facts/")
    )


def test_a_fact_whose_quote_is_not_in_the_text_is_dropped_and_said(bells: Path) -> None:
    model = Model()
    run(bells, model)

    assert (True, False) == ("nine bells" in files(bells)["facts/01-a.yaml"], "tall" in "".join(files(bells)))
    assert "1 fact is left out of the digest of a: their quotes are not in its text" in said(model)


def test_later_sections_are_told_of_it_and_the_next_one_is_not(bells: Path) -> None:
    model = Model()
    run(bells, model)
    third = model.bodies["C"].decode()

    assert (True, False) == ("In A Ines counted the bells." in third, "In B Ines counted" in third)
    assert (True, False) == ("Ines heard nine bells in A." in third, "nine bells in B." in third)


def test_the_next_section_is_written_meanwhile_and_the_one_after_waits(bells: Path) -> None:
    model = Model()

    async def main() -> list[str]:
        model.gates["/A"] = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: awrite(opened(bells, jobs=2), wire=model.wire, chance=Random(1)))
            while "/B" not in model.asked:
                await anyio.lowlevel.checkpoint()
            await anyio.wait_all_tasks_blocked()
            waiting = list(model.asked)
            model.gates["/A"].set()
        return waiting

    assert ["/A", "/B", "A", "B"] == sorted(anyio.run(main))
    assert ["/C", "/D", "C", "D"] == sorted(model.asked[4:])


@given(
    st.lists(st.lists(st.integers(0, 5), max_size=2, unique=True), min_size=6, max_size=6),
    st.integers(0, 1_000),
)
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_of_finishing_never_changes_what_is_asked(
    tmp_path_factory: pytest.TempPathFactory, links: list[list[int]], seed: int
) -> None:
    after = [", after: [" + ", ".join(chr(97 + k) for k in own if k < n) + "]" for n, own in enumerate(links)]
    made = []
    for jobs in (1, 6):
        outline = lay(tmp_path_factory.mktemp("book"), after)
        model = Model(chance=Random(seed * jobs))
        run(outline, model, jobs=jobs)
        made.append((model.bodies, files(outline)))
    assert made[0] == made[1]


def test_a_text_that_is_gone_is_back_before_anything_is_told_of_it(bells: Path) -> None:
    run(bells, Model())
    for lost in ("drafts/02-b.md", "facts/02-b.yaml", ".storygen/journal.db"):
        (bells.parent / lost).unlink()
    add(bells, "E")
    model = Model()
    run(bells, model, jobs=4)

    assert "In B Ines counted" in model.bodies["E"].decode()


TWELVE = """\
title: The Ferry Clock
recap: digest
words: 1800
codex: [{name: Ines, about: A clockmaker.}, {name: Tobias, about: The deckhand.}]
parts:
"""


def twelve(folder: Path) -> Path:
    """Lay out twelve sections in two parts; the first of the second part needs nothing of the first."""
    parts = []
    for part in (0, 1):
        rows = [
            f"      - {{title: Scene {n}, id: s{n}, pov: Ines, plant: [riddle {n}], "
            f"beats: [Ines opens door {n}., Tobias waits.]{', after: []' if n == 7 else ''}}}"
            for n in range(6 * part + 1, 6 * part + 7)
        ]
        parts.append(f"  - title: Part {part}\n    sections:\n" + "\n".join(rows))
    folder.mkdir()
    path = folder / "outline.yaml"
    path.write_text(TWELVE + "\n".join(parts) + "\n", encoding="utf-8")
    return path


def test_a_rehearsed_book_is_the_same_however_many_are_written_at_once(tmp_path: Path) -> None:
    books = [twelve(tmp_path / f"jobs{jobs}") for jobs in (1, 4)]
    for jobs, outline in zip((1, 4), books, strict=True):
        assert write(opened(outline, jobs=jobs), rehearse=True).whole

    found = files(books[0])
    assert found == files(books[1])
    assert (12, 12) == tuple(sum(name.startswith(folder) for name in found) for folder in ("drafts", "facts"))
    assert all("quote:" in text for name, text in found.items() if name.startswith("facts"))


FAILURES = {
    "chatter": "I am sorry, I cannot do that.",
    "nothing": "   ",
    "a refusal": StopReason.REFUSAL,
    "a bad request": Rejected("no", status=400, kind="invalid_request_error", retry=False),
    "too large": Rejected("no", status=413, kind="request_too_large", retry=False),
    "overloaded": Rejected("no", status=529, kind="overloaded_error", retry=False),
    "silence": Cut("silence"),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_digest_that_fails_never_stops_the_book(bells: Path, failure: str | Exception | StopReason) -> None:
    model = Model(lambda title, digest: failure if digest and title == "A" else "")
    written = run(bells, model, retries=0)

    assert (True, True) == (written.whole, "a could not be summed up" in said(model))
    assert ["facts/02-b.yaml", "facts/03-c.yaml", "facts/04-d.yaml"] == sorted(
        name for name in files(bells) if name.startswith("facts/")
    )
    assert "- A: Ines counts." in model.bodies["C"].decode()


def test_what_every_request_would_meet_stops_the_run_from_a_digest_too(bells: Path) -> None:
    no = Rejected("no", status=401, kind="authentication_error", retry=False, fatal=True)
    model = Model(lambda title, digest: no if digest and title == "A" else "")
    with pytest.raises(Rejected):
        run(bells, model)

    run(bells, again := Model())
    assert ["/A", "C"] == [name for name in again.asked if name in {"A", "/A", "C"}]


def test_a_ceiling_counts_digests_and_the_next_run_goes_on_to_the_same_book(
    bells: Path, tmp_path: Path
) -> None:
    with pytest.raises(Stopped):
        run(bells, Model(), max_calls=3)
    run(bells, Model())
    run(other := lay(tmp_path / "other", 4), Model())

    assert files(other) == files(bells)


def test_a_digest_that_was_paid_for_is_never_paid_for_again(bells: Path) -> None:
    run(bells, Model())
    before = files(bells)
    for path in (bells.parent / "facts").iterdir():
        path.unlink()
    run(bells, again := Model())

    assert ([], before) == (again.asked, files(bells))


def test_what_is_learned_of_a_model_never_makes_a_digest_another_one(bells: Path) -> None:
    run(bells, Model(prompt_tokens=2_000))
    for path in (bells.parent / "facts").iterdir():
        path.unlink()
    run(bells, again := Model())

    assert [] == again.asked


def test_without_work_nothing_is_asked(bells: Path) -> None:
    run(bells, Model())
    run(bells, again := Model())

    assert [] == again.asked


def test_a_book_is_summed_up_later_when_its_author_wants_that(tmp_path: Path) -> None:
    outline = lay(tmp_path / "plain", 3, top=LINKED.replace("recap: digest\n", ""))
    run(outline, first := Model())
    lay(tmp_path / "plain", 3)
    run(outline, second := Model())

    assert (["A", "B", "C"], ["/A", "/B", "/C"]) == (first.asked, sorted(second.asked))


def test_an_edit_is_told_and_never_overwritten(bells: Path) -> None:
    run(bells, Model())
    facts, draft = bells.parent / "facts/01-a.yaml", bells.parent / "drafts/01-a.md"
    facts.write_text("id: a\nhappened: Ines lost a shoe.\n", encoding="utf-8")
    draft.write_text(draft.read_text().replace("nine", "ten"), encoding="utf-8")
    add(bells, "E")
    model = Model()
    run(bells, model)

    assert "Ines lost a shoe." in model.bodies["E"].decode()
    assert "id: a\nhappened: Ines lost a shoe.\n" == facts.read_text()
    assert ("/A" in model.asked, f"{facts} is yours and older than its text" in said(model)) == (False, True)


def test_a_draft_that_was_changed_is_summed_up_again_when_that_is_read(bells: Path) -> None:
    run(bells, Model())
    draft = bells.parent / "drafts/01-a.md"
    draft.write_text(draft.read_text().replace("begins", "opens"), encoding="utf-8")
    run(bells, quiet := Model())
    add(bells, "E")
    model = Model(lambda title, digest: "happened: Ines rang." if digest and title == "A" else "")
    run(bells, model)

    assert ([], True) == (quiet.asked, "Ines rang." in model.bodies["E"].decode())
    assert "id: a\nhappened: Ines rang.\n" == files(bells)["facts/01-a.yaml"]


def test_a_rehearsed_digest_is_none_for_a_real_model(bells: Path) -> None:
    write(opened(bells), rehearse=True)
    run(bells, model := Model())

    assert (8, True) == (len(model.asked), "In D Ines" in files(bells)["facts/04-d.yaml"])


def test_facts_that_are_broken_are_an_error_before_anything_is_asked(bells: Path) -> None:
    run(bells, Model())
    (bells.parent / "facts/02-b.yaml").write_text("id: b\nhapened: Ines slept.\n", encoding="utf-8")
    add(bells, "E")
    model = Model()
    with pytest.raises(OutlineError) as broken:
        run(bells, model)

    assert ([], [2, 0], 2) == (
        model.asked,
        [finding.line for finding in broken.value.findings],
        broken.value.exit_code,
    )
    assert broken.value.findings == check(bells).findings


def test_facts_follow_their_section_when_it_moves(bells: Path) -> None:
    run(bells, Model())
    rows = bells.read_text().splitlines(keepends=True)
    bells.write_text("".join([*rows[:4], rows[5], rows[4], *rows[6:]]), encoding="utf-8")
    run(bells, Model())

    assert {"facts/01-b.yaml", "facts/02-a.yaml"} <= files(bells).keys()


def test_digests_are_soft_inputs(bells: Path) -> None:
    run(bells, Model())
    facts = bells.parent / "facts/01-a.yaml"
    facts.write_text(facts.read_text().replace("nine", "ten"), encoding="utf-8")
    found = {line.id: [str(line.freshness), *line.why] for line in status(opened(bells)).lines}

    assert {
        "a": ["fresh"],
        "b": ["fresh"],
        "c": ["soft", "what earlier texts establish about those on its card changed"],
        "d": ["soft", "what earlier texts establish about those on its card changed"],
    } == found


def test_the_log_and_the_bill_have_every_digest(bells: Path) -> None:
    written = run(bells, Model())
    found = log(opened(bells), ids=["b"])

    assert (["b", "b/digest"], [("digest", 4)]) == (
        sorted(attempt.section for attempt in found.attempts),
        [(aside.step, aside.calls) for aside in written.asides],
    )
    assert log(opened(bells)).cost == written.cost


def test_a_dry_run_tells_of_every_digest(bells: Path) -> None:
    assert ["a", "b", "c", "d", "a/digest", "b/digest", "c/digest", "d/digest"] == [
        each.id for each in estimate(opened(bells))
    ]
    run(bells, Model())
    assert () == estimate(opened(bells))


def test_rewriting_is_told_what_happened_before_and_is_not_summed_up_itself(bells: Path) -> None:
    run(bells, Model())
    model = Model()
    anyio.run(lambda: arewrite(opened(bells), ["c"], wire=model.wire, chance=Random(1)))

    assert (["C"], True) == (model.asked, "In A Ines counted the bells." in model.bodies["C"].decode())
