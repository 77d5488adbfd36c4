from __future__ import annotations

from dataclasses import replace

import pytest

from storygen.cli.screen import count_text, finding_text, findings_text
from storygen.draft import Finding, Severity

TYPO = Finding(
    rule="outline/unknown-field",
    message="`wrods` is not a field of a section",
    path="outline.yaml",
    line=9,
    column=5,
    width=5,
    source="    wrods: 1500",
    under="did you mean `words`?",
)


def test_a_finding_shows_what_where_and_the_line() -> None:
    expected = """\
error[outline/unknown-field]: `wrods` is not a field of a section
  --> outline.yaml:9:5
   |
 9 |     wrods: 1500
   |     ^^^^^ did you mean `words`?
"""

    assert expected == finding_text(TYPO)


def test_help_stands_last_and_may_have_lines() -> None:
    expected = """\
warning[a/b]: m
    --> o.yaml:1000:1
     |
1000 | x
     | ^
     |
     = help: do this
             and that
"""
    finding = Finding(
        "a/b", "m", "o.yaml", 1000, 1, source="x", help="do this\nand that", severity=Severity.WARNING
    )

    assert expected.replace("    -->", "    -->") == finding_text(finding)


def test_a_whole_file_has_no_line() -> None:
    assert "error[a/b]: m\n  --> o.yaml\n   = help: h\n" == finding_text(
        Finding("a/b", "m", "o.yaml", help="h")
    )


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ((8, "    words: 9"), " 8 |     words: 9\n 9 |     wrods: 1500\n   |     ^^^^^ again\n"),
        ((2, "words: 9"), " 2 | words: 9\n...\n 9 |     wrods: 1500\n   |     ^^^^^ again\n"),
        ((12, "words: 9"), " 9 |     wrods: 1500\n   |     ^^^^^ again\n...\n12 | words: 9\n"),
    ],
)
def test_a_second_line_stands_in_the_order_of_the_file(second: tuple[int, str], expected: str) -> None:
    text = finding_text(replace(TYPO, under="again", second=second))

    assert expected == text.split("   |\n", 1)[1]


def test_tabs_are_seen_and_controls_are_not_sent() -> None:
    text = finding_text(
        replace(TYPO, source="\twrods\x1b[31m: 1", column=2, message="a\x1bb\nc", under="\x07")
    )

    assert (" 9 | →wrods�[31m: 1\n   |  ^^^^^ �\n", "a�b c") == (
        text.split("   |\n", 1)[1],
        text.split("\n", 1)[0].split(": ", 1)[1],
    )


def test_the_caret_stands_below_wide_characters() -> None:
    text = finding_text(replace(TYPO, source="灯台: wrods é́: x", column=5, width=5))

    assert "   |       ^^^^^ did you" in text


def test_wide_characters_are_underlined_whole() -> None:
    text = finding_text(replace(TYPO, source="灯台: 1", column=1, width=2))

    assert "   | ^^^^ did you" in text


@pytest.mark.parametrize("column", [1, 40, 70, 300, 995])
@pytest.mark.parametrize("char", ["x", "灯"])
def test_a_long_line_is_cut_so_that_the_caret_is_seen(column: int, char: str) -> None:
    text = finding_text(replace(TYPO, source=char * 1000, column=column))
    _, _, _, source, caret = text.splitlines()
    width = sum(2 if each == "灯" else 1 for each in source)

    assert (True, True, True) == (width <= 80, len(caret) <= 80, "^ did you mean `words`?" in caret)


def test_the_number_of_findings_comes_last() -> None:
    findings = [TYPO, replace(TYPO, severity=Severity.WARNING), TYPO]

    assert findings_text(findings).endswith("\n\n2 errors, 1 warning.\n")


def test_one_screen_holds_twenty_findings_and_errors_go_first() -> None:
    notes = [replace(TYPO, severity=Severity.NOTE, line=line) for line in range(1, 31)]
    text = findings_text([*notes, replace(TYPO, line=99)])

    assert (19, True, True) == (
        text.count("note["),
        "outline.yaml:99:5" in text,
        text.endswith("… and 11 more.\n\n1 error, 30 notes.\n"),
    )


def test_nothing_found_is_said() -> None:
    assert "nothing to report." == count_text([])
