from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.seams.__main__ import SEED, corpus_hash, main
from benchmarks.seams.asked import Class, Stance, read_phrases
from benchmarks.seams.cuts import HERE, LEAST, Text, cut_points, read_texts
from benchmarks.seams.judge import outcomes, pairs
from benchmarks.seams.tally import Tally, tally
from storygen.text.words import count_words

PHRASES = read_phrases("replies.toml")
QUICK = ("prose-harbour", "dialogue-curly", "docs-tables", "docs-fences", "zh-prose", "emoji-chat")


@pytest.fixture(scope="module")
def counted() -> Tally:
    texts = [text for text in read_texts(HERE / "texts") if text.name in QUICK]
    return tally(outcomes(texts, PHRASES, cuts=2, seed=SEED))


def test_the_quick_run_tries_some_hundred_seams_in_every_stance(counted: Tally) -> None:
    assert counted.all.seams > 500
    assert set(Stance) == {
        stance for counts in counted.behaviours.values() for stance in counts if counts[stance].seams
    }


def test_every_class_of_reply_is_tried(counted: Tally) -> None:
    tally_of_pairs = tally(pairs(PHRASES))

    assert set(Class) == {*counted.classes, *tally_of_pairs.classes}


def test_what_can_be_recovered_is_recovered(counted: Tally) -> None:
    recovered = counted.classes[Class.RECOVERABLE]

    assert recovered[Stance.OBEYED].share("exact") >= 97
    assert recovered[Stance.IGNORED].share("exact") >= 92


def test_a_clean_continuation_is_left_alone(counted: Tally) -> None:
    assert 100 == counted.clean.share("exact")


def test_what_only_sounds_like_a_model_is_left_alone() -> None:
    assert 100 == tally(pairs(PHRASES)).clean.share("exact")


def test_few_errors_are_silent(counted: Tally) -> None:
    assert counted.all.share("silent") <= 1


def test_the_same_seed_brings_the_same_cuts() -> None:
    source = read_texts(HERE / "texts")[0]

    assert cut_points(source, count=9, seed=1) == cut_points(source, count=9, seed=1)


def test_a_cut_never_splits_a_character() -> None:
    source = Text("emoji", "👩🏽‍🚀 und 灯台 und É́ " * 20)

    assert all(
        source.text.startswith(arrived) and len(arrived) >= LEAST
        for arrived in cut_points(source, count=60, seed=1)
    )


@pytest.mark.parametrize(("folder", "least"), [("texts", 40), ("held-out", 20)])
def test_the_corpus_is_large_enough_and_of_every_family(folder: str, least: int) -> None:
    texts = read_texts(HERE / folder)

    assert len(texts) >= least
    assert all(count_words(text.text) >= 140 for text in texts if text.family != "th")
    assert all(count_words(text.text) <= 800 for text in texts)
    assert {"prose", "dialogue", "verse", "docs", "emoji"} <= {text.family for text in texts}


def test_the_texts_are_as_they_were_written_byte_for_byte() -> None:
    texts = {text.name: text.text for text in read_texts(HERE / "texts")}

    assert "\r\n" in texts["crlf-notes"]
    assert {"\u2028", "\u0085", "\u00ad", "\u200b"} <= set(texts["separators"])
    assert not texts["separators"].endswith("\n")


def test_the_hash_names_the_corpus() -> None:
    texts = read_texts(HERE / "texts")

    assert corpus_hash(texts) != corpus_hash(texts[1:])


def test_one_command_prints_the_table_and_writes_one_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.seams.__main__.read_texts", lambda folder: read_texts(folder)[:1])
    written = tmp_path / "seams.json"
    main(["--held-out", "--cuts", "1", "-o", str(written)])

    assert "R goes on" in capsys.readouterr().out
    assert {"behaviours", "classes", "families", "sha256"} <= set(json.loads(written.read_text("utf-8")))
