from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from storygen.manuscript.metadata import metadata
from storygen.outline.tree import Outline

WORDS = st.text(st.characters(codec="utf-8"), min_size=1)


@given(WORDS, WORDS, st.lists(WORDS, max_size=3))
def test_whatever_an_author_writes_is_read_back(title: str, rights: str, author: list[str]) -> None:
    outline = Outline(title, Path("outline.yaml"), rights=rights, author=tuple(author))
    expected = {"title": title, "lang": "en", "rights": rights} | ({"author": author} if author else {})

    assert expected == yaml.safe_load(metadata(outline).strip("-"))


@given(WORDS)
def test_nothing_an_author_writes_ends_the_block(title: str) -> None:
    assert 4 == len(metadata(Outline(title, Path("outline.yaml"))).split("\n"))


@pytest.mark.parametrize(
    "title", ["no", "1e3", "- a", "a: b", "#a", "---", "null", "{{ a }}", "'", '"', "\\", "\u2028"]
)
def test_a_title_stays_text(title: str) -> None:
    assert title == yaml.safe_load(metadata(Outline(title, Path("outline.yaml"))).strip("-"))["title"]
