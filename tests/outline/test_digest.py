from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.draft import Digest, Fact
from storygen.outline.digest import digest_in, read_digest, spell_digest

SHORT = "happened: Anna crosses.\nfacts:\n- about: Anna\n  fact: She is late.\n  quote: too late\n"
JSON = """{"happened": "Anna crosses.",
 "facts": [{"about": "Anna", "fact": "She is late.", "quote": "too late"}]}"""
READ = Digest("Anna crosses.", (Fact("She is late.", "Anna", "too late"),))

lines = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cf")), min_size=1
).map(lambda text: f"{text} and {text}")
digests = st.builds(
    Digest,
    lines,
    st.lists(st.builds(Fact, lines, lines | st.just(""), lines | st.just("")), max_size=3).map(tuple),
    st.lists(lines, max_size=3).map(tuple),
    st.lists(lines, max_size=3).map(tuple),
)


@given(digests)
def test_what_is_spelled_is_read_again(digest: Digest) -> None:
    assert digest == read_digest(spell_digest(digest, id="the-boat"))[0]


@pytest.mark.parametrize(
    "reply",
    [
        SHORT,
        f"```yaml\n{SHORT}```",
        f"Here is the digest:\n\n```\n{SHORT}```\n\nLet me know!",
        f"~~~yml\n{SHORT}",
        f"Sure.\n\n{SHORT}",
        SHORT.replace("too late", '"too late"'),
        SHORT + "mood: grim\nopened:\npaid: []\n",
        JSON,
    ],
)
def test_a_reply_is_read_whatever_stands_around_it(reply: str) -> None:
    assert READ == digest_in(reply)


def test_a_colon_without_quotes_hides_nothing() -> None:
    found = digest_in("happened: Anna says: no boat.\nfacts:\n- fact: The sign says: closed.\n")
    assert Digest("Anna says: no boat.", (Fact("The sign says: closed."),)) == found


@pytest.mark.parametrize("reply", ["", "I cannot.", "- a\n- b", "facts: [x]", "happened:\n", "{" * 99])
def test_what_is_no_digest_is_none(reply: str) -> None:
    assert None is digest_in(reply)


def test_a_misspelt_field_is_found_with_its_line() -> None:
    found = read_digest("happened: x\nopend: [y]\n", "facts/01-a.yaml")[1]
    assert [("outline/unknown-field", 2, "did you mean `opened`?")] == [
        (each.rule, each.line, each.under) for each in found
    ]


def test_a_fact_that_says_nothing_is_found() -> None:
    assert ["facts/no-fact"] == [each.rule for each in read_digest("happened: x\nfacts:\n- about: Anna\n")[1]]


def test_a_fact_may_stand_alone() -> None:
    assert (Fact("She is late."),) == digest_in("happened: x\nfacts: [She is late.]\n").facts  # type: ignore[union-attr]
