from __future__ import annotations

import pytest

from storygen.draft import Objection
from storygen.outline.objections import objections_in

SHORT = """\
findings:
- quote: the lamp was out
  rule: Continuity
  why: "Codex: it never is."
  suggestion: the lamp was lit
"""
READ = (
    Objection(
        "model/continuity", "Codex: it never is.", quote="the lamp was out", suggestion="the lamp was lit"
    ),
)


@pytest.mark.parametrize(
    "reply",
    [
        SHORT,
        f"```yaml\n{SHORT}```",
        f"Here is what I found:\n\n```\n{SHORT}```\n\nShall I go on?",
        SHORT.replace("  why", "  severity: high\n  why"),
        SHORT.replace("- quote", "  quote"),
    ],
)
def test_a_review_is_read_whatever_stands_around_it(reply: str) -> None:
    assert READ == objections_in(reply)


@pytest.mark.parametrize("reply", ["findings: []", "findings:\n", "findings: ~"])
def test_a_review_without_findings_is_one(reply: str) -> None:
    assert () == objections_in(reply)


@pytest.mark.parametrize("reply", ["", "A fine text!", "- quote: x", "findings", "{" * 99, "happened: x"])
def test_what_is_no_review_is_none(reply: str) -> None:
    assert None is objections_in(reply)


@pytest.mark.parametrize("missing", ["quote", "why"])
def test_an_objection_without_quote_or_reason_is_passed_over(missing: str) -> None:
    lines = [
        line for line in SHORT.replace("- quote", "-\n  quote").splitlines() if f" {missing}:" not in line
    ]

    assert () == objections_in("\n".join(lines))


def test_a_suggestion_may_have_several_lines() -> None:
    found = objections_in(
        "findings:\n- quote: a\n  why: b\n  suggestion: |\n    She left.\n\n    Nobody came.\n"
    )

    assert ["She left.\n\nNobody came."] == [each.suggestion for each in found or ()]


@pytest.mark.parametrize(
    ("rule", "read"),
    [("Point of view", "model/point-of-view"), ("'x] \\e[31m'", "model/x-e-31m"), ("''", "model/reading")],
)
def test_a_rule_is_a_word_that_can_stand_in_brackets(rule: str, read: str) -> None:
    found = objections_in(f"findings: [{{quote: a, why: b, rule: {rule}}}]")

    assert [read] == [each.rule for each in found or ()]
