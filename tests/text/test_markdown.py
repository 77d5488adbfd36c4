from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.text.markdown import BlockKind, blocks, end, lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("Text", BlockKind.PARAGRAPH),
        ("Text\n", BlockKind.PARAGRAPH),
        ("Text\n\n", None),
        ("Text\n ", BlockKind.PARAGRAPH),
        ("# Hea", BlockKind.HEADING),
        ("# Heading\n", None),
        ("---\n", None),
        ("```py\nx", BlockKind.FENCE),
        ("```py\nx\n\n", BlockKind.FENCE),
        ("```py\nx\n```", None),
        ("````\nx\n```", BlockKind.FENCE),
        ("- a\n  ```\n  x", BlockKind.FENCE),
        ("    code", BlockKind.CODE),
        ("| a | b", BlockKind.TABLE),
        ("| a | b |\n|---|---|\n| c", BlockKind.TABLE),
        ("| a | b |\n|---|---|\n| c | d |\n\n", None),
        ("<!-- a\n\nb", BlockKind.HTML),
        ("<!-- a -->\n\n", None),
        ("<pre>\n\nx", BlockKind.HTML),
        ("Text[^1]\n\n[^1]: No", BlockKind.PARAGRAPH),
    ],
)
def test_the_end_of_a_text_knows_what_is_open(text: str, expected: BlockKind | None) -> None:
    assert expected is end(text).kind


@given(st.text(alphabet="a \r\n\u2028\u0085\x0b"))
def test_lines_together_are_the_text(text: str) -> None:
    assert text == "".join(lines(text))


@given(st.text(alphabet="a#>-*`~|<! \n=1."))
def test_every_block_lies_within_the_lines(text: str) -> None:
    count = len(lines(text))

    assert all(0 <= block.first < block.behind <= count for block in blocks(text))


@given(st.text(alphabet="a#>-*`~|<! \n=1."))
def test_what_a_block_asks_for_closes_it(text: str) -> None:
    found = blocks(text)
    if found and found[-1].closing and not found[-1].containers:
        assert not blocks(f"{text}\n{found[-1].closing}")[-1].closing


def test_a_block_knows_its_containers() -> None:
    assert ("list_item", "blockquote") == blocks("- > text")[0].containers
