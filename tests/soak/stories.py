"""The books that a soak writes: their outlines, and what the server says in each section, to the letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storygen.rehearsal.card import Card
from storygen.rehearsal.docs import docs
from storygen.rehearsal.fiction import fiction

SECTIONS = 24
"""Sections of a book."""

_PAGE = 4
_WORDS = (120, 420, 240, 600)
"""Words of a section, in turn: from a reply that is over at once to one of several legs."""

_TYPES = ("tutorial", "reference", "explanation", "how-to")


@dataclass(frozen=True, slots=True)
class Story:
    """An outline, and the text of every section by its title; `ids` holds their ids by title too.

    As many sections are written at once as there are `jobs`.
    """

    outline: str
    ids: Mapping[str, str]
    texts: Mapping[str, str]
    jobs: int


def tale(sections: int = SECTIONS) -> Story:
    """Return a tale of so many *sections*, of which each follows the one before."""
    cards = [_card(n, f"Bell {n}") for n in range(1, sections + 1)]
    leaves = "".join(f"  - {{id: {_id(n)}, title: {card.title}}}\n" for n, card in enumerate(cards, 1))
    outline = f"title: The Night Ferry\nwords: 400\nsections:\n{leaves}"
    return _story(outline, {card.title: fiction(card) for card in cards}, jobs=1)


def manual() -> Story:
    """Return a manual, of whose pages three are written at once."""
    cards = [_card(n, f"Valve {n}", type_=_TYPES[n // _PAGE % len(_TYPES)]) for n in range(1, SECTIONS + 1)]
    pages = ""
    for n, card in enumerate(cards, 1):
        pages += f"  - title: Page {n // _PAGE + 1}\n    sections:\n" if n % _PAGE == 1 else ""
        pages += f"      - {{id: {_id(n)}, title: {card.title}, type: {card.type}}}\n"
    outline = f"title: The Ferry's Engine\nkind: docs\nwords: 400\npages:\n{pages}"
    return _story(outline, {card.title: docs(card) for card in cards}, jobs=3)


def _story(outline: str, texts: Mapping[str, str], *, jobs: int) -> Story:
    ids = {title: _id(n) for n, title in enumerate(texts, 1)}
    return Story(outline, ids, {title: text.strip() for title, text in texts.items()}, jobs)


def _id(number: int) -> str:
    return f"s{number:02}"


def _card(number: int, title: str, *, type_: str = "") -> Card:
    beats = (f"Ines hears {title}.", "Tobias counts what is left – “漢字” and all.")
    words = _WORDS[number % len(_WORDS)]
    return Card(title=title, words=words, beats=beats, docs=bool(type_), type=type_)
