"""Where a section meets others: the tail, the line not to cross, how the nearest begin and end."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from storygen.messages import Count
from storygen.outline.tree import Outline, Section
from storygen.prompts.plan import clip
from storygen.text.languages import language
from storygen.text.sentences import sentences, tail
from storygen.text.words import word_spans

TAIL_WORDS = 300
"""A verbatim tail has at least these many words, where there are so many."""

_OPENING = 5
_CHARACTERS = 2
"""So many times more of them are shown where every character counts as a word."""


def last_words(text: str, lang: str, *, limit: int, count: Count) -> str:
    """Return the tail of *text*: verbatim, from a sentence start, at least TAIL_WORDS words.

    Where so many need more than *limit* tokens it is half as long, as often as it has to be.
    """
    words = TAIL_WORDS
    last = tail(text, words=words, lang=lang)
    while count(last) > limit and words > 1:
        words //= 2
        last = tail(last, words=words, lang=lang)
    return last


def fence(outline: Outline, section: Section) -> str:
    """Return what the section after *section* begins with: its first beat, its summary or its title."""
    following = outline.sections[section.position : section.position + 1]
    return "".join(
        clip(next(iter(after.beats), "") or after.summary or after.title, words=60) for after in following
    )


def openings(texts: Iterable[str], lang: str) -> tuple[str, ...]:
    """Return the first words of each of *texts*, where it begins with any."""
    known = language(lang)
    words = _OPENING * (_CHARACTERS if known and known.alone else 1)
    return tuple(filter(None, (_opening(text, words=words) for text in texts)))


def endings(texts: Iterable[str], lang: str) -> tuple[str, ...]:
    """Return the last sentence of each of *texts*, where it ends with one."""
    return tuple(filter(None, (_ending(text, lang) for text in texts)))


def _opening(text: str, *, words: int) -> str:
    r"""Return the first *words* words of *text*.

    >>> _opening("## Steps\n\nAnna crosses in bad weather.", words=5)
    'Steps Anna crosses in bad'
    """
    spans = list(islice(word_spans(text), words))
    return " ".join(text[spans[0][0] : spans[-1][1]].split()) if spans else ""


def _ending(text: str, lang: str) -> str:
    r"""Return the last sentence of *text*; nothing where that is no prose.

    >>> _ending("He left. It rained.\n", "en"), _ending("Run it:\n\n```sh\nferry --clock\n```", "en")
    ('It rained.', '')
    """
    last = sentences(text.rstrip().rpartition("\n\n")[2], lang)
    return clip(last[-1], words=30) if last and not text.rstrip().endswith(("```", "~~~", "|")) else ""
