"""Reads a section's card out of a prompt: by its labels where they are known, else by its structure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from storygen.rehearsal.card import Card
from storygen.rehearsal.labels import labelled, labels
from storygen.rehearsal.region import card_text, field_of, item, items, length, numbers
from storygen.rehearsal.scripts import script_of

_A_SHORT_TEXT = 500
_A_SECTION = 1_000
_SHORT_LINE = 12
_MOST_PEOPLE = 6
_MOST_BEATS = 200
_LONGEST_TITLE = 300
_ROUND = 50
_LONGEST = 20_000
_YEARS = range(1_000, 2_200)
_QUOTED = re.compile(r"[“„»«‘\"]([^“”„»«‘’\"\n]{2,80})[”“«»’\"]")
_CODE = re.compile(r"`([^`\n]+)`")
_ONLY_CODE = re.compile(r"(?:`[^`\n]+`[\s,;]*)+")
_WISH = re.compile(r"<(note|current)>\n(.*?)\n</\1>", re.DOTALL)
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*(?![\w-])")

Fields: TypeAlias = Mapping[str, str]
"""What a card says under labels that are known."""


def read_card(system: str, texts: Iterable[str]) -> Card:
    """Return the card that a prompt holds: its instructions, and the blocks of the turn that asks.

    The title, the beats and everything else that shapes the text come from the card alone, never from what
    else a prompt holds; only conventions of the whole book are looked up in the instructions. What is asked
    of another take of a text is not understood, but it makes another text.
    """
    texts = tuple(texts)
    wishes = [wish[2] for text in texts for wish in _WISH.finditer(text)]
    card = card_text(_WISH.sub("", text) for text in texts)
    fields, rules = read_fields(card), read_fields(system)
    beats = tuple(items(card))[:_MOST_BEATS]
    title = (fields.get("title") or _title(card))[:_LONGEST_TITLE]
    return Card(
        title=title,
        words=_words(card, system, beats),
        beats=beats,
        people=_people(fields),
        place=fields.get("place", ""),
        time=fields.get("time", ""),
        summary=fields.get("summary", ""),
        lang=lang_of(rules.get("lang") or fields.get("lang", ""), f"{system}\n{card}", card),
        docs=_is_docs(fields, rules, system),
        type=_type(fields, card),
        must=_must(card),
        first_person=_says(
            labels().first_person, "first", fields.get("person") or rules.get("person", ""), system
        ),
        present=_says(
            labels().present_tense, "present", fields.get("tense") or rules.get("tense", ""), system
        ),
        quotes=fields.get("quotes") or rules.get("quotes", ""),
        seed="".join([_seed(title, beats, fields), *wishes]),
    )


def read_fields(text: str) -> dict[str, str]:
    r"""Return the fields of *text* whose labels are known, the first of each; a value may go on for lines.

    >>> read_fields("Titel: Das Boot\nOrt: Postboot,\nSund von Iona\n\n1. Tom: kein Geld.")
    {'title': 'Das Boot', 'place': 'Postboot, Sund von Iona'}
    """
    found: dict[str, str] = {}
    current: str | None = None
    for line in text.splitlines():
        given = field_of(line)
        if given:
            current = given[0] if given[0] not in found else None
            found.setdefault(*given)
        elif labelled(line) or item(line) or not line.strip():
            current = None
        elif current:
            found[current] = f"{found[current]} {line.strip()}".strip()
    return {field: value for field, value in found.items() if value}


def _title(card: str) -> str:
    lines = [line.strip() for line in card.splitlines() if line.strip() and not item(line)]
    headings = (line.lstrip("# ").strip("*_ ") for line in lines if line.startswith(("#", "**")))
    quoted = (found[1] for line in lines[:3] if (found := _QUOTED.search(line)))
    pairs = (pair for line in lines if (pair := labelled(line)))
    values = (value for label, value in pairs if 0 < len(value.split()) <= _SHORT_LINE and not _known(label))
    first = lines[0] if lines else card.strip()
    return next(headings, None) or next(quoted, None) or next(values, None) or _subject(first)


def _known(label: str) -> bool:
    return labels().field(label) is not None


def _subject(line: str) -> str:
    """Return what a request in one line is about, or the line itself.

    >>> _subject("Write a short story about space exploration.")
    'Space exploration'
    """
    before = "|".join(re.escape(word) for word in labels().about)
    found = re.search(rf"\b(?:{before})\s+(.+)", line)
    subject = (found[1] if found else line).strip().rstrip(".!?:")
    return subject[:1].upper() + subject[1:]


def _words(card: str, system: str, beats: tuple[str, ...]) -> int:
    said = length(card) or _only_number(card) or length(system)
    return said or (_A_SECTION if beats else _A_SHORT_TEXT)


def _only_number(card: str) -> int | None:
    """Return the one number of the card that can be a length: round, outside lists and titles, no year."""
    plain = (line for line in card.splitlines() if not item(line) and not line.startswith("#"))
    found = [number for line in plain for number in numbers(line) if _ROUND <= number <= _LONGEST]
    likely = [n for n in found if n % _ROUND == 0] or [n for n in found if n not in _YEARS]
    return likely[-1] if likely else None


def lang_of(told: str, prompt: str, card: str) -> str:
    """Return the language told by a code or by its name, else the one that the card is written in."""
    tag = _TAG.match(told)
    if tag:
        return tag.group()
    known = labels().languages
    names = "|".join(map(re.escape, known))
    named = re.search(rf"(?<!\w)({names})(?!\w)", told.lower()) or re.search(
        rf"\b(?:in|auf|en|em|på)\s+({names})(?!\w)", prompt.lower()
    )
    return known[named[1]] if named else _guess(card)


def _guess(text: str) -> str:
    """Return the language that *text* is in, by its script or else by its small words."""
    if script := script_of(text):
        return script
    words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    scores = {lang: sum(words[word] for word in common) for lang, common in labels().common.items()}
    return max(scores, key=lambda lang: (scores[lang], lang == "en"))


def _people(fields: Fields) -> tuple[str, ...]:
    """Return who a card names under a label: the point of view, then the cast."""
    told = (*_listed(fields.get("pov", "")), *_listed(fields.get("cast", "")))
    return tuple(dict.fromkeys(told))[:_MOST_PEOPLE]


def _listed(value: str) -> list[str]:
    parts = re.split(r"[,;/&]|\b(?:and|und|y|et|e)\b", re.sub(r"\(.*?\)", "", value))
    return [name for part in parts if (name := part.strip(" .")) and name[0].isupper()]


def _must(card: str) -> tuple[str, ...]:
    lines = [line for line in card.splitlines() if _is_verbatim(line)]
    return tuple(dict.fromkeys(code for line in lines for code in _CODE.findall(line)))


def _is_verbatim(line: str) -> bool:
    given, listed = field_of(line), item(line)
    if given and given[0] == "must":
        return True
    return listed is not None and _ONLY_CODE.fullmatch(listed) is not None


def _type(fields: Fields, card: str) -> str:
    said = (fields.get("type") or card).lower()
    return next((name for name in labels().types if name in said), "")


def _is_docs(fields: Fields, rules: Fields, system: str) -> bool:
    """Whether the card is one of documentation: as told, else by fields that only one kind has."""
    if "kind" not in rules and fields.keys() & {"pov", "cast"}:
        return False
    if "kind" not in rules and fields.keys() & {"type", "audience"}:
        return True
    said = rules.get("kind", system).lower()
    return sum(map(said.count, labels().signs_of_docs)) > sum(map(said.count, labels().signs_of_stories))


def _says(phrases: tuple[str, ...], word: str, value: str, system: str) -> bool:
    """Whether a convention is the one called *word*: by its field, else by any phrase of the instructions."""
    if value:
        return word in value.lower() or any(phrase.split()[0] in value.lower() for phrase in phrases)
    return any(phrase in system.lower() for phrase in phrases)


def _seed(title: str, beats: tuple[str, ...], fields: Fields) -> str:
    parts = (title, *beats, *(fields.get(name, "") for name in ("pov", "cast", "place", "time", "summary")))
    return "\n".join(" ".join(re.findall(r"\w+", part.lower())) for part in parts)
