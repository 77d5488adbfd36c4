"""Whether a text keeps to its card: words, what must and what must not stand in it, beats, who is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from storygen.draft import Finding
from storygen.outline.tree import Kind, Outline
from storygen.outline.verbatim import absent, plain_marks
from storygen.review.page import Page, clipped
from storygen.review.rules import ABSENT, AVOIDED, BEAT, LENGTH, MUST, Rule
from storygen.review.vocabulary import code_of, vocabulary
from storygen.text.words import count_words, plain_words

SLACK = 0.25
"""A text may be so much shorter or longer than its target before that is said."""

_COVERED = 0.34
_STEM = 5
_LEAST = 4


def avoided(page: Page) -> Iterator[Finding]:
    """Yield a finding for every phrase in *page* that its style avoids, at its first place."""
    phrases = page.section.style.avoid
    pattern = _any_of(phrases)
    if pattern is None:
        return
    found: dict[str, list[tuple[int, int]]] = {}
    for hit in pattern.finditer(plain_marks(page.prose)):
        found.setdefault(" ".join(hit[0].casefold().split()), []).append(hit.span())
    for spans in found.values():
        times = f" ({len(spans)} times)" if len(spans) > 1 else ""
        yield page.finding(
            AVOIDED, spans[0], f"“{clipped(page.text[slice(*spans[0])])}” is a phrase to avoid{times}"
        )


def missing(page: Page, kind: Kind) -> Iterator[Finding]:
    """Yield a finding for all that must stand in *page* and does not, wherever its lines are broken."""
    text = _on_one_line(page.text)
    for must in page.section.must:
        if absent((_on_one_line(must),), text, kind):
            yield _absent(page, MUST, f"“{clipped(must)}” must stand here verbatim, and does not")


def outside_target(page: Page) -> Iterator[Finding]:
    """Yield a finding if *page* is much shorter or longer than its card asks."""
    target = page.section.words
    if target.low <= len(page.words) <= target.high:  # near enough, however words are counted
        return
    words = count_words(page.text)
    if words < target.low * (1 - SLACK) or words > target.high * (1 + SLACK):
        wanted = f"{target.low:,}" if target.low == target.high else f"{target.low:,} to {target.high:,}"
        yield _absent(page, LENGTH, f"{words:,} words, and its card asks for {wanted}")


def beats_not_found(page: Page) -> Iterator[Finding]:
    """Yield a finding for every beat few of whose words are anywhere in *page*."""
    common = vocabulary(code_of(page.lang)).common
    if not common or not page.section.beats:
        return
    there = {_stem(word) for word in set(page.words)}
    for beat in page.section.beats:
        words = {_stem(word) for word in plain_words(beat) if len(word) >= _LEAST and word not in common}
        if len(words) >= _LEAST and len(words & there) < _COVERED * len(words):
            yield _absent(page, BEAT, f"few words of this beat are here: “{clipped(beat)}”")


def absent_names(page: Page, outline: Outline) -> Iterator[Finding]:
    """Yield a finding for everybody on the card of *page* who is named in it by no name in the codex."""
    cast = [name for name in page.section.cast if name != page.section.pov]
    text = f" {' '.join(page.words)} " if cast else ""
    for name in cast:
        names = next((entry.names for entry in outline.codex if name in entry.names), (name,))
        wanted = [
            " ".join(plain_words(each))
            for each in (*names, *(part for each in names for part in each.split() if part[:1].isupper()))
        ]
        if not any(re.search(rf"(?<!\w){re.escape(each)}(?:'?s)?(?!\w)", text) for each in wanted if each):
            yield _absent(page, ABSENT, f"{name} is on the card, and is not named here")


def _absent(page: Page, rule: Rule, message: str) -> Finding:
    """Return a finding about something that is not in *page*, and so has no place there."""
    return Finding(rule.name, message, path=page.piece.path, help=rule.help, severity=rule.ground.severity)


def _stem(word: str) -> str:
    return word[:_STEM]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=64)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return what finds any of *phrases*, in any case and however it is wrapped."""
    patterns = [
        r"\s+".join(map(re.escape, plain_marks(phrase).split())) for phrase in phrases if phrase.strip()
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE) if patterns else None
