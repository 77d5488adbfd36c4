"""Hints at how a section reads: its rhythm, its paragraphs, its figures of speech, its last lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from storygen.draft import Finding
from storygen.review.measures import Measures
from storygen.review.page import Page, clipped
from storygen.review.rules import CONTRAST, PARAGRAPHS, REPETITION, RHYTHM, SUMMING_UP
from storygen.review.vocabulary import code_of, vocabulary

EVEN = 0.3
"""Sentences or paragraphs that are less unlike each other than this are all of one length."""

_SENTENCES = 30
_PARAGRAPHS = 8
_SHORT_RUN = 6
_AGAIN = 0.005
_WORDS = 300
_CONTRASTS = 3
_PER_THOUSAND = 0.3

_NEGATIONS = frozenset(("not", "isn't", "wasn't", "aren't", "weren't", "didn't", "doesn't", "don't"))
_WAS = r"(?:it|this|that|he|she|they) (?:was|is|were|are)"
_NOT_BUT = re.compile(
    r"\b(?:not|n['’]t) [^.,;!?—\n]{2,60}[,;—–]? ?\bbut \w+"
    rf"|\b{_WAS}(?: not|n['’]t)\b[^.;!?\n]{{2,60}}[.;—–] ?{_WAS}\b"
    r"|\bnot (?:a|an|the) \w+[,.;—–] ?(?:a|an|the) \w+",
    re.IGNORECASE,
)


def rhythm(page: Page, found: Measures) -> Iterator[Finding]:
    """Yield a hint where sentences or paragraphs of *page*, measured as *found*, are all too even."""
    if found.sentences.count >= _SENTENCES and found.sentences.variation < EVEN:
        how = f"{found.sentences.count} sentences of nearly one length (±{found.sentences.variation:.2f})"
        yield page.finding(RHYTHM, _first(page), how)
    yield from _paragraphs(page, found)


def habits(page: Page, found: Measures) -> Iterator[Finding]:
    """Yield a hint for what *page*, measured as *found*, says again, and for turns that come too often."""
    if found.again > _AGAIN and found.words >= _WORDS:
        yield page.finding(
            REPETITION, _first(page), f"{found.again:.1%} of this section stood in the book before"
        )
    yield from _contrasts(page)
    yield from _summing_up(page)


def _paragraphs(page: Page, found: Measures) -> Iterator[Finding]:
    if found.paragraphs.count >= _PARAGRAPHS and found.paragraphs.variation < EVEN:
        how = f"{found.paragraphs.count} paragraphs of nearly one length (±{found.paragraphs.variation:.2f})"
        yield page.finding(PARAGRAPHS, _first(page), how)
    run: list[tuple[int, int]] = []
    if found.single < _SHORT_RUN:
        return
    for span in [*page.paragraphs, (len(page.text), len(page.text))]:
        if span[0] < span[1] and _is_one_sentence(page, span):
            run.append(span)
            continue
        if len(run) >= _SHORT_RUN:
            yield page.finding(
                PARAGRAPHS, run[0], f"{len(run)} paragraphs in a row that are one sentence each"
            )
        run = []


def _is_one_sentence(page: Page, span: tuple[int, int]) -> bool:
    """Whether the narrator has one sentence, and nobody else any, in the paragraph at *span*."""
    text = page.unspoken[slice(*span)].strip()
    spoken = len(page.prose[slice(*span)].split()) != len(text.split())
    return bool(text) and not spoken and len(re.findall(r"[.!?…。！？](?=\s|\Z|[^\w\s])", text)) <= 1


def _contrasts(page: Page) -> Iterator[Finding]:
    """Yield a hint if *page* says again and again what something is not before it says what it is."""
    if code_of(page.lang) != "en" or sum(word in _NEGATIONS for word in page.told_words) < _CONTRASTS:
        return
    hits = list(_NOT_BUT.finditer(page.told))
    if len(hits) >= _CONTRASTS and 1000 * len(hits) >= _PER_THOUSAND * len(page.text):
        said = clipped(page.text[slice(*hits[0].span())])
        yield page.finding(CONTRAST, hits[0].span(), f"{len(hits)} times not this but that: “{said}”")


def _summing_up(page: Page) -> Iterator[Finding]:
    closings = vocabulary(code_of(page.lang)).closings
    if len(page.paragraphs) > 1 and closings:
        start, end = page.paragraphs[-1]
        if page.told[start:end].strip().lower().startswith(closings):
            yield page.finding(SUMMING_UP, (start, end), "the last paragraph begins as a summing up does")


def _first(page: Page) -> tuple[int, int]:
    """Return the first line of *page*: the place of what is true of all of it."""
    start, _ = page.paragraphs[0] if page.paragraphs else (0, 0)
    end = page.text.find("\n", start)
    return start, end if end >= 0 else len(page.text)
