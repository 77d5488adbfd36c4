"""Turns a Spanish beat, written in the present, into narrative where that can be done safely."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import cache

from storygen.rehearsal.grammar import word_file
from storygen.rehearsal.spanish_verbs import conjugated

_SUBJUNCTIVE = re.compile(
    r"\b(?:pide|quiere|ordena|manda|exige|ruega|espera|teme|necesita|prohíbe|permite|impide|sugiere|propone|insiste"
    r"|desea|aconseja)n?\b[^.;]*?\bque\b|\b(?:para|antes de|sin) que\b",
    re.IGNORECASE,
)
"""What may be followed by a subjunctive, whose past is not told by its spelling."""

_CLITICS = frozenset({"se", "le", "les", "lo", "me", "te", "nos", "no", "quien"})
_OBJECTS = frozenset({"lo", "la", "los", "las"})
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


def singular(word: str) -> bool:
    """Say whether *word* is the third person singular of a verb that Spanish outlines use in the present."""
    return word in _presents() and not word.endswith("n")


def _guessed(word: str, before: str, people: Container[str]) -> bool:
    """Say whether *word*, which nobody listed, stands where only a verb can: after a name or a clitic."""
    known = word in _presents() or word in _presents().values() or word in word_file("spanish-verbs")["stop"]
    return (
        (before in people or before in _CLITICS)
        and not known
        and bool(re.fullmatch(r"[a-zñ]{3,}[ae]n?", word))
    )


def retell(beat: str, *, present: bool, names: Iterable[str]) -> str:
    """Return *beat* in the past (or untouched in the present); nothing where no verb is sure.

    >>> retell("Ana ve la lámpara, aunque no hay nadie en la isla.", present=False, names=["Ana"])
    'Ana vio la lámpara, aunque no había nadie en la isla.'
    """
    shy = set(word_file("spanish-verbs")["determiners"])
    if not present and _SUBJUNCTIVE.search(beat):
        return ""
    people = {part for name in names for part in name.split() if part[0].isupper()}
    told: list[str] = []
    before, quoted = "", False
    finite, sure = 0, True
    for word in _TOKEN.findall(beat):
        quoted ^= word in '"“”«»'
        verb = "" if word in people else _presents().get(word if told else word.lower(), "")
        named = before in shy and not (
            before in _OBJECTS and word not in word_file("spanish-verbs")["nounlike"]
        )
        if verb and not quoted and not named:
            finite += 1
            told.append(verb if word.islower() else verb.capitalize())
        else:
            finite += word in _presents().values()
            sure = sure and not _guessed(word, before, people)
            told.append(word)
        before = (word if word in people else word.lower()) if word.strip() else before
    if present and finite:
        return beat
    return "".join(told) if finite and sure else ""
