"""Turns a Spanish beat, written in the present, into narrative where that can be done safely."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from storygen.rehearsal.grammar import word_file
from storygen.rehearsal.spanish_verbs import conjugated

_SUBJUNCTIVE = re.compile(
    r"\b(?:pide|quiere|ordena|manda|exige|ruega|espera|teme|necesita|prohíbe|permite|impide|sugiere|propone|insiste"
    r"|desea|aconseja)n?\b[^.;]*?\bque\b|\b(?:para|antes de|sin) que\b",
    re.IGNORECASE,
)
"""What may be followed by a subjunctive, whose past is not told by its spelling."""

_NO_VERBS = {"para", "paran", "nada", "nadan", "parte", "parten"}
_TOKEN = re.compile(r"\s+|[^\W\d_]+|.", re.DOTALL)


@cache
def _presents() -> dict[str, str]:
    """Return what each finite form of the present becomes in a story told in the past."""
    words = word_file("spanish-verbs")
    state = set(words["state"])
    lemmas = (
        {entry.split()[0] for entry in (*words["present"], *words["past"])} | set(words["regular"]) | state
    )
    told = {
        conjugated(lemma, "present", person): conjugated(
            lemma, "imperfect" if lemma in state else "past", person
        )
        for lemma in sorted(lemmas)
        if not lemma.endswith("se")
        for person in ("p", "s")
    }
    return {form: tale for form, tale in told.items() if form not in _NO_VERBS} | {"hay": "había"}


def retell(beat: str, *, present: bool, names: Iterable[str]) -> str:
    """Return *beat* in the past (or untouched in the present); nothing where no verb is sure.

    >>> retell("Ana ve la lámpara, aunque no hay nadie en la isla.", present=False, names=["Ana"])
    'Ana vio la lámpara, aunque no había nadie en la isla.'
    """
    shy = set(word_file("spanish-verbs")["determiners"])
    if not present and _SUBJUNCTIVE.search(beat):
        return ""
    people = {part for name in names for part in name.split()}
    told: list[str] = []
    before, quoted = "", False
    finite = 0
    for word in _TOKEN.findall(beat):
        quoted ^= word in '"“”«»'
        verb = "" if word in people else _presents().get(word if told else word.lower(), "")
        if verb and not quoted and before not in shy:
            finite += 1
            told.append(verb if word.islower() else verb.capitalize())
        else:
            told.append(word)
        before = word.lower() if word.strip() else before
    if not finite:
        return ""
    return beat if present else "".join(told)
