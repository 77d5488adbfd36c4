"""English verb forms and plurals."""

from __future__ import annotations

import re
from functools import cache

from storygen.rehearsal.grammar import word_file

_PLURALS = {"mouse": "mice", "goose": "geese", "knife": "knives", "loaf": "loaves", "man": "men"}
_DOUBLED = re.compile(r"(?:[^aeiou]|qu)[aeiou][bdglmnprt]$")
_STRESSED_LAST = {
    "admit",
    "permit",
    "submit",
    "commit",
    "omit",
    "refer",
    "prefer",
    "occur",
    "regret",
    "transfer",
}


@cache
def irregular() -> dict[str, tuple[str, str]]:
    """Return the past and the past participle of every irregular verb by its lemma."""
    return {
        entry.split()[0]: (entry.split()[1], entry.split()[2])
        for entry in word_file("english-verbs")["irregular"]
    }


@cache
def past(lemma: str) -> str:
    """Return the simple past.

    >>> [past(lemma) for lemma in ("see", "carry", "stop", "open", "refuse")]
    ['saw', 'carried', 'stopped', 'opened', 'refused']
    """
    if lemma in irregular():
        return irregular()[lemma][0]
    if lemma.endswith("e"):
        return f"{lemma}d"
    if re.search(r"[^aeiou]y$", lemma):
        return f"{lemma[:-1]}ied"
    return f"{_doubled(lemma)}ed"


def participle(lemma: str) -> str:
    """Return the past participle."""
    return irregular()[lemma][1] if lemma in irregular() else past(lemma)


@cache
def gerund(lemma: str) -> str:
    """Return the form in -ing.

    >>> [gerund(lemma) for lemma in ("tie", "measure", "tap", "see", "open")]
    ['tying', 'measuring', 'tapping', 'seeing', 'opening']
    """
    if lemma.endswith("ie"):
        return f"{lemma[:-2]}ying"
    if re.search(r"[^eo]e$", lemma):
        return f"{lemma[:-1]}ing"
    return f"{_doubled(lemma)}ing"


def _doubled(lemma: str) -> str:
    short = len(re.findall("[aeiou]+", lemma)) == 1 or lemma in _STRESSED_LAST
    return lemma + lemma[-1] if short and _DOUBLED.search(lemma) else lemma


@cache
def third_person(lemma: str) -> str:
    """Return the third person singular of the present.

    >>> [third_person(lemma) for lemma in ("go", "watch", "carry", "have", "say")]
    ['goes', 'watches', 'carries', 'has', 'says']
    """
    if lemma == "have":
        return "has"
    return plural(lemma)


def plural(noun: str) -> str:
    """Return the regular plural, which is spelt like a verb's third person.

    >>> [plural(noun) for noun in ("box", "key", "story", "loaf")]
    ['boxes', 'keys', 'stories', 'loaves']
    """
    if noun.endswith(tuple(_PLURALS)):
        ending = next(ending for ending in _PLURALS if noun.endswith(ending))
        return noun.removesuffix(ending) + _PLURALS[ending]
    if re.search(r"(?:s|x|z|ch|sh|[^aeiou]o)$", noun):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if re.search(r"[^aeiou]y$", noun) else f"{noun}s"
