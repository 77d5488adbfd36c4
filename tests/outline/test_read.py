from __future__ import annotations

import os
import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.draft import Severity
from storygen.errors import OutlineError
from storygen.outline.read import read, read_outline
from storygen.outline.tree import (
    Change,
    Ending,
    Heading,
    Include,
    Kind,
    Level,
    Outline,
    PlanStatus,
    Section,
    SourceRef,
    WordTarget,
)

LAMP_YAML = """\
title: The Lamp Room
author: R. Okafor
lang: en-GB
words: 9000
summary: >
  A relief keeper arrives at a lighthouse where the log book is being written
  a day ahead of time.
style: {person: "third, limited", tense: past, tone: "spare, dry, uneasy"}
codex: [codex/*.md]
parts:
  - title: Arrival
    chapters:
      - title: The Crossing
        words: 2000
        scenes:
          - title: The boat
            pov: Anna
            cast: [Anna, Tom]
            place: mail boat, Sound of Iona
            time: October 1961, dusk
            summary: Anna crosses in bad weather. The boatman will not say why the last man left.
            story: {goal: reach the island}
            beats:
              - Tom the boatman refuses payment.
              - Anna sees the lamp already lit, though nobody is on the island.
            notes: Tom is lying about the tide.
          - title: First night
            pov: Anna
            ending: hinge
            beats:
              - She finds the log book, with tomorrow's date on the last page.
      - title: The Storm
        id: the-storm
        pov: Anna
        words: 2500-3000
        beats:
          - The window breaks.
          - She writes her own entry for the first time.
  - title: Return
    chapters:
      - title: Low Water
        status: todo
        numbered: false
        summary: Open ending. Tom comes back with the mail and does not know her.
"""

LAMP_MARKDOWN = """\
---
title: The Lamp Room
author: R. Okafor
lang: en-GB
words: 9000
style: {person: "third, limited", tense: past, tone: "spare, dry, uneasy"}
codex: [codex/*.md]
---

A relief keeper arrives at a lighthouse where the log book is being written
a day ahead of time.

# Arrival

## The Crossing
@words: 2000

### The boat
@pov: Anna
@cast: Anna, Tom
@place: mail boat, Sound of Iona
@time: October 1961, dusk
@story: {goal: reach the island}

Anna crosses in bad weather. The boatman will not say why the last man left.

- Tom the boatman refuses payment.
- Anna sees the lamp already lit,
  though nobody is on the island.

<!-- Tom is lying about the tide. -->

### First night
@pov: Anna
@ending: hinge

- She finds the log book, with tomorrow's date on the last page.

## The Storm {#the-storm}
@pov: Anna
@words: 2500-3000

1. The window breaks.
2. She writes her own entry for the first time.

# Return

## Low Water {.unnumbered}
@status: todo

Open ending. Tom comes back with the mail and does not know her.
"""

ANNA = """\
---
kind: character
aliases: [Anna, the keeper, Reyes]
include: auto
tags: [people]
changes:
  - from: the-storm
    about: Her left wrist is broken and splinted.
---
# Anna Reyes

Relief keeper, 34. Left-handed. <!-- like me -->

## Fears
Water.

## Voice
Short sentences.

## Notes
Never sent.

### Nor this
Nor that.
"""


def outline_of(folder: Path, text: str, name: str = "outline.yaml") -> Outline:
    """Return the outline that *text* describes, which must have no errors."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_outline(path)


def rules_of(folder: Path, text: str, name: str = "outline.yaml") -> list[str]:
    """Return the rules of everything that is found in *text*."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [finding.rule for finding in read(path).findings]


def without_places(outline: Outline) -> Outline:
    """Return *outline* as if it came from nowhere."""
    return replace(outline, path=Path(), nodes=tuple(replace(node, line=0) for node in outline.nodes))


def with_codex(folder: Path) -> Path:
    """Put Anna's entry into *folder*."""
    (folder / "codex").mkdir()
    (folder / "codex" / "anna-reyes.md").write_text(ANNA, encoding="utf-8")
    return folder


def test_yaml_and_markdown_mean_the_same(tmp_path: Path) -> None:
    with_codex(tmp_path)
    yaml = outline_of(tmp_path, LAMP_YAML)
    markdown = outline_of(tmp_path, LAMP_MARKDOWN, "outline.md")

    assert without_places(yaml) == without_places(markdown)


def test_the_tree_comes_in_reading_order(tmp_path: Path) -> None:
    outline = outline_of(with_codex(tmp_path), LAMP_YAML)

    assert [
        ("arrival", Level.PART),
        ("the-crossing", Level.CHAPTER),
        ("the-boat", Level.SCENE),
        ("first-night", Level.SCENE),
        ("the-storm", Level.CHAPTER),
        ("return", Level.PART),
        ("low-water", Level.CHAPTER),
    ] == [(node.id, node.level) for node in outline.nodes]


def test_a_leaf_is_a_section_with_everything_in_it(tmp_path: Path) -> None:
    outline = outline_of(with_codex(tmp_path), LAMP_YAML)

    assert (
        Section(
            id="the-boat",
            title="The boat",
            position=1,
            depth=3,
            level=Level.SCENE,
            words=WordTarget(900, 1100),
            parents=("arrival", "the-crossing"),
            summary="Anna crosses in bad weather. The boatman will not say why the last man left.",
            beats=(
                "Tom the boatman refuses payment.",
                "Anna sees the lamp already lit, though nobody is on the island.",
            ),
            pov="Anna",
            cast=("Anna", "Tom"),
            place="mail boat, Sound of Iona",
            time="October 1961, dusk",
            story={"goal": "reach the island"},
            style=outline.style,
            shown=False,
            line=16,
        )
        == outline.sections[0]
    )


def test_a_codex_file_gives_an_entry_and_keeps_its_notes(tmp_path: Path) -> None:
    (anna,) = outline_of(with_codex(tmp_path), LAMP_YAML).codex

    assert (
        "Anna Reyes",
        ("Anna", "the keeper", "Reyes"),
        "Relief keeper, 34. Left-handed. \n\n## Fears\nWater.",
        "Short sentences.",
        Include.AUTO,
        (Change("the-storm", "Her left wrist is broken and splinted."),),
    ) == (anna.name, anna.aliases, anna.about, anna.voice, anna.include, anna.changes)


def test_the_smallest_outline_is_a_title_and_titles(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, "title: T\nsections: [One, Two]\n")

    assert [("one", (), 1000), ("two", ("one",), 1000)] == [
        (section.id, section.after, section.words.aim) for section in outline.sections
    ]


def test_one_first_heading_is_the_title_of_a_markdown_outline(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, "# The Book\n@words: 3000\n\nOn it.\n\n## One\n\n## Two\n", "o.md")

    assert ("The Book", "On it.", ["one", "two"], [Level.CHAPTER] * 2) == (
        outline.title,
        outline.summary,
        [section.id for section in outline.sections],
        [section.level for section in outline.sections],
    )


@pytest.mark.parametrize("value", ["21:30", "No", "010", "1984", "0x1F", "2024-13-45", "1_000", ".inf", "on"])
def test_a_text_stays_what_its_author_wrote(value: str, tmp_path: Path) -> None:
    outline = outline_of(tmp_path, f"title: {value}\nsections:\n  - title: {value}\n    time: {value}\n")

    assert (value, value, value) == (outline.title, outline.sections[0].title, outline.sections[0].time)


def test_an_author_with_a_comma_is_one_author(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, "title: T\nauthor: Okafor, R.\nsections: [A]\n")

    assert ("Okafor, R.",) == outline.author


def test_what_stands_above_is_inherited(tmp_path: Path) -> None:
    outline = outline_of(
        tmp_path,
        """\
title: T
model: claude-opus-4-1
temperature: 0.5
style: {person: first, avoid: [a]}
sources: [{run: date}]
chapters:
  - title: A
    pov: Anna
    style: {tense: past, avoid: [b]}
    sources: [{run: time}]
    max_tokens: 1_000
    scenes:
      - {title: B, pov: Tom, effort: high, recap: digest, wrap: sentence, context: full}
""",
    )
    section = outline.sections[0]

    assert (
        ("Tom", "claude-opus-4-1", 0.5, 1000, "high", "digest", "sentence", "full"),
        ("first", "past", ("a", "b")),
        (SourceRef(run="date"), SourceRef(run="time")),
    ) == (
        (
            section.pov,
            section.model,
            section.temperature,
            section.max_tokens,
            section.effort,
            section.recap,
            section.wrap,
            section.context,
        ),
        (section.style.person, section.style.tense, section.style.avoid),
        section.sources,
    )


def test_words_above_are_shared_by_those_who_ask_for_none(tmp_path: Path) -> None:
    outline = outline_of(
        tmp_path,
        """\
title: T
words: 10000
parts:
  - title: A
    words: 4000
    scenes: [{title: A1, words: 800-1200}, A2, A3]
  - title: B
    scenes: [B1, {title: B2, words: 500}]
  - C
""",
    )

    assert {"A1": 1000, "A2": 1500, "A3": 1500, "B1": 2750, "B2": 500, "C": 2750} == {
        section.title: section.words.aim for section in outline.sections
    }


def test_a_written_range_is_kept_and_a_number_gets_a_tenth_of_slack(tmp_path: Path) -> None:
    outline = outline_of(
        tmp_path, "title: T\nsections: [{title: A, words: 800-900}, {title: B, words: 500}, C]\n"
    )

    assert [
        WordTarget(800, 900, written=True),
        WordTarget(450, 550, written=True),
        WordTarget(900, 1100),
    ] == [section.words for section in outline.sections]


def test_pages_make_it_documentation_and_each_begins_anew(tmp_path: Path) -> None:
    outline = outline_of(
        tmp_path,
        """\
title: T
pages:
  - {title: P, type: how-to, sections: [A, B]}
  - {title: Q, sections: [C]}
  - R
""",
    )

    assert (
        Kind.DOCS,
        [("a", (), "p", "how-to"), ("b", ("a",), "p", "how-to"), ("c", (), "q", ""), ("r", (), "r", "")],
    ) == (outline.kind, [(s.id, s.after, s.page, s.type) for s in outline.sections])


def test_without_pages_the_top_of_documentation_is_the_page(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, "title: T\nkind: docs\nsections:\n  - {title: P, sections: [A]}\n  - B\n")

    assert ["p", "p", "b"] == [node.page for node in outline.nodes]


def test_scenes_hide_their_headings_and_can_show_them(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, "title: T\nscenes: [A, {title: B, heading: show}]\nwords: 9\n")

    assert [False, True] == [section.shown for section in outline.sections]


def test_a_lead_in_follows_its_heading(tmp_path: Path) -> None:
    outline = outline_of(
        tmp_path, "title: T\nchapters:\n  - {title: A, intro: true, beats: [Say hello], sections: [B]}\n"
    )
    heading, intro, section = outline.nodes

    assert isinstance(heading, Heading)
    assert isinstance(intro, Section)
    assert ("a-intro", "a", False, ("Say hello",), ("a-intro",)) == (
        intro.id,
        intro.intro_of,
        intro.shown,
        intro.beats,
        section.after if isinstance(section, Section) else (),
    )


def test_a_lead_in_keeps_its_id_for_itself(tmp_path: Path) -> None:
    text = "title: T\nchapters:\n  - {title: A, intro: true, sections: [A intro]}\n"

    assert ["outline/duplicate-id"] == rules_of(tmp_path, text)


def test_comments_in_markdown_stay_private_wherever_they_stand(tmp_path: Path) -> None:
    text = """\
# Book

## One <!-- secret -->

Text <!-- secret --> here.

> A quote. <!-- secret -->

- A beat <!-- secret
  secret -->

<!-- secret

secret --> Behind it.
"""
    (section,) = outline_of(tmp_path, text, "outline.md").sections

    assert ("One", "Text  here.\n\n> A quote. \n\nBehind it.", ("A beat",)) == (
        section.title,
        section.summary,
        section.beats,
    )


def test_after_may_name_a_heading_and_means_all_below(tmp_path: Path) -> None:
    outline = outline_of(
        tmp_path, "title: T\nchapters:\n  - {title: A, scenes: [B, C]}\n  - {title: D, after: [a]}\n"
    )

    assert ("b", "c") == outline.sections[-1].after


def test_nothing_waits_for_what_is_for_later(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, "title: T\nsections: [A, {title: B, status: todo}, C]\n")

    assert [(), ("a",), ("a",)] == [section.after for section in outline.sections]


def test_status_and_ending_are_read(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, "title: T\nsections: [{title: A, status: final, ending: resolve}]\n")

    assert (PlanStatus.FINAL, Ending.RESOLVE) == (outline.sections[0].status, outline.sections[0].ending)


def test_what_must_appear_below_a_heading_is_asked_of_the_section_it_suits(tmp_path: Path) -> None:
    outline = outline_of(
        tmp_path,
        """\
title: T
pages:
  - title: Install
    must: [pip install ferry, Python 3.11]
    sections:
      - {title: Before, beats: [Python 3.11 or later]}
      - {title: Install it, beats: [pip], must: [ferry]}
""",
    )

    assert [("Python 3.11",), ("ferry", "pip install ferry")] == [s.must for s in outline.sections]


def test_titles_without_letters_get_ids_from_their_place(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, "title: T\nchapters: ['* * *', 😀]\n")

    assert ["chapter-1", "chapter-2"] == [section.id for section in outline.sections]


def test_a_title_in_any_script_is_an_id_that_stays_when_something_comes_before_it(tmp_path: Path) -> None:
    one = outline_of(tmp_path, "title: T\nchapters: [最終便, Глава 1, أول]\n")
    two = outline_of(tmp_path, "title: T\nchapters: [序, 最終便, Глава 1, أول]\n")

    assert ["最終便", "глава-1", "أول"] == [section.id for section in one.sections]
    assert ["序", *(section.id for section in one.sections)] == [section.id for section in two.sections]


def test_a_template_in_a_title_is_inert(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, 'title: "{{ 7 * 7 }}"\nsections: ["{% raw %}"]\n')

    assert ("{{ 7 * 7 }}", "{% raw %}") == (outline.title, outline.sections[0].title)


def test_hidden_characters_leave_titles(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, 'title: "a\\u202eb\\e[1m\\u200b"\nsections: [A]\n')

    assert "ab[1m" == outline.title


def test_sources_may_lie_elsewhere(tmp_path: Path) -> None:
    book, code = tmp_path / "book", tmp_path / "code"
    book.mkdir()
    code.mkdir()
    (code / "main.py").write_text("print()\nprint()\n", encoding="utf-8")
    path = book / "outline.yaml"
    path.write_text(
        "title: T\nsources: ['*.py', 'main.py:1-2', 'main.py#L1-L2']\nsections: [A]\n", encoding="utf-8"
    )

    assert () == read(path, source_root=code).findings


@pytest.mark.parametrize("lines", ["3", "2-1", "0-1", "1-3"])
def test_lines_that_a_source_does_not_have_are_an_error(tmp_path: Path, lines: str) -> None:
    (tmp_path / "main.py").write_text("one\ntwo\n", encoding="utf-8")
    path = tmp_path / "outline.yaml"
    path.write_text(f"title: T\nsources: ['main.py:{lines}']\nsections: [A]\n", encoding="utf-8")

    assert ["outline/lines"] == [finding.rule for finding in read(path).findings]


def findings_of_source(tmp_path: Path, source: str) -> list[tuple[str, str]]:
    path = tmp_path / "outline.yaml"
    path.write_text(f"title: T\nsources: [{source}]\nsections: [A]\n", encoding="utf-8")
    return [(finding.rule, finding.message) for finding in read(path).findings]


def test_a_source_that_is_too_large_is_found_before_anybody_writes(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("A line.\n" * 40_000, encoding="utf-8")

    assert (
        [("outline/file", "log.txt has 320,000 bytes, and a source 262,144 at most")] * 2,
        [],
    ) == (
        findings_of_source(tmp_path, "log.txt") + findings_of_source(tmp_path, "'*.txt'"),
        findings_of_source(tmp_path, "'log.txt#L10-L900'"),
    )


def test_an_empty_file_is_no_mistake_where_a_glob_finds_it(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").touch()
    (tmp_path / "main.py").write_text("print()\n", encoding="utf-8")

    assert ([], [("outline/file", "__init__.py is empty")]) == (
        findings_of_source(tmp_path, "'*.py'"),
        findings_of_source(tmp_path, "__init__.py"),
    )


def test_lines_of_a_glob_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("one\ntwo\n", encoding="utf-8")

    assert [("outline/lines", "*.py stands for several files, and lines are those of one")] == (
        findings_of_source(tmp_path, "'*.py#L1-L2'")
    )


def test_lines_are_counted_as_editors_count_them(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("one\x0ctwo\n", encoding="utf-8")

    assert ["outline/lines"] == [rule for rule, _ in findings_of_source(tmp_path, "'main.py#L2'")]


def test_a_source_is_a_file_or_a_command(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("one\n", encoding="utf-8")

    assert [("outline/wrong-type", "a source has a `path` or a `run`, not both")] == (
        findings_of_source(tmp_path, "{run: ls, path: main.py}")
    )


@pytest.mark.parametrize("source", ['{run: ""}', "{}", '{path: ""}'])
def test_a_source_that_names_nothing_is_an_error(tmp_path: Path, source: str) -> None:
    assert [("outline/wrong-type", "a source has neither a `path` nor a `run`")] == (
        findings_of_source(tmp_path, source)
    )


def test_a_list_for_a_text_is_quoted_to_its_end_and_no_further(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    path.write_text("title: T\nsections:\n  - {title: A, audience: [a, b]}\n", encoding="utf-8")
    (finding,) = read(path).findings

    assert 'quote it if the brackets belong to the text: "[a, b]"' == finding.help


def test_an_error_leaves_no_outline_and_a_warning_does(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    path.write_text("title: T\nsections:\n  - {title: A, status: draft}\n", encoding="utf-8")
    noted = read(path)
    path.write_text("title: T\nwrods: 1\nwrods: 2\nsections: [A]\n", encoding="utf-8")

    assert (True, False) == (noted.outline is not None, read(path).outline is not None)


def test_read_outline_raises_with_every_finding(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    path.write_text("title: T\nwrods: 1\nmodle: x\nsections: [A]\n", encoding="utf-8")
    with pytest.raises(OutlineError, match="has 2 errors") as raised:
        read_outline(path)

    assert [2, 3] == [finding.line for finding in raised.value.findings]


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    names = ["gone.yaml", ".", "pipe.yaml", "loop.yaml", "gone/outline.yaml"]

    assert [["outline/file"]] * 5 == [[f.rule for f in read(tmp_path / name).findings] for name in names]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret", encoding="utf-8")
    book = tmp_path / "book"
    book.mkdir()
    (book / "guide.md").symlink_to("../secret.md")

    assert ["outline/file"] == rules_of(book, "title: T\nstyle: {guide: guide.md}\nsections: [A]\n")


def test_files_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_text("", encoding="utf-8")
    (tmp_path / "binary.md").write_bytes(b"a\0b")
    (tmp_path / "latin.md").write_bytes(b"caf\xe9")
    (tmp_path / "huge.md").write_bytes(b"a" * (2 * 1024 * 1024 + 1))
    text = "title: T\nstyle: {samples: [empty.md, binary.md, latin.md, huge.md]}\nsections: [A]\n"

    assert ["outline/file"] * 4 == rules_of(tmp_path, text)


def test_a_multi_line_quote_is_not_blamed_for_what_follows(tmp_path: Path) -> None:
    text = 'title: "The\n  Lamp"\nsections:\n    - A\n  - B\n'

    assert ["outline/indentation"] == rules_of(tmp_path, text)


def test_findings_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    path.write_text("sections:\n  - {title: A, x1y: 1}\nwrods: 1\nwords: x\n", encoding="utf-8")
    lines = [finding.line for finding in read(path).findings]

    assert sorted(lines) == lines


_LINES = st.text(alphabet=string.ascii_letters + " \t:-#[]{}\"'&*!|>%@`,?\\.1é灯\u2028\x85", max_size=30)
_FIELDS = st.sampled_from(
    [
        "title: ",
        "sections:",
        "  - title: ",
        "    beats:",
        "      - ",
        "words: ",
        "codex: ",
        "style: ",
        "  - ",
        "# ",
    ]
)
_FILES = st.lists(st.builds("{}{}".format, _FIELDS, _LINES) | _LINES, max_size=12).map("\n".join)


@pytest.mark.parametrize("name", ["outline.yaml", "outline.md"])
@given(text=_FILES)
def test_no_text_breaks_the_reader(name: str, text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_text(text, encoding="utf-8")
    reading = read(path)

    assert (reading.outline is None) == any(f.severity is Severity.ERROR for f in reading.findings)


@pytest.mark.parametrize("name", ["bytes.yaml", "bytes.md"])
@given(raw=st.binary(max_size=200))
def test_no_bytes_break_the_reader(name: str, raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(raw)
    reading = read(path)

    assert reading.outline is not None or reading.findings != ()


def test_pages_under_parts_are_pages_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    path.write_text(
        "title: T\nkind: docs\nparts:\n"
        "  - title: One\n    pages: [{title: A, sections: [X, Y]}, B]\n"
        "  - title: Two\n    pages: [C]\n",
        encoding="utf-8",
    )
    sections = read_outline(path).sections

    assert ["a", "a", "b", "c"] == [section.page for section in sections]
    assert [(), ("x",), (), ()] == [section.after for section in sections]


def test_a_source_that_is_not_there_says_where_it_was_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    path.write_text("title: T\nsources: [main.py]\nsections: [A]\n", encoding="utf-8")
    (finding,) = read(path).findings

    assert "sources are beside the outline, or where --source-root says" == finding.help


@pytest.mark.parametrize(
    ("lang", "tip"),
    [("German", "did you mean `de`?"), ("deutsch", ""), ("d", ""), ("'no'", None), ("zh-Hant-TW", None)],
)
def test_a_language_that_is_no_code_is_a_warning(tmp_path: Path, lang: str, tip: str | None) -> None:
    (tmp_path / "outline.yaml").write_text(f"title: T\nlang: {lang}\nsections: [One]\n", encoding="utf-8")
    found = read(tmp_path / "outline.yaml").findings

    assert ([] if tip is None else [("outline/lang", Severity.WARNING, tip)]) == [
        (each.rule, each.severity, each.under) for each in found
    ]


@pytest.mark.parametrize(("words", "rules"), [(5_000, []), (5_001, ["outline/sample"])])
def test_a_sample_that_makes_every_request_dear_is_a_warning(
    tmp_path: Path, words: int, rules: list[str]
) -> None:
    (tmp_path / "mine.md").write_text("word " * words, encoding="utf-8")
    (tmp_path / "outline.yaml").write_text("title: T\nstyle: {samples: mine.md}\nsections: [One]\n", "utf-8")

    assert rules == [each.rule for each in read(tmp_path / "outline.yaml").findings]
