from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.book.freshness import (
    FAMILIES,
    Freshness,
    changes,
    freshness,
    hash_input,
    name_of,
    names_in,
)

hashes = st.text("0123456789abcdef", min_size=1, max_size=8)
names = st.one_of(
    st.sampled_from(["card", "style", "settings", "~plan", "~recap", "~title"]),
    st.builds(name_of, st.sampled_from(["codex", "source", "~codex", "~tail"]), st.text(min_size=1)),
    st.text(min_size=1).filter(lambda name: name.partition(":")[0] not in FAMILIES),
)
inputs = st.dictionaries(names, hashes)
plain = st.recursive(st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=8)


@given(plain)
def test_the_order_of_keys_makes_no_difference(value: object) -> None:
    assert hash_input(value) == hash_input(_turned(value))


@given(inputs)
def test_what_has_not_changed_is_fresh(then: dict[str, str]) -> None:
    assert () == changes(then, dict(reversed(then.items())))


@given(inputs, inputs)
def test_what_changed_back_is_fresh_again_and_what_did_not_is_told_both_ways(
    one: dict[str, str], other: dict[str, str]
) -> None:
    there, back = changes(one, other), changes(other, one)
    if one and other:
        assert [change.name for change in there] == [change.name for change in back]


@given(inputs, inputs)
def test_only_what_is_soft_by_its_name_is_soft(then: dict[str, str], now: dict[str, str]) -> None:
    assert all(
        change.name.startswith("~") is (change.weight is Freshness.SOFT) for change in changes(then, now)
    )


@given(inputs)
def test_nothing_is_known_of_a_text_whose_inputs_nobody_recorded(now: dict[str, str]) -> None:
    assert () == changes({}, now)


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ({"card": "1"}, {"card": "2"}, ["its card changed"]),
        ({"codex:Anna": "1"}, {"codex:Anna": "2"}, ["codex “Anna” changed"]),
        ({"card": "1"}, {"card": "1", "codex:Anna": "2"}, ["codex “Anna” is new"]),
        ({"card": "1", "source:a.md": "1"}, {"card": "1"}, ["source a.md is gone"]),
        ({"card": "1"}, {"card": "1", "template:a.md.j2": "2"}, ["template a.md.j2 is new"]),
        (
            {"~recap": "1", "card": "1"},
            {"~recap": "2", "card": "2"},
            ["its card changed", "the recap changed"],
        ),
        ({"card": "1"}, {"card": "1", "~codex:Anna": "2"}, []),
        ({"card": "1", "~codex:Anna": "2"}, {"card": "1"}, []),
        ({"card": "1"}, {"card": "1", "~invented": "2"}, []),
        ({"card": "1", "dropped:x": "1"}, {"card": "1"}, []),
        ({"card": "1"}, {"card": "1", "style": "2"}, []),
    ],
)
def test_a_change_is_told_in_words(then: dict[str, str], now: dict[str, str], expected: list[str]) -> None:
    assert expected == [change.words for change in changes(then, now)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"card": "1", "~plan": "1"}, Freshness.FRESH),
        ({"card": "1", "~plan": "2"}, Freshness.SOFT),
        ({"card": "2", "~plan": "2"}, Freshness.STALE),
    ],
)
def test_the_heaviest_change_counts(now: dict[str, str], expected: Freshness) -> None:
    assert expected is freshness(changes({"card": "1", "~plan": "1"}, now))


def test_names_may_hold_colons() -> None:
    assert frozenset({"Dr: No"}) == names_in([name_of("~codex", "Dr: No"), "codex:Anna"], "~codex")


def _turned(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {name: _turned(each) for name, each in reversed(value.items())}
