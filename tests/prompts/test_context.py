from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from storygen.draft import Digest, Fact
from storygen.outline.tree import Heading, Level
from storygen.prompts.closure import closure, further_back
from storygen.prompts.context import Limits, gather
from storygen.text.tokens import count_tokens
from tests.prompts.books import book, context, long_book, prose, section, texts


def test_the_first_section_knows_of_nothing_before() -> None:
    found = context(long_book(3), 1)
    assert ("", (), (), (), ()) == (found.tail, found.recap, found.openings, found.endings, found.facts)


def test_only_what_must_come_before_counts() -> None:
    outline = book(section(1), section(2, after=()), section(3, after=("s1",)))
    assert context(outline, 3, {"s1": prose(1)}) == context(outline, 3)


@given(
    st.sets(st.sampled_from(["s1", "s2", "s3", "s4", "s5", "s6"])), st.lists(st.integers(1, 6), max_size=2)
)
@settings(max_examples=30)
def test_texts_outside_the_closure_never_change_a_prompt(written: set[str], after: list[int]) -> None:
    last = section(6, after=tuple(f"s{position}" for position in after))
    outline = book(*(section(position, after=()) for position in range(1, 6)), last)
    given = {id_: prose(int(id_[1:])) for id_ in written}
    inside = {each.id for each in closure(outline, last)}
    assert context(outline, 6, given) == context(
        outline, 6, {id_: text for id_, text in given.items() if id_ in inside}
    )


def test_a_plan_is_the_same_for_every_section() -> None:
    outline = long_book(12)
    assert 1 == len({context(outline, position).plan for position in (1, 7, 12)})


def test_gather_does_not_look_at_the_text_of_the_section_itself() -> None:
    outline = book(section(1), section(2, after=("s1", "s2")))
    changed = texts(outline) | {"s2": "Something else."}
    assert context(outline, 2) == context(outline, 2, changed)


def test_hidden_headings_are_no_trouble() -> None:
    heading = Heading("a", "A", depth=1, level=Level.PART)
    outline = book(heading, replace(section(1), parents=("a", "gone")), section(2))
    assert gather(outline, outline.sections[1], {}, limits=Limits(), count=count_tokens).plan[0] == "- A"


@given(st.lists(st.lists(st.integers(1, 6), max_size=2), min_size=6, max_size=6), st.integers(1, 6))
@settings(max_examples=30)
def test_digests_of_what_is_not_further_back_never_change_a_prompt(links: list[list[int]], at: int) -> None:
    sections = [
        section(n, pov="Anna", after=tuple(f"s{k}" for k in after)) for n, after in enumerate(links, 1)
    ]
    outline = book(*sections)
    digests = {each.id: Digest(f"{each.id}.", (Fact(f"Anna: {each.id}."),), (each.id,)) for each in sections}
    far = further_back(outline, sections[at - 1])
    assert context(outline, at, digests=digests) == context(
        outline, at, digests={id_: digest for id_, digest in digests.items() if id_ in far}
    )
