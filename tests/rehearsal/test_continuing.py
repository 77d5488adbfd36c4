from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from storygen.rehearsal.continuing import anchor, reached

TEXT = "\n\n".join(f"Line {n} says that {n * 7} gulls sat on the wall.\nOne left at {n}." for n in range(30))
CUTS = [found.start() for found in re.finditer(r"\s", TEXT)]


@given(st.integers(0, len(TEXT)))
def test_any_beginning_is_found_to_the_letter(end: int) -> None:
    kept = TEXT[:end].rstrip()
    assert TEXT == kept + TEXT[reached(TEXT, kept, words=300) :]


@given(st.sampled_from(CUTS))
def test_white_space_that_was_changed_does_no_harm(end: int) -> None:
    kept = TEXT[:end].rstrip()
    assert len(kept) == reached(TEXT, " ".join(kept.split()), words=300)


@given(st.sampled_from(CUTS[60:]))
def test_a_beginning_that_was_rewritten_does_no_harm(end: int) -> None:
    kept = TEXT[:end].rstrip()
    assert len(kept) == reached(TEXT, "A new start. " + kept[80:], words=300)


def test_an_end_that_was_rewritten_goes_on_at_a_paragraph_near_its_share() -> None:
    half = TEXT[: len(TEXT) // 2] + "\n\nAnd then, out of nowhere, somebody else took the pen."
    place = reached(TEXT, half, words=len(TEXT.split()))
    assert TEXT[place:].startswith("\n\n")
    assert abs(place - len(TEXT) / 2) < 200


def test_an_anchor_is_what_the_request_quotes_of_the_end() -> None:
    request = "You were cut off. It ended:\n> sat on the wall\nGo on."
    assert "sat on the wall" == anchor(request, "Seven gulls sat on the wall")


def test_an_anchor_keeps_the_white_space_of_the_request() -> None:
    assert "on\nthe wall" == anchor("<anchor>on\nthe wall</anchor>", "Seven gulls sat on the wall")


def test_a_request_that_quotes_nothing_has_no_anchor() -> None:
    assert "" == anchor("Please go on.", "Seven gulls sat on the wall")
