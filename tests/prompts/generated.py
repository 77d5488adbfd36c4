"""Outlines and their texts, made from a seed: every field there is, now and then, in four languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from storygen.outline.tree import (
    Change,
    Ending,
    Entry,
    Heading,
    Include,
    Kind,
    Level,
    Node,
    Outline,
    Section,
    Style,
    WordTarget,
)

NAMES = (
    "Anna Reyes",
    "Tobias",
    "Ines",
    "the clock case",
    "Low Sound",
    "Mrs Okafor",
    "the log book",
    "Skerry",
)
SAID = {
    "en": ("The lamp was cold at {}.", "Nobody had counted {} gulls before!", "Had {} boats gone out?"),
    "de": ("Die Lampe war um {} kalt.", "Niemand hatte je {} Möwen gezählt!", "Waren {} Boote draußen?"),
    "es": ("La lámpara estaba fría a las {}.", "¡Nadie había contado {} gaviotas!", "¿Salieron {} barcas?"),
    "ja": ("灯台に{}人が着いた。", "誰も{}羽のかもめを数えなかった。", "舟は{}艘出たのか。"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """An outline and what every section of it says, sentence by sentence."""

    outline: Outline
    sentences: dict[str, list[str]]

    @property
    def texts(self) -> dict[str, str]:
        """The texts of all sections, by id."""
        return {id_: prose(each) for id_, each in self.sentences.items()}


def written(seed: int, *, sections: int) -> Written:
    """Make up an outline of so many *sections*, and write it."""
    chance = Random(seed)
    lang = chance.choice(sorted(SAID))
    kind = chance.choice(list(Kind))
    style = Style(
        person=chance.choice(("first", "third, limited", "second")),
        tense=chance.choice(("past", "present")),
        tone=chance.choice(("", "dry")),
        quotes=chance.choice(("", "„ “", "‘ ’")),
        avoid=tuple(f"worn phrase {number}" for number in range(chance.choice((0, 3, 40)))),
    )
    outline = Outline(
        title=f"The Book of {seed}",
        path=Path("outline.yaml"),
        kind=kind,
        lang=lang,
        summary=chance.choice(("", "What it is all about.")),
        audience=chance.choice(("", "people who have never seen a lighthouse")),
        style=style,
        codex=tuple(_entries(chance, sections)),
        nodes=tuple(_nodes(chance, sections, style)),
    )
    said = {each.id: _sentences(chance, lang) for each in outline.sections}
    return Written(outline, said)


def _nodes(chance: Random, sections: int, style: Style) -> Iterator[Node]:
    parents: tuple[str, ...] = ()
    for position in range(1, sections + 1):
        if position == 1 or chance.random() < 0.2:
            part = f"part-{position}"
            parents = (part,)
            yield Heading(part, f"Part {position}", 1, Level.PART, summary=f"How part {position} goes.")
        yield _section(chance, position, sections, parents, style)


def _section(chance: Random, position: int, sections: int, parents: tuple[str, ...], style: Style) -> Section:
    def some(text: str) -> str:
        return f"{text} {position}" if chance.random() < 0.5 else ""

    def several(text: str, most: int) -> tuple[str, ...]:
        return tuple(f"{text} {position}.{number}" for number in range(chance.randint(0, most)))

    words = chance.choice((300, 900, 1_800))
    fields: dict[str, Any] = {
        "summary": some("What happens in"),
        "beats": several("Somebody opens door", 6),
        "pov": chance.choice(("", *NAMES[:3])),
        "cast": tuple(chance.sample(NAMES[:6], chance.randint(0, 3))),
        "place": chance.choice(("", "Low Sound", "Skerry")),
        "time": some("evening"),
        "story": {"mood": f"mood {position}"} if chance.random() < 0.3 else {},
        "must": several("ferry --clock", 2),
        "enter": some("She is late for"),
        "leave": some("She is alone with"),
        "facts": several("The key has teeth", 3),
        "plant": several("the letter", 2),
        "pay": several("the debt", 1),
        "ending": Ending.FINAL if position == sections else chance.choice((None, *Ending)),
        "type": chance.choice(("", "tutorial", "how-to", "reference", "explanation")),
    }
    return Section(
        id=f"s{position}",
        title=f"Title {position}",
        position=position,
        depth=2,
        level=Level.SCENE,
        words=WordTarget(round(words * 0.9), round(words * 1.1), written=True),
        parents=parents,
        after=(f"s{position - 1}",) if position > 1 else (),
        style=style,
        **fields,
    )


def _entries(chance: Random, sections: int) -> Iterator[Entry]:
    for name in NAMES:
        yield Entry(
            name,
            kind=chance.choice(("", "character", "place")),
            aliases=(f"the {name.split()[-1]} of old",),
            about=f"{name} is known to {chance.choice(NAMES)}. " * chance.choice((1, 20)),
            voice=chance.choice(("", "Short sentences.")),
            include=chance.choice(list(Include)),
            changes=(Change(f"s{chance.randint(1, sections)}", f"{name} has changed."),),
        )


def _sentences(chance: Random, lang: str) -> list[str]:
    return [
        chance.choice(SAID[lang]).format(chance.randint(2, 999)) for _ in range(chance.choice((3, 40, 160)))
    ]


def prose(sentences: Sequence[str]) -> str:
    """Put *sentences* into paragraphs of five."""
    paragraphs = (" ".join(sentences[at : at + 5]) for at in range(0, len(sentences), 5))
    return "\n\n".join(paragraphs)
