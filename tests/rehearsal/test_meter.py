from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storygen.catalogue import catalogue
from storygen.rehearsal.meter import cut, tokens, weigh

MODEL = catalogue().find("claude-sonnet-5-5")
MARK = {"cache_control": {"type": "ephemeral"}}
LONG = {"type": "text", "text": "The rules of the house. " * 200}
USER = {"role": "user", "content": "Write."}
MARKED: dict[str, Any] = {"system": [LONG | MARK], "messages": [USER]}


def test_a_marked_prefix_is_written_once_and_then_read() -> None:
    seen: set[bytes] = set()
    first, second = weigh(MARKED, MODEL, seen).usage, weigh(MARKED, MODEL, seen).usage
    assert (first.cache_creation_input_tokens, 0) == (
        second.cache_read_input_tokens,
        first.cache_read_input_tokens,
    )
    assert first.prompt_tokens == second.prompt_tokens


def test_a_prefix_that_grew_is_read_and_its_growth_written() -> None:
    seen: set[bytes] = set()
    first = weigh(MARKED, MODEL, seen).usage
    grown = MARKED | {"messages": [{"role": "user", "content": [{"type": "text", "text": "More."} | MARK]}]}
    usage = weigh(grown, MODEL, seen).usage
    assert first.cache_creation_input_tokens == usage.cache_read_input_tokens
    assert 0 < usage.cache_creation_input_tokens < 20


def blocks(count: int) -> dict[str, Any]:
    """Return a body whose user's turn has so many blocks, the last of them marked."""
    told = [{"type": "text", "text": f"Block {number}."} for number in range(count)]
    return MARKED | {"messages": [{"role": "user", "content": [*told[:-1], told[-1] | MARK]}]}


def test_what_was_marked_some_blocks_before_a_mark_is_found() -> None:
    seen: set[bytes] = set()
    first = weigh(blocks(5), MODEL, seen).usage
    near, far = weigh(blocks(25), MODEL, seen).usage, weigh(blocks(60), MODEL, seen).usage
    system = weigh(MARKED, MODEL, seen).usage.cache_read_input_tokens

    assert (first.prompt_tokens, system) == (near.cache_read_input_tokens, far.cache_read_input_tokens)


def test_one_changed_word_in_front_of_a_mark_is_written_anew() -> None:
    seen: set[bytes] = set()
    weigh(MARKED, MODEL, seen)
    changed = MARKED | {"system": [LONG | MARK | {"text": "A" + LONG["text"]}]}
    assert 0 == weigh(changed, MODEL, seen).usage.cache_read_input_tokens


def test_a_prefix_below_the_minimum_is_not_cached() -> None:
    short = {"system": [{"type": "text", "text": "Be brief."} | MARK], "messages": [USER]}
    assert 0 == weigh(short, MODEL, set()).usage.cache_creation_input_tokens


def test_nothing_is_cached_without_a_mark() -> None:
    plain = {"system": LONG["text"], "messages": [USER]}
    assert 0 == weigh(plain, MODEL, set()).usage.cache_creation_input_tokens


@given(st.text(max_size=200), st.integers(0, 60))
def test_what_is_cut_is_a_beginning_that_fits(text: str, limit: int) -> None:
    kept = cut(text, limit, MODEL)
    assert text.startswith(kept)
    assert tokens(kept, MODEL) <= limit
