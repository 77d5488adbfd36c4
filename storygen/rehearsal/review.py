"""Reviews a section that a request holds: a sentence that could be two, and how it ends."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import islice

from storygen.outline.yaml_writer import Value, yaml_text
from storygen.rehearsal.conversation import Conversation
from storygen.rehearsal.reading import lang_of
from storygen.text.sentences import sentences

_ASKED = re.compile(r"^findings[ \t]*:", re.MULTILINE)
_TEXT = re.compile(r"<text>\n(.*)\n</text>", re.DOTALL)
_PROSE = re.compile(r"[^\W_]|[“„«‘—¿¡\"']")
"""How a paragraph begins that is neither code nor list, table, quotation or heading."""

_SPEECH = re.compile('[“”„«»‘"—]')

_LONGEST = 2
"""Sentences that are found too long."""


def asks_for_review(conversation: Conversation) -> bool:
    """Say whether a request wants to know what could be better in a text that it holds."""
    return bool(_ASKED.search(conversation.system)) and bool(_TEXT.search(_asking(conversation)))


def review(conversation: Conversation) -> str:
    """Return what is found in the text that *conversation* holds, as YAML, with quotes that are true."""
    asking = _asking(conversation)
    found = _TEXT.search(asking)
    text = found[1] if found else ""
    lang = lang_of("", conversation.system, text)
    findings = list(_findings(text, lang))
    return yaml_text({"findings": findings}, remarks={}) if findings else "findings: []\n"


def _asking(conversation: Conversation) -> str:
    return "\n\n".join(conversation.asking)


def _findings(text: str, lang: str) -> Iterator[Mapping[str, Value]]:
    """Yield the longest sentences that fall in two, and last the sentence that the text ends with."""
    words = _words(lang)
    told = [each for each in _told(text, lang) if text.count(each) == 1]
    *others, last = told or [""]
    parted = ((each, _parted(each, words["joint"])) for each in sorted(others, key=len, reverse=True))
    for quote, suggestion in islice((pair for pair in parted if pair[1]), _LONGEST):
        yield {"quote": quote, "rule": "rhythm", "why": words["long"], "suggestion": suggestion}
    if last:
        yield {"quote": last, "rule": "ending", "why": words["last"]}


def _parted(sentence: str, joint: str) -> str:
    """Return *sentence* as two; empty where it has no *joint* to part it at, or somebody speaks in it.

    >>> _parted("She knocked, and nobody came.", ", and (?=nobody )")
    'She knocked. Nobody came.'
    """
    first, *rest = re.split(joint, sentence, maxsplit=1)
    if not rest or _SPEECH.search(sentence):
        return ""
    return f"{first}. {rest[0][0].upper()}{rest[0][1:]}"


def _told(text: str, lang: str) -> list[str]:
    """Return the sentences of the paragraphs of prose, each as it stands in a line."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text))
    prose = [block for block in blocks if _PROSE.match(block) and "\n" not in block]
    return [each.strip() for block in prose for each in sentences(block, lang) if each.strip()]


def _words(lang: str) -> Mapping[str, str]:
    known = _languages()
    return known.get(lang[:2].lower(), known["en"])


@cache
def _languages() -> Mapping[str, Mapping[str, str]]:
    raw = (files(__package__) / "words" / "reviewing.toml").read_text(encoding="utf-8")
    return tomllib.loads(raw)
