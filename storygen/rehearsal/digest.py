"""Sums up a section that a request holds: what happened, facts with their quotes, threads."""

from __future__ import annotations

import re
from collections import Counter
from typing import TypeVar

from storygen.draft import Digest, Fact
from storygen.outline.digest import spell_digest
from storygen.rehearsal.conversation import Conversation
from storygen.rehearsal.region import item
from storygen.text.sentences import sentences
from storygen.text.words import word_spans

_T = TypeVar("_T")

_ASKED = re.compile(r"^happened[ \t]*:", re.MULTILINE)
_TEXT = re.compile(r"<text>\n(.*)\n</text>", re.DOTALL)
_NAME = re.compile(r"(?<=[^\W\d_] )[A-ZÀ-ÖØ-Þ][^\W\d_]+")
_THREADS = re.compile(r"[Tt]hreads?\b")

_TOLD = 3
_FACTS = 4
_NAMES = 5
_QUOTED = 8
_TELLING = 5
"""Letters from which on a word says something of what a thread is about."""


def asks_for_digest(conversation: Conversation) -> bool:
    """Say whether a request wants to know what happened in a text that it holds."""
    return bool(_ASKED.search(conversation.system)) and bool(_TEXT.search(_asking(conversation)))


def digest(conversation: Conversation) -> str:
    """Return the digest of the text that *conversation* holds, as YAML."""
    asking = _asking(conversation)
    text = _TEXT.search(asking)
    prose = text[1] if text else asking
    names, threads = _listed(asking[: text.start()] if text else "")
    told = [" ".join(sentence.split()) for sentence in sentences(prose) if sentence.strip()]
    names = [name for name in names if name in prose] or _guessed(prose)
    about = [(name, said) for said in told for name in names if name in said and said[-1] in ".!?…"]
    chosen = _spread(list(dict.fromkeys(said for _, said in about)) or told, _TOLD)
    return spell_digest(
        Digest(
            " ".join(chosen) or "Nothing.",
            tuple(Fact(said, name, _beginning(said)) for name, said in _spread(about, _FACTS)),
            tuple(said for said in told if said.endswith("?"))[:1],
            tuple(thread for thread in threads if _touched(thread, prose)),
        )
    )


def _asking(conversation: Conversation) -> str:
    return "\n\n".join(conversation.asking)


def _listed(text: str) -> tuple[list[str], list[str]]:
    """Return the items of the lists before the text: the names, and the threads that are open."""
    names: list[str] = []
    threads: list[str] = []
    into = names
    for line in text.splitlines():
        if listed := item(line):
            into.append(listed)
        elif line.strip():
            into = threads if _THREADS.match(line) else names
    return names, threads


def _guessed(prose: str) -> list[str]:
    """Return the words that are most often written large inside a sentence."""
    return [name for name, _ in Counter(_NAME.findall(prose)).most_common(_NAMES)]


def _spread(found: list[_T], most: int) -> list[_T]:
    """Return *most* of what was *found*, from its beginning, its middle and its end."""
    if len(found) <= most:
        return found
    return [found[index * (len(found) - 1) // (most - 1)] for index in range(most)]


def _beginning(sentence: str) -> str:
    spans = list(word_spans(sentence))[:_QUOTED]
    return sentence[spans[0][0] : spans[-1][1]] if spans else sentence


def _touched(thread: str, prose: str) -> bool:
    words = [thread[start:end].lower() for start, end in word_spans(thread)]
    return any(len(word) >= _TELLING and word in prose.lower() for word in words)
