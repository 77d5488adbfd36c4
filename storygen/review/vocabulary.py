"""The words that tell one language, person and tense from another, a table for each language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "de", "es", "ja", "fr", "it", "pt", "nl")
"""The languages that have a table, in the order in which a tie is decided."""


class Person(StrEnum):
    """Who tells."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"


class Tense(StrEnum):
    """When it is told."""

    PAST = "past"
    PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of the words of one language; an empty set means that nobody knows.

    `common` are its most frequent words, `also` those that are frequent elsewhere. `person` has the pronouns
    of each person, `narrator` those of one who says I, `tense` verb forms by what they show. `closings` are
    how a summing up begins, `names` what eyes and hair are called, `spelling` pairs of spellings.
    """

    common: frozenset[str]
    also: frozenset[str] = frozenset()
    code: str = ""
    person: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tense: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    closings: tuple[str, ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)
    spelling: Mapping[str, Any] = field(default_factory=dict)


def code_of(tag: str) -> str:
    """Return the language of the BCP 47 *tag*, without region or script.

    >>> code_of("de_CH")
    'de'
    """
    return tag.replace("_", "-").partition("-")[0].lower()


@cache
def vocabulary(code: str) -> Vocabulary:
    """Return what is known of the words of the language *code*; nothing for one without a table."""
    if code not in LANGUAGES:
        return Vocabulary(frozenset())
    raw = read_table(f"{code}.toml")
    return Vocabulary(
        common=_words(raw["common"]),
        also=_words(raw.get("also", "")),
        code=code,
        person={name: _words(text) for name, text in raw.get("person", {}).items()},
        tense={name: tuple(text.split()) for name, text in raw.get("tense", {}).items()},
        closings=tuple(raw.get("closings", {}).get("starts", ())),
        names=raw.get("names", {}),
        spelling=raw.get("spelling", {}),
    )


def declared_person(words: str) -> Person | None:
    """Return the person that an author's *words* declare; None where they declare none that is known.

    >>> declared_person("third, limited; one point of view a scene"), declared_person("Ich-Form")
    (<Person.THIRD: 'third'>, <Person.FIRST: 'first'>)
    """
    name = _declared("person", words)
    return Person(name) if name else None


def declared_tense(words: str) -> Tense | None:
    """Return the tense that an author's *words* declare; None where they declare none that is known.

    >>> declared_tense("pasado"), declared_tense("Präsens"), declared_tense("")
    (<Tense.PAST: 'past'>, <Tense.PRESENT: 'present'>, None)
    """
    name = _declared("tense", words)
    return Tense(name) if name else None


def _declared(kind: str, words: str) -> str:
    """Return the name of what stands first in *words*."""
    said = words.casefold()
    table: dict[str, list[str]] = _declarations()[kind]
    found = [(said.find(word), name) for name, known in table.items() for word in known if word in said]
    return min(found)[1] if found else ""


@cache
def _declarations() -> dict[str, Any]:
    return read_table("declared.toml")


def read_table(name: str) -> dict[str, Any]:
    """Return what the table called *name* holds."""
    return tomllib.loads((files(__package__) / "words" / name).read_text("utf-8"))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())
