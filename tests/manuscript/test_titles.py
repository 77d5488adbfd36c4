from __future__ import annotations

import pytest

from storygen.manuscript.titles import same_title


@pytest.mark.parametrize(
    "line",
    [
        "The Boat",
        "**The boat**",
        "Chapter 3: The Boat",
        "Chapter III – The Boat",
        "Chapter Three: The Boat",
        "Scene 2.1 The boat",
        "2.1. The boat",
        "Kapitel 3: The Boat",
        "The boat (continued)",
        "The boat – Fortsetzung",
        "The boat {#the-boat}",
        "The boat.",
    ],
)
def test_a_title_is_known_again(line: str) -> None:
    assert same_title(line, "The boat")


@pytest.mark.parametrize("line", ["The boats", "Boat", "Chapter 3", "", "The boat sinks", "Part of the boat"])
def test_another_title_is_not(line: str) -> None:
    assert not same_title(line, "The boat")


def test_a_title_without_letters_is_never_known() -> None:
    assert not same_title("***", "***")


def test_a_title_may_begin_with_a_number() -> None:
    assert same_title("1984", "1984")
