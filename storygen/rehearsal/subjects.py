"""What a card's beats are about: noun phrases and words that other sentences can take up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"`[^`\n]+`|[^\W_](?:[\w’'./-]*\w)?|[^\w\s]")
_LONGEST_PHRASE = 3
_SHORTEST_WORD = 3


@dataclass(frozen=True, slots=True)
class Particles:
    """The small words of a language: articles open a noun phrase, stop words end one.

    Behind a `singular` article no noun ends in s, so that such a word is a verb.
    """

    articles: frozenset[str]
    singular: frozenset[str]
    stop: frozenset[str]


def phrases(text: str, particles: Particles) -> list[str]:
    """Return the noun phrases of *text* that stand behind an article, with it.

    >>> small = Particles(frozenset({"the", "a"}), frozenset({"a"}), frozenset({"the", "a", "and"}))
    >>> phrases("Open the config file and a second window", small)
    ['the config file', 'a second window']
    """
    runs = [(article, run) for article, run in _runs(text, particles) if article in particles.articles]
    return [
        f"{article} {' '.join(noun)}"
        for article, run in runs
        if 0 < len(noun := _noun(run) if article in particles.singular else run) <= _LONGEST_PHRASE
    ]


def _noun(run: list[str]) -> list[str]:
    return run[:-1] if run and re.search(r"[^s]s$", run[-1]) else run


def words(text: str, particles: Particles) -> list[str]:
    """Return the words of *text* that mean something, each once, as they would stand inside a sentence."""
    found = [word for _, run in _runs(text, particles) for word in run if len(word) >= _SHORTEST_WORD]
    return list(dict.fromkeys(found))


def _runs(text: str, particles: Particles) -> Iterator[tuple[str, list[str]]]:
    """Yield runs of words that mean something, each with the small word in front of it."""
    before, run = "", list[str]()
    for index, token in enumerate(_TOKEN.findall(text)):
        word = _inside(token, first=index == 0)
        if word.lower() in particles.stop or not re.search(r"\w", word):
            yield before, run
            before, run = word.lower(), []
        else:
            run.append(word)
    yield before, run


def _inside(token: str, *, first: bool) -> str:
    """Return a word as it stands inside a sentence: the first one loses its capital, unless it is a name."""
    return token.lower() if first and token[1:].islower() else token
