from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storygen.prompts.sources import Fitted, LeftOut, Source, fit

texts = st.lists(st.text("ab \n", min_size=1, max_size=60), max_size=5).map(
    lambda each: [Source(f"{number}.md", text) for number, text in enumerate(each)]
)


def names(found: Fitted) -> list[str]:
    return [source.name for source in found.sent]


def test_what_fits_is_sent_whole_and_in_the_order_of_the_outline() -> None:
    sources = [Source("a", "one\n"), Source("b", "two\n")]

    assert Fitted(tuple(sources)) == fit(sources, limit=100, count=len)


def test_a_sections_own_source_comes_before_the_books() -> None:
    found = fit([Source("book", "x" * 60), Source("own", "y" * 60)], limit=100, count=len)

    assert (["own"], (LeftOut("book", 0, 1),)) == (names(found), found.left_out)


def test_a_source_that_does_not_fit_is_cut_behind_a_line_and_says_so() -> None:
    (sent,) = fit([Source("a.md", "a line\n" * 100)], limit=100, count=len).sent

    assert ("a line\n" * 9 + "[the rest of a.md is left out]\n") == sent.text


def test_the_lines_that_are_left_out_are_counted() -> None:
    found = fit([Source("a.md", "a line\n" * 100)], limit=100, count=len)

    assert ("a.md from line 10 of 100",) == tuple(each.words for each in found.left_out)


@given(texts, st.integers(0, 200))
def test_what_is_sent_is_never_longer_than_its_budget(sources: list[Source], limit: int) -> None:
    assert limit >= sum(len(source.text) for source in fit(sources, limit=limit, count=len).sent)


@given(texts, st.integers(0, 200))
def test_every_source_is_sent_whole_or_named_as_left_out(sources: list[Source], limit: int) -> None:
    found = fit(sources, limit=limit, count=len)
    whole = {source.name for source in found.sent if source in sources}

    assert {source.name for source in sources} == whole | {each.name for each in found.left_out}
    assert set() == whole & {each.name for each in found.left_out}
