"""Whether a line that a model wrote is a title that is already known."""

from __future__ import annotations

import re
import unicodedata

_ATTRIBUTES = re.compile(r"\s*\{[^{}]*\}\s*\Z")
_DIGITS = r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,5}"
_NUMBER = rf"(?:{_DIGITS}|[ivxlcdm]{{1,8}}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_LEVEL = (
    "chapter|part|section|scene|act|page|book|kapitel|teil|abschnitt|szene|seite|chapitre|partie|scène|page"
    "|capítulo|parte|sección|escena|capitolo|sezione|scena"
)
_PREFIX = re.compile(rf"(?:(?:{_LEVEL})\s+{_NUMBER}\b|{_DIGITS}\b[.)]?)\s*[:.)–—-]*\s*")
_GOES_ON = "continued|cont\\.?|cont[’']d|fortsetzung|suite|continuación|continuazione|seguito"
_SUFFIX = re.compile(rf"\s*[-–—:,]?\s*[(\[]?\s*(?:{_GOES_ON})\s*[)\]]?\s*\Z")
_ROOM = 120
"""How many characters longer than its title a line may be; number, level and markup need no more."""

_NOT_SAID = re.compile(r"[\W_]+")


def same_title(line: str, title: str) -> bool:
    """Whether *line* says *title* and no more than its number, its level or that it goes on.

    >>> same_title("Chapter 3: **The Boat** (continued)", "The boat")
    True
    >>> same_title("The boat sinks", "The boat")
    False
    """
    if len(line) > len(title) + _ROOM:
        return False
    wanted = _said(title)
    return bool(wanted) and any(_said(form) == wanted for form in _forms(line))


def _forms(line: str) -> tuple[str, ...]:
    """Return *line* as it is, and without what models put around a title."""
    plain = _ATTRIBUTES.sub("", line).casefold().replace("*", "").replace("_", " ").strip(" #")
    whole = _SUFFIX.sub("", plain)
    return plain, whole, _without_prefix(plain), _without_prefix(whole)


def _without_prefix(text: str) -> str:
    found = _PREFIX.match(text)
    return text[found.end() :] if found else text


def _said(text: str) -> str:
    """Return only what *text* says: letters and digits, in one spelling."""
    return _NOT_SAID.sub("", unicodedata.normalize("NFKC", text).casefold())
