from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.review.claims import claims
from storygen.review.evidence import Evidence, unproved
from storygen.review.marking import marked
from storygen.text.markdown import BlockKind, blocks
from tests.review.pages import page

PIECES = [
    "Run `up --now` and\nwait.",
    "- Pass --fast.\n- Then wait.\n",
    "1. See `a.toml`:\n\n   ```sh\n   up --here\n   ```\n\n2. Wait.",
    "> Call `b()`\n> again.",
    "| what | how |\n|---|---|\n| `c` | d |",
    "```sh\nup --last\n```",
    "Nothing here.",
    "- `one`\n  - `two`\n\n    more `three`\n",
]


def mark_all(text: str) -> str:
    """Return *text* with marks for all that it names."""
    return marked(text, [(claim.start, names) for claim, names in unproved(page(text), Evidence())])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Run `up`\nnow.\n\nWait.", "Run `up`\nnow.\n\n<!-- TODO: verify up -->\n\nWait."),
        ("Run `up`.\n```sh\n# no\n```", "Run `up`.\n\n<!-- TODO: verify up -->\n\n```sh\n# no\n```"),
        ("```sh\nup\n```\n\nWait.", "```sh\nup\n```\n\n<!-- TODO: verify up -->\n\nWait."),
        ("| `a` |\n|---|\n| `b` |", "| `a` |\n|---|\n| `b` |\n\n<!-- TODO: verify a, b -->"),
        ("- Run `up`.\n- Wait.", "- Run `up`. <!-- TODO: verify up -->\n- Wait."),
        ("> Run `up`\n> now.", "> Run `up`\n> now. <!-- TODO: verify up -->"),
        (
            "- Run:\n\n  ```sh\n  up\n  ```\n\nWait.",
            "- Run:\n\n  ```sh\n  up\n  ```\n\n<!-- TODO: verify up -->\n\nWait.",
        ),
        ("Pass --now.", "Pass --now.\n\n<!-- TODO: verify \\-\\-now -->"),
        ("See `a-->b`.", "See `a-->b`.\n\n<!-- TODO: verify a\\-\\->b -->"),
    ],
)
def test_a_mark_stands_behind_what_it_speaks_of(text: str, expected: str) -> None:
    assert expected == mark_all(text)


def test_a_name_has_one_mark_where_it_stands_first() -> None:
    assert 1 == mark_all("Run `up`.\n\nRun `up` again.\n\n- `up`").count("<!--")


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("\n\n".join))
def test_marking_twice_is_marking_once(text: str) -> None:
    once = mark_all(text)
    assert once == mark_all(once)


@given(st.lists(st.sampled_from(PIECES), unique=True, max_size=8).map("\n\n".join))
def test_marks_change_no_code_no_table_and_no_other_letter(text: str) -> None:
    now = mark_all(text)
    kept = {BlockKind.FENCE, BlockKind.TABLE, BlockKind.CODE}

    assert [block.text for block in blocks(text) if block.kind in kept] == [
        block.text for block in blocks(now) if block.kind in kept
    ]
    assert text.split() == re.sub(r"<!-- TODO: verify .*? -->", "", now).split()


@given(st.text(alphabet="`ab -./$|\n>~1", max_size=60))
def test_any_text_can_be_marked(text: str) -> None:
    assert bool(claims(text)) == ("<!-- TODO: verify" in mark_all(text))
