from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from storygen.review.rules import RULES, Ground
from storygen.text.words import count_words
from tests.review.corpus import elsewhere, faults, hosts

VERIFIABLE = [rule.name for rule in RULES if rule.ground is Ground.VERIFIABLE]


@cache
def clean() -> tuple[int, Counter[str]]:
    """Return how many words the clean texts have, and how many findings there are by rule."""
    texts = [*hosts(), *elsewhere()]
    found = Counter(finding.rule for host in texts for finding in host.findings())
    return sum(count_words(host.text) for host in texts), found


@cache
def tally() -> tuple[Counter[str], Counter[str], Counter[str], Counter[str]]:
    """Return by rule how many faults are planted, how many found, how many findings, how many right ones."""
    planted, recalled, right = Counter[str](), Counter[str](), Counter[str]()
    found = Counter(clean()[1])
    for fault in faults():
        findings = fault.findings()
        planted[fault.rule] += 1
        recalled[fault.rule] += any(map(fault.is_it, findings))
        found.update(finding.rule for finding in findings)
        right.update(finding.rule for finding in findings if fault.is_it(finding))
    return planted, recalled, found, right


@pytest.mark.parametrize("rule", VERIFIABLE)
def test_nine_of_ten_planted_faults_are_found(rule: str) -> None:
    planted, recalled, _, _ = tally()

    assert (True, True) == (planted[rule] >= 10, 10 * recalled[rule] >= 9 * planted[rule])


@pytest.mark.parametrize("rule", VERIFIABLE)
def test_nine_of_ten_findings_are_right(rule: str) -> None:
    _, _, found, right = tally()

    assert 10 * right[rule] >= 9 * found[rule]


def test_clean_prose_has_at_most_one_finding_in_ten_thousand_words() -> None:
    words, found = clean()

    assert (True, True) == (words >= 20_000, 10_000 * found.total() <= words)
