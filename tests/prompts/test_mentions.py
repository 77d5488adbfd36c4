from __future__ import annotations

import pytest

from storygen.prompts.mentions import Searched


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ANNA'S lamp", "Anna"),
        ("Anna’s lamp", "anna"),
        ("the log\nbook", "The log book"),
        ("灯台に着いた。", "灯台"),
        ("เขาเห็นประภาคารแล้ว", "ประภาคาร"),
        ("Die STRASSE war leer", "Straße"),
        ("une re\u0301ponse", "réponse"),
        ("Run --dry-run first", "--dry-run"),
        ("She wrote C++ there", "C++"),
        ("(Tom)", "Tom"),
    ],
)
def test_a_name_is_found(text: str, name: str) -> None:
    assert name == Searched.of([text]).first([name])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Savannah", "Anna"),
        ("Tomorrow", "Tom"),
        ("log_book", "log"),
        ("a C-section", "C++"),
        ("anything", ""),
        ("Anna\u0308", "Anna"),
    ],
)
def test_a_part_of_a_word_is_no_name(text: str, name: str) -> None:
    assert not Searched.of([text]).first([name])


def test_no_name_is_found_across_two_pieces() -> None:
    assert not Searched.of(["the log", "book"]).first(["log book"])
