from __future__ import annotations

from storygen.draft import Digest
from tests.prompts.books import context, long_book, prose


def test_a_recap_tells_the_nearest_and_collapses_the_rest() -> None:
    recap = context(long_book(30), 26).recap
    names = [line.partition(":")[0] for line in recap]
    assert ["Part part0", "Part part1", *(f"Title {position}" for position in range(21, 26))] == names


def test_a_recap_says_how_a_section_left_things() -> None:
    assert context(long_book(4), 4).recap[-1].endswith("At its end: Door 3 stands open.")


def test_a_recap_keeps_the_newest() -> None:
    recap = context(long_book(30), 26, recap=40).recap
    assert (1, True) == (len(recap), recap[0].startswith("Title 25"))


def test_an_unwritten_section_is_not_recapped() -> None:
    assert ("Title 1",) == tuple(
        line[:7] for line in context(long_book(3), 3, {"s1": prose(1), "s2": " \n"}).recap
    )


def test_a_recap_says_what_happened_where_that_is_known() -> None:
    digests = {f"s{n}": Digest(f"In the end {n} gulls came.") for n in (1, 2, 3)}
    assert ("Title 2: In the end 2 gulls came. At its end: Door 2 stands open.", False) == (
        context(long_book(4), 4, digests=digests).recap[-2],
        "gulls" in context(long_book(4), 4, digests=digests).recap[-1],
    )
