"""A small grammar: groups of patterns with gaps, read from a word file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_PART = re.compile(r"\{([^{}.?]+)(?:\.([^{}?]+))?(\?)?\}|\[([^\[\].]+)(?:\.([^\[\]]+))?\]")


@dataclass(frozen=True, slots=True)
class Gap:
    """A place for a figure, a fact of the scene, or an item of a group; a *seldom* one mostly stays empty."""

    name: str
    form: str = ""
    seldom: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """A finite verb by its lemma; it agrees with the last subject unless its form names another person."""

    lemma: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase or sentence: plain text, gaps and verbs in a row, and the names of what its gaps need."""

    parts: tuple[str | Gap | Verb, ...]
    needs: frozenset[str]


Grammar = Mapping[str, tuple[Pattern, ...]]


def pattern(text: str) -> Pattern:
    """Read one pattern; a gap with a question mark is mostly left empty.

    >>> pattern("the {old?} [fall.s]").parts
    ('the ', Gap(name='old', form='', seldom=True), ' ', Verb(lemma='fall', form='s'))
    """
    parts: list[str | Gap | Verb] = []
    end = 0
    for found in _PART.finditer(text):
        parts.append(text[end : found.start()])
        gap, gap_form, seldom, verb, verb_form = found.groups(default="")
        parts.append(Gap(gap, gap_form, bool(seldom)) if gap else Verb(verb, verb_form))
        end = found.end()
    parts.append(text[end:])
    needs = (
        f"{part.name}.name" if part.form == "name" else part.name for part in parts if isinstance(part, Gap)
    )
    return Pattern(tuple(part for part in parts if part != ""), frozenset(needs))


def items(block: str) -> tuple[str, ...]:
    r"""Return the items of a group: one a line, or several on a line with bars between them.

    >>> items("kettle | coat\nold lamp")
    ('kettle', 'coat', 'old lamp')
    """
    return tuple(item.strip() for item in re.split(r"\n| \| ", block) if item.strip())


@cache
def word_file(name: str) -> Mapping[str, tuple[str, ...]]:
    """Return the groups of `words/<name>.toml` by name, their items as they are written."""
    text = (files("storygen.rehearsal") / "words" / f"{name}.toml").read_text(encoding="utf-8")
    return {group: items(block) for group, block in tomllib.loads(text).items()}


@cache
def grammar(*names: str) -> Grammar:
    """Return every group of the word files *names* as patterns."""
    return {group: tuple(map(pattern, texts)) for name in names for group, texts in word_file(name).items()}


def clock(name: str, time: str) -> str:
    """Return what the word file *name* calls the hour of the first word of its clock that *time* has.

    >>> clock("english", "October 1961, dusk"), clock("english", "1961")
    ('evening', '')
    """
    pairs = (entry.split(maxsplit=1) for entry in word_file(name)["clock"])
    return next((called for word, called in pairs if word in time.lower()), "")
