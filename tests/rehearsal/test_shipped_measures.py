from __future__ import annotations

import re
import shutil
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from storygen.desk.project import open_project
from storygen.desk.states import Standing, State
from storygen.desk.write import write
from storygen.outline.tree import Kind, Outline
from storygen.rehearsal.carrying import content
from storygen.rehearsal.tongues import tongue_of
from storygen.shipped import shipped
from storygen.text.sentences import sentences
from storygen.text.words import count_words, split_words

OUTLINES = Path(str(shipped("outlines")))
NAMES = sorted(path.parent.name for path in OUTLINES.glob("*/outline.*"))
every_outline = pytest.mark.parametrize("name", NAMES)


@cache
def rehearsed(name: str) -> tuple[Outline, tuple[Standing, ...]]:
    """Rehearse a shipped outline once; return it with the sections that a model writes."""
    with TemporaryDirectory() as folder:
        shutil.copytree(OUTLINES / name, Path(folder) / name)
        project = open_project(next((Path(folder) / name).glob("outline.*")), environ={})
        standings = write(project).standings
    return project.outline, tuple(each for each in standings if each.section.asked)


@every_outline
def test_every_section_that_a_model_writes_is_rehearsed(name: str) -> None:
    _, standings = rehearsed(name)

    assert {State.REHEARSED} == {standing.state for standing in standings}


def prose(text: str) -> str:
    """Return *text* without code and tables, which may repeat what they have to."""
    return re.sub(r"```.*?```|`[^`]*`|^\|.*?$", " ", text, flags=re.DOTALL | re.MULTILINE)


@every_outline
def test_no_sentence_stands_twice_in_a_book(name: str) -> None:
    outline, standings = rehearsed(name)
    told = Counter(
        sentence.strip()
        for standing in standings
        for sentence in sentences(prose(standing.text), outline.lang)
        if count_words(sentence) > 2
    )

    assert [] == [sentence for sentence, times in told.items() if times > 1]


@every_outline
def test_the_first_five_words_of_sections_are_unique(name: str) -> None:
    openings = Counter(" ".join(split_words(standing.text)[:5]).casefold() for standing in rehearsed(name)[1])

    assert [] == [opening for opening, times in openings.items() if times > 1]


@every_outline
def test_no_six_words_stand_more_than_twice_in_five_thousand(name: str) -> None:
    outline, standings = rehearsed(name)
    words = [
        word.casefold()
        for standing in standings
        for word in split_words(prose(standing.text))
        if word.casefold().strip("’'s") not in names_of(outline)
    ]
    places = defaultdict(list)
    for place in range(len(words) - 5):
        places[tuple(words[place : place + 6])].append(place)

    assert [] == [
        " ".join(run)
        for run, found in places.items()
        if any(found[n + 2] - found[n] < 5_000 for n in range(len(found) - 2))
    ]


@every_outline
def test_four_fifths_of_each_beats_words_occur(name: str) -> None:
    outline, standings = rehearsed(name)
    stop = tongue_of(outline.lang).stop()
    lost = [
        (standing.section.id, beat)
        for standing in standings
        for beat in standing.section.beats
        if (wanted := content(beat, stop=stop))
        and len(wanted & content(standing.text, stop=stop)) < 0.8 * len(wanted)
    ]

    assert [] == lost


@every_outline
def test_words_are_within_a_tenth_of_the_target(name: str) -> None:
    off = {
        standing.section.id: count_words(standing.text)
        for standing in rehearsed(name)[1]
        if abs(count_words(standing.text) / standing.section.words.aim - 1) > 0.1
    }

    assert {} == off


@every_outline
def test_fiction_speaks_and_docs_have_lists_and_code(name: str) -> None:
    outline, standings = rehearsed(name)
    texts = [standing.text for standing in standings]
    if outline.kind is Kind.FICTION:
        assert all(re.search("[“‘«—]", text) for text in texts)
    else:
        marks = {"list": r"^(?:\d+\.|[-*]) ", "fence": "^```", "table": r"^\|"}
        assert {"list", "fence", "table"} == {
            name for name, mark in marks.items() if any(re.search(mark, text, re.MULTILINE) for text in texts)
        }


def names_of(outline: Outline) -> set[str]:
    """Return every word of a name that the codex knows."""
    return {word.casefold() for entry in outline.codex for name in entry.names for word in split_words(name)}
