"""What the parts of a prompt are called, in many languages."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_BULLET = re.compile(r"\s{0,20}(?:[-*+•–]\s)?[*_\s]{0,9}")
_COLON = re.compile(r"[:：][*_]{0,2}(?=\s|$)")
_TAGGED = re.compile(r"\s{0,20}<([\w-]{1,40})>(.+)</\1>\s{0,20}$")
_LONGEST = 90


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of `labels.toml`: fields by label, units, languages, signs of a kind of text."""

    fields: dict[str, str]
    units: tuple[str, ...]
    languages: dict[str, str]
    common: dict[str, frozenset[str]]
    first_person: tuple[str, ...]
    present_tense: tuple[str, ...]
    types: tuple[str, ...]
    signs_of_docs: tuple[str, ...]
    signs_of_stories: tuple[str, ...]
    about: tuple[str, ...]

    def field(self, label: str) -> str | None:
        """Return the field that *label* means, or None where nobody knows; its beginning is enough.

        >>> labels().field("Punto de vista"), labels().field("Must appear verbatim"), labels().field("Mood")
        ('pov', 'must', None)
        """
        words = label[:_LONGEST].lower().split()
        beginnings = (" ".join(words[:count]).rstrip(",") for count in range(len(words), 0, -1))
        return next((self.fields[name] for name in beginnings if name in self.fields), None)


@cache
def labels() -> Labels:
    """Read the packaged labels, once."""
    raw: dict[str, Any] = tomllib.loads(
        (files(__package__) / "words" / "labels.toml").read_text(encoding="utf-8")
    )
    return Labels(
        fields={name: field for field, names in raw["fields"].items() for name in names},
        units=tuple(raw["units"]["words"]),
        languages=raw["languages"],
        common={lang: frozenset(names) for lang, names in raw["common"].items()},
        first_person=tuple(raw["narration"]["first"]),
        present_tense=tuple(raw["narration"]["present"]),
        types=tuple(raw["docs"]["types"]),
        signs_of_docs=tuple(raw["docs"]["signs"]),
        signs_of_stories=tuple(raw["docs"]["stories"]),
        about=tuple(raw["about"]["before"]),
    )


def labelled(line: str) -> tuple[str, str] | None:
    """Return label and value of a line that has both, in whatever markup; None for any other line.

    >>> labelled("**Title:** The boat"), labelled("<title>The boat</title>"), labelled("Nobody came.")
    (('Title', 'The boat'), ('title', 'The boat'), None)
    """
    tagged = _TAGGED.match(line)
    if tagged:
        return tagged[1], tagged[2].strip()
    start = _BULLET.match(line).end()  # type: ignore[union-attr]
    colon = _COLON.search(line, start, start + _LONGEST)
    label = line[start : colon.start()].strip("*_ ") if colon else ""
    if not colon or not label[:1].isalpha() or "`" in label:
        return None
    return label, line[colon.end() :].strip()
