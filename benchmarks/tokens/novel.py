"""The novel that every strategy is asked to write: an outline, a codex, and the text of every section."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from storygen.outline.read import read_outline
from storygen.outline.tree import Outline
from storygen.text.tokens import count_tokens

SECTION = 1_333
"""Tokens of a section's text."""

PEOPLE = (
    *("Ines", "Tobias", "Marta", "Edda", "Jonas", "Petra", "Oskar", "Wanda", "Felix", "Nora"),
    *("Anton", "Greta", "Hugo", "Clara", "Emil", "Ida", "Karl", "Lena", "Otto", "Rosa"),
)
_PROSE = """
the harbour clock lamp window morning letter engine rope captain keeper stair cellar bread paper ferry rain
glass table answer question street bridge market garden tower night winter signal ledger bell and of with
under before after without against slowly again nobody somebody waited turned carried opened closed
remembered wrote counted crossed listened looked asked said left found lost held kept
"""
WORDS = tuple(_PROSE.split())


@dataclass(frozen=True, slots=True)
class Novel:
    """What is written, in the words of the author and, section by section, in those of a model.

    `texts` are by id. `bible` is the whole codex as one text, `plan` a line a section, `cards` what an author
    says of each section.
    """

    outline: Outline
    texts: dict[str, str]
    bible: str
    plan: tuple[str, ...]
    cards: tuple[str, ...]


def novel_of(folder: Path, sections: int, *, seed: int) -> Novel:
    """Return a novel of so many *sections*, the same for one *seed*; its outline is written to *folder*."""
    rng = random.Random(seed)
    path = folder / f"novel-{sections}.yaml"
    path.write_text(_outline(rng, sections), encoding="utf-8")
    outline = read_outline(path)
    return Novel(
        outline=outline,
        texts={section.id: _prose(rng, section.cast) for section in outline.sections},
        bible="\n\n".join(f"{entry.name}: {entry.about}" for entry in outline.codex),
        plan=tuple(f"{section.title}: {section.summary}" for section in outline.sections),
        cards=tuple(
            "\n".join((section.title, section.summary, *section.beats)) for section in outline.sections
        ),
    )


def _outline(rng: random.Random, sections: int) -> str:
    lines = [
        "title: The Ferry Clock",
        f"words: {sections * 1_000}",
        "style: {person: third, tense: past}",
        "codex:",
    ]
    for name in PEOPLE:
        lines += [f"  - name: {name}", "    kind: character", f"    about: {_sentences(rng, 9, (name,))}"]
    lines.append("parts:")
    for first in range(1, sections + 1, 10):
        lines += [f"  - title: Part {first // 10 + 1}", "    sections:"]
        for number in range(first, min(first + 10, sections + 1)):
            cast = rng.sample(PEOPLE, 3)
            lines += [
                f"      - title: Section {number}",
                f"        cast: [{', '.join(cast)}]",
                f"        summary: {_sentences(rng, 2, cast)}",
                "        beats:",
                *(f"          - {_sentences(rng, 2, cast)}" for _ in range(11)),
            ]
    return "\n".join(lines) + "\n"


def _prose(rng: random.Random, cast: tuple[str, ...]) -> str:
    """Return paragraphs of about SECTION tokens that name the *cast*."""
    paragraphs: list[str] = []
    tokens = 0
    while tokens < SECTION:
        paragraphs.append(_sentences(rng, 6, cast))
        tokens += count_tokens(paragraphs[-1]) + 1
    return "\n\n".join(paragraphs)


def _sentences(rng: random.Random, count: int, names: tuple[str, ...] | list[str]) -> str:
    return " ".join(
        f"{rng.choice(names)} {' '.join(rng.choices(WORDS, k=rng.randint(8, 16)))}." for _ in range(count)
    )
