"""Which languages the built-in model writes, and what it says first where asked for another."""

from __future__ import annotations

import re

from storygen.rehearsal.english import English
from storygen.rehearsal.spanish import Spanish
from storygen.rehearsal.telling import Tongue

_SPANISH = re.compile(r"es\b|spanish|español|castellano", re.IGNORECASE)
_AMERICAN = re.compile(r"en[-_]us", re.IGNORECASE)
_ENGLISH = re.compile(r"en\b|english|$", re.IGNORECASE)
_ELSEWHERE = "*The built-in model writes only English and Spanish; here it rehearses in English.*"
_OWN = {
    "de": "*Das eingebaute Modell schreibt nur Englisch und Spanisch; hier probt es auf Englisch.*",
    "fr": "*Le modèle intégré n’écrit qu’en anglais et en espagnol ; ici, il répète en anglais.*",
    "it": "*Il modello incluso scrive solo in inglese e in spagnolo; qui prova in inglese.*",
    "pt": "*O modelo incluído escreve só em inglês e espanhol; aqui ensaia em inglês.*",
    "nl": "*Het ingebouwde model schrijft alleen Engels en Spaans; hier repeteert het in het Engels.*",
}


def tongue_of(lang: str) -> Tongue:
    """Return Spanish for `es` and its regions, English for everything else."""
    if _SPANISH.match(lang):
        return Spanish()
    return English(american=_AMERICAN.match(lang) is not None)


def apology(lang: str) -> str:
    """Return the line that says, in *lang* or in English, that English follows; nothing where none is due.

    >>> apology("en-GB"), apology("es-MX"), apology("ja")[:20]
    ('', '', '*The built-in model ')
    """
    if _SPANISH.match(lang) or _ENGLISH.match(lang):
        return ""
    return _OWN.get(lang[:2].lower(), _ELSEWHERE)
