"""Who is named in a book: names that are nearly somebody's, that nobody planned, that never come."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from storygen.draft import Finding
from storygen.outline.tree import Heading, Include, Outline
from storygen.review.page import Page, Piece
from storygen.review.rules import NAME, UNPLANNED, UNSEEN
from storygen.review.vocabulary import code_of
from storygen.text.words import plain_words

_ARTICLE = r"(?:the|an?|this|that|el|las?|los?|una?|il|l[aei]s?|del?|des|du|al)"
_NAMED = re.compile(
    rf"(?<![\w’'-])(?!{_ARTICLE} )[a-zà-ÿ]+,? (?P<name>[A-ZÀ-Þ][a-zà-ÿ]{{2,}})"
    r"(?:['’]s)?(?![\w-])(?! [A-ZÀ-Þ])"
)
"""A name inside a sentence: one word with a capital, behind one without, that is no article."""

_CAPITAL = re.compile(r"[A-ZÀ-Þ][\w’'-]*")
_CHECKED = {"en", "es", "fr", "it", "pt", "nl"}
_SHORTEST = 4
_LONG = 8
_OFTEN = 8
_SECTIONS = 3
_SHARE = 3
_SHOWN = 5


def is_checked(tag: str) -> bool:
    """Whether a capital letter marks a name in the language *tag*, and nothing else inside a sentence."""
    return code_of(tag) in _CHECKED


@dataclass(slots=True)
class _Seen:
    """A name that no plan has: how often it stands in the book, in which sections, and where at first."""

    piece: Piece
    span: tuple[int, int]
    count: int = 0
    sections: int = 0
    last: str = ""


class Names:
    """Hears every name of a book, section after section."""

    def __init__(self, outline: Outline) -> None:
        """Know the names that *outline* has."""
        self._outline = outline
        self._counts: Counter[str] = Counter()
        self._strange: dict[str, _Seen] = {}
        self._unseen = {
            entry.name: _phrases(entry.names) for entry in outline.codex if entry.include is not Include.NEVER
        }
        self._listens = is_checked(outline.lang)

    def read(self, page: Page) -> None:
        """Take note of the names in *page*."""
        text = f" {' '.join(page.words)} " if self._unseen else ""
        for name in [
            name for name, phrases in self._unseen.items() if any(phrase in text for phrase in phrases)
        ]:
            del self._unseen[name]
        if not self._listens:
            return
        for found in _NAMED.finditer(page.prose):
            name = found["name"]
            self._counts[name] += 1
            if name not in self._planned:
                seen = self._strange.setdefault(name, _Seen(page.piece, found.span("name")))
                seen.count += 1
                seen.sections += seen.last != page.section.id
                seen.last = page.section.id

    def findings(self, *, whole: bool) -> Iterator[Finding]:
        """Yield what is to be said when all is read; *whole* is whether the book has all its sections."""
        for name, seen in self._strange.items():
            page = Page(seen.piece)
            known = self._nearest(name)
            times = f" ({seen.count} times)" if seen.count > 1 else ""
            if known and seen.count <= max(2, self._counts[known] // _SHARE):
                yield page.finding(NAME, seen.span, f"{name}{times} is in no plan, and nearly {known}")
            elif self._outline.codex and seen.count >= _OFTEN and seen.sections >= _SECTIONS:
                yield page.finding(
                    UNPLANNED, seen.span, f"{name}{times} is in {seen.sections} sections and in no plan"
                )
        if whole:
            yield from self._never_seen()

    def _never_seen(self) -> Iterator[Finding]:
        for name in list(self._unseen)[:_SHOWN]:
            message = f"{name} is in the codex, and in no section"
            yield Finding(UNSEEN.name, message, help=UNSEEN.help, severity=UNSEEN.ground.severity)

    @cached_property
    def _planned(self) -> frozenset[str]:
        """Every word with a capital letter anywhere in the outline."""
        outline = self._outline
        texts = [outline.title, outline.summary]
        for entry in outline.codex:
            texts += [*entry.names, entry.about, entry.voice, *(change.about for change in entry.changes)]
        for node in outline.nodes:
            texts += [node.title, node.summary]
            if not isinstance(node, Heading):
                texts += [
                    *node.beats,
                    *node.cast,
                    *node.facts,
                    *node.must,
                    *node.plant,
                    *node.pay,
                    *node.story.values(),
                ]
                texts += [node.pov, node.place, node.time, node.enter, node.leave]
        return frozenset(
            word.split("’")[0].split("'")[0] for text in texts for word in _CAPITAL.findall(text)
        )

    @cached_property
    def _people(self) -> tuple[str, ...]:
        """The words of the names in the codex and on cards that a misspelling can be recognised by."""
        names = [name for entry in self._outline.codex for name in entry.names]
        names += [name for section in self._outline.sections for name in (*section.cast, section.pov)]
        words = (word for name in names for word in _CAPITAL.findall(name))
        return tuple(dict.fromkeys(word for word in words if len(word) >= _SHORTEST))

    def _nearest(self, name: str) -> str:
        """Return the planned name that *name* is nearly; a longer or shorter form of one is another name."""
        if len(name) < _SHORTEST:
            return ""
        near = (known for known in self._people if not known.startswith(name) and not name.startswith(known))
        return next((known for known in near if _steps(name, known) <= 1 + (len(known) >= _LONG)), "")


def _phrases(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return *names*, and the words of them that have a capital, as a text of plain words has them."""
    parts = [part for name in names for part in name.split() if _CAPITAL.fullmatch(part)]
    told = (" ".join(plain_words(name)) for name in (*names, *parts))
    return tuple(f" {name}{end}" for name in dict.fromkeys(told) if name for end in (" ", "'s ", "s "))


def _steps(one: str, other: str) -> int:
    """Return how many letters have to change, go, come or change places to make *other* of *one*.

    >>> _steps("Inez", "Ines"), _steps("Tobais", "Tobias"), _steps("Quill", "Marta")
    (1, 1, 5)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        older, before, row = before, row, [at]
        for to, wanted in enumerate(other, 1):
            cost = min(row[-1] + 1, before[to] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
    return row[-1]
