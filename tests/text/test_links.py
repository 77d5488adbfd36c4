from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.text.links import anchors, links, retarget


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See [a](b.md).", [("b.md", 1, 9)]),
        ("One\n\ntwo ![p](pic.png)", [("pic.png", 3, 10)]),
        ("`[a](b.md)`", []),
        ("```\n[a](b.md)\n```", []),
        ("`[a](b.md)` [a](b.md)", [("b.md", 1, 17)]),
        ("[a](b.md) [a](b.md)", [("b.md", 1, 5), ("b.md", 1, 15)]),
        ("- item [a](#x)\n  more [b](#y)", [("#x", 1, 12), ("#y", 2, 12)]),
    ],
)
def test_links_are_found_where_they_stand(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert expected == [(link.target, link.line, link.column) for link in links(text)]


def test_a_link_by_reference_is_found_where_it_is_used() -> None:
    assert [("b.md", 1)] == [(link.target, link.line) for link in links("See [a][r].\n\n[r]: b.md\n")]


@pytest.mark.parametrize(
    ("target", "inside"),
    [
        ("a.md", True),
        ("#x", True),
        ("https://x.org", False),
        ("mailto:a@b.c", False),
        ("/a", False),
        ("//x", False),
    ],
)
def test_an_address_is_no_link_to_a_page(target: str, *, inside: bool) -> None:
    assert inside == links(f"[a]({target})")[0].inside


def test_only_the_named_links_are_led_elsewhere() -> None:
    text = "[a](#x) and [b](#y), `[a](#x)`\n\n```\n[a](#x)\n```\n"

    assert text.replace("[a](#x) and", "[a](x.md#top) and") == retarget(text, {"#x": "x.md#top"}.get)


@given(st.text("ab[]()#`\n ", max_size=60))
def test_a_text_with_nothing_to_lead_elsewhere_stays_as_it_is(text: str) -> None:
    assert text == retarget(text, lambda _target: "")


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("# What it does", {"what-it-does"}),
        ("# Use `ferry --help`", {"use-ferry-help"}),
        ("# Über", {"über", "uber"}),
        ("# Named {#own}", {"own"}),
        ("# A\n\n# A", {"a", "a-1", "a_1"}),
    ],
)
def test_headings_can_be_linked_as_builders_spell_them(heading: str, expected: set[str]) -> None:
    assert expected == anchors(heading)
