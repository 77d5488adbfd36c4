from __future__ import annotations

import json
from pathlib import Path
from random import Random

import anyio
import pytest

from benchmarks.length.__main__ import main
from benchmarks.length.books import Shelved, Written, shelve
from benchmarks.length.simulated import BIASES, Writer
from storygen.known_settings import Length
from storygen.messages import Ended, StopReason, Text
from storygen.text.words import count_words

QUICK = {"wanted": 20_000, "section": 1_000, "seeds": range(2)}


@pytest.fixture(scope="module")
def steered() -> dict[float, Shelved]:
    return {bias: shelve(bias, length=Length.STEERED, **QUICK) for bias in BIASES}  # type: ignore[arg-type]


def test_a_book_comes_to_its_length_whoever_writes_it(steered: dict[float, Shelved]) -> None:
    assert {} == {bias: each.score for bias, each in steered.items() if each.score < 95}


def test_steering_takes_few_calls_more_than_there_have_to_be(steered: dict[float, Shelved]) -> None:
    assert {} == {bias: each.extra for bias, each in steered.items() if each.extra > 10}


def test_lengths_vary_little(steered: dict[float, Shelved]) -> None:
    assert {} == {bias: each.variation for bias, each in steered.items() if each.variation > 5}


@pytest.mark.parametrize(("bias", "most"), [(0.4, 40), (0.6, 75), (1.7, 85)])
def test_without_steering_a_book_is_as_long_as_its_writer_makes_it(bias: float, most: float) -> None:
    plain = shelve(bias, wanted=5_000, section=1_000, seeds=range(2), length=Length.PLAIN)

    assert plain.score < most


def test_long_sections_come_to_their_length_in_stretches() -> None:
    assert 95 < shelve(0.6, wanted=20_000, section=2_500, seeds=range(1), length=Length.STEERED).score


def test_a_short_book_comes_to_its_length_even_where_its_last_replies_end_early() -> None:
    assert 95 < shelve(0.6, wanted=5_000, section=2_500, seeds=range(5), length=Length.STEERED).score


@pytest.mark.parametrize(
    ("words", "expected"), [(1_000, 100), (610, 68), (1_680, 77.3), (900, 94.4), (300, 0), (4_000, 0)]
)
def test_a_length_score_is_that_of_longbench_write(words: int, expected: float) -> None:
    assert expected == pytest.approx(Written(1_000, words, calls=1, ideal=1).score, abs=0.1)


def test_extra_calls_are_those_beyond_the_ideal_ones() -> None:
    books = (Written(1, 1, calls=12, ideal=10), Written(1, 1, calls=10, ideal=10))

    assert 10 == pytest.approx(Shelved(books).extra)


def said(writer: Writer, turn: str, *, max_tokens: int = 9_000) -> tuple[str, StopReason]:
    """Return what *writer* replies to *turn*, and how it ends."""
    body = json.dumps({"max_tokens": max_tokens, "messages": [{"role": "user", "content": turn}]}).encode()

    async def listen() -> tuple[str, StopReason]:
        deltas = [delta async for delta in writer.send(body)]
        text = "".join(delta.text for delta in deltas if isinstance(delta, Text))
        return text, next(delta.reason for delta in deltas if isinstance(delta, Ended))

    return anyio.run(listen)


def test_a_simulated_writer_brings_its_share_with_noise_up_to_its_saturation() -> None:
    writer = Writer(0.6, Random(1))
    few, many = (
        [count_words(said(writer, f"Words: 9 to 99, about {words}")[0]) for _ in range(80)]
        for words in ("1,000", "9,000")
    )

    assert 540 < sum(few) / len(few) < 660
    assert 2_000 == max(many)


def test_a_simulated_writer_is_cut_where_its_tokens_are_used_up() -> None:
    text, reason = said(Writer(1.0, Random(1)), "Words: 900 to 1,100, about 1,000", max_tokens=270)

    assert (200, StopReason.MAX_TOKENS) == (count_words(text), reason)


def test_one_command_prints_the_table_and_writes_one_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "length.json"
    main(["--most", "5000", "--seeds", "1", "-o", str(written)])

    assert "sections of 2,500 words" in capsys.readouterr().out
    assert {"steered", "plain"} == {row["length"] for row in json.loads(written.read_text("utf-8"))}
