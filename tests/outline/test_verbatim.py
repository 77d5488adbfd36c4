from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.outline.tree import Kind
from storygen.outline.verbatim import absent


@pytest.mark.parametrize(
    ("must", "text"),
    [
        ("pip install ferry", "Run `pip install ferry` first."),
        ("pip install ferry", "```sh\npip install ferry\n```"),
        ("a:\n  b: 1", "```yaml\na:\n  b: 1\n```"),
        ("`--clock`", "It takes `--clock`."),
    ],
)
def test_a_text_stands_there_in_prose_and_in_code(must: str, text: str) -> None:
    assert () == absent([must], text, Kind.DOCS)


@pytest.mark.parametrize(
    ("must", "text"),
    [
        ("pip install ferry", "pip  install ferry"),
        ("pip install ferry", "pip\ninstall ferry"),
        ("pip install ferry", "Pip install ferry"),
        ("a:\n  b: 1", "a:\n b: 1"),
        ("-m 'one'", "-m ‘one’"),
        ("8 MB", "8\u00a0MB"),
    ],
)
def test_what_differs_in_a_blank_or_a_mark_is_another_text(must: str, text: str) -> None:
    assert (must,) == absent([must], text, Kind.DOCS)


def test_a_story_may_have_the_marks_of_its_language() -> None:
    assert () == absent(['"I won\'t," she said'], "“I won’t,” she said.", Kind.FICTION)


def test_a_storys_words_are_still_to_the_letter() -> None:
    assert ("I won't",) == absent(["I won't"], "I will not", Kind.FICTION)


@given(st.lists(st.text(min_size=1)), st.sampled_from(Kind))
def test_what_is_joined_is_all_there(must: list[str], kind: Kind) -> None:
    assert () == absent(must, "\n\n".join(must), kind)
