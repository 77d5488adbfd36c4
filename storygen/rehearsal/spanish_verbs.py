"""Spanish verb forms, plurals and agreement."""

from __future__ import annotations

import re
from functools import cache

from storygen.rehearsal.grammar import word_file

_PLAIN_ACCENTS = str.maketrans("áéíóú", "aeiou")
_ENDINGS = {
    ("present", "a"): ("o", "a", "an"),
    ("present", "e"): ("o", "e", "en"),
    ("present", "i"): ("o", "e", "en"),
    ("past", "a"): ("é", "ó", "aron"),
    ("past", "e"): ("í", "ió", "ieron"),
    ("past", "i"): ("í", "ió", "ieron"),
    ("imperfect", "a"): ("aba", "aba", "aban"),
    ("imperfect", "e"): ("ía", "ía", "ían"),
    ("imperfect", "i"): ("ía", "ía", "ían"),
}
_PERSONS = {"I": 0, "s": 1, "p": 2}
_BEFORE_E = {"c": "qu", "g": "gu", "z": "c"}
_SPELLING = re.compile(r"(c|g|z)(?=é$)")


def agreed(adjective: str, *, feminine: bool) -> str:
    """Return the singular of *adjective*, which is given in the masculine."""
    first, _, rest = adjective.partition(" ")
    if not feminine:
        return adjective
    if rest:
        return f"{first} {agreed(rest, feminine=True)}"
    if adjective.endswith("o"):
        return f"{adjective[:-1]}a"
    return f"{adjective}a" if adjective.endswith("or") else adjective


def plural(noun: str) -> str:
    """Return the plural.

    >>> [plural(noun) for noun in ("taza", "reloj", "lápiz", "botón", "imán")]
    ['tazas', 'relojes', 'lápices', 'botones', 'imanes']
    """
    first, space, rest = noun.partition(" ")
    if space:
        return (
            f"{plural(first)} {rest}"
            if rest.startswith(("de ", "con "))
            else f"{plural(first)} {plural(rest)}"
        )
    if noun[-1] in "aeiouéó":
        return f"{noun}s"
    if noun.endswith("z"):
        return f"{noun[:-1]}ces"
    if noun[-2:-1] in "áéíóú":
        return noun[:-2] + noun[-2].translate(_PLAIN_ACCENTS) + noun[-1] + "es"
    return f"{noun}es"


@cache
def _special(tense: str) -> dict[str, list[str]]:
    return {entry.split()[0]: entry.split()[1:] for entry in word_file("spanish-verbs").get(tense, ())}


@cache
def conjugated(lemma: str, tense: str, person: str) -> str:
    """Return a finite form; *tense* is present, past or imperfect, *person* I, s or p.

    >>> conjugated("cruzar", "past", "I"), conjugated("oír", "past", "s"), conjugated("ver", "imperfect", "p")
    ('crucé', 'oyó', 'veían')
    """
    number = _PERSONS[person]
    if lemma in _special(tense):
        return _special(tense)[lemma][number]
    vowel = lemma[-2].translate(_PLAIN_ACCENTS)
    ending = _ENDINGS[tense, vowel][number]
    form = lemma[:-2] + ending
    if tense == "past" and vowel == "a":
        return _SPELLING.sub(lambda found: _BEFORE_E[found[1]], form)
    return form
