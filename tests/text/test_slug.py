from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.text.slug import slug


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The boat", "the-boat"),
        ("  Anna’s  lamp! ", "annas-lamp"),
        ("Ægir & Þór", "aegir-thor"),
        ("cafe\u0301", "cafe"),
        ("a/b\\c:d", "a-b-c-d"),
        ("../..", ""),
        ("-rf", "rf"),
        ("nul", "nul-1"),
        ("COM¹", "com1-1"),
        ("灯台", "灯台"),
        ("第3章：ガレージ", "第3章-ガレージ"),
        ("か\u3099いこく", "がいこく"),
        ("Глава 1: Буря", "глава-1-буря"),
        ("שִׁיר", "שיר"),
        ("* * *", ""),
        ("🔥", ""),
        ("", ""),
    ],
)
def test_a_title_becomes_a_plain_name(title: str, expected: str) -> None:
    assert expected == slug(title)


@given(st.text())
def test_a_slug_is_always_safe_as_a_file_name(title: str) -> None:
    assert re.fullmatch(r"(?:[^\W_]+(?:-[^\W_]+)*)?", slug(title))
    assert slug(title) == unicodedata.normalize("NFC", slug(title))
    assert len(slug(title)) <= 60


@given(st.text())
def test_a_slug_is_its_own_slug(title: str) -> None:
    assert slug(title) == slug(slug(title))


def test_a_long_title_ends_behind_a_whole_word() -> None:
    assert "lamp-" * 11 + "lamp" == slug("lamp " * 30)
