"""What the parts of a prompt are called, in many languages."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_LABELLED = re.compile(
    r"^\s*(?:[-*+•–]\s+)?[*_]{0,2}(?P<label>[^\W\d_][^:：\n`]{0,90}?)\s*[*_]{0,2}\s*[:：][*_]{0,2}(?:\s+(?P<value>\S.*))?$"
)


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of `labels.toml`: fields by label, units, languages, signs of a kind of text."""

    fields: dict[str, tuple[str, ...]]
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
        """Return the field that *label* means, or None for a label that nobody knows.

        >>> labels().field("Punto de vista"), labels().field("Must appear verbatim"), labels().field("Mood")
        ('pov', 'must', None)
        """
        wanted = label.lower().strip()
        known = [(len(name), field) for field, names in self.fields.items() for name in names if _begins(wanted, name)]
        return max(known)[1] if known else None


@cache
def labels() -> Labels:
    """Read the packaged labels, once."""
    raw: dict[str, Any] = tomllib.loads(
        (files(__package__) / "words" / "labels.toml").read_text(encoding="utf-8")
    )
    return Labels(
        fields={field: tuple(names) for field, names in raw["fields"].items()},
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

    >>> labelled("**Title:** The boat"), labelled("Nobody came.")
    (('Title', 'The boat'), None)
    """
    found = _LABELLED.match(line)
    return (found["label"].strip(), (found["value"] or "").strip()) if found else None


def _begins(label: str, name: str) -> bool:
    return label == name or label.startswith((f"{name} ", f"{name},", f"{name} ("))
