"""Holds what a model objects to against the text: a quote has its one place there, or the objection goes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from storygen.draft import Objection
from storygen.review.page import Page
from storygen.review.rules import Ground, Rule

MOST = 8
"""Objections to one text."""

_BLANK = r"(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*)"
"""What stands between two words of a paragraph: blanks, or the end of a line."""

_BREAK = r"[^\S\n]*\n\s*\n[^\S\n]*"
_BREAKS = re.compile(_BREAK)


@dataclass(frozen=True, slots=True)
class Applied:
    """A text with suggestions in the place of their quotes.

    `taken` are the numbers of the objections that were applied, `left` says why of the others.
    """

    text: str
    taken: tuple[int, ...]
    left: tuple[tuple[int, str], ...]


def span_of(quote: str, text: str) -> tuple[int, int] | None:
    r"""Return the only place of *quote* in *text*; None where it is not there, or more than once.

    Only blanks may differ, and the ends of lines within a paragraph.

    >>> span_of("the lamp was out", "At nine the lamp\nwas out."), span_of("the", "the lamp, the boat")
    ((8, 24), None)
    """
    paragraphs = (_BLANK.join(map(re.escape, part.split())) for part in _BREAKS.split(quote.strip()))
    pattern = _BREAK.join(paragraphs)
    found = [each.span(1) for each in re.finditer(f"(?=({pattern}))", text)] if pattern else []
    return found[0] if len(found) == 1 else None


def anchored(objections: Iterable[Objection], text: str) -> tuple[tuple[Objection, ...], int]:
    """Return the objections whose quotes have one place in *text*, the first MOST, and how many have none.

    Their quotes are the text's own words then, to the letter. What is suggested and already there is no
    suggestion; of two objections to the same words the first stays.
    """
    kept: dict[tuple[int, int], Objection] = {}
    lost = 0
    for each in objections:
        if span := span_of(each.quote, text):
            quote = text[slice(*span)]
            suggestion = "" if each.suggestion.split() == quote.split() else each.suggestion
            kept.setdefault(span, replace(each, quote=quote, suggestion=suggestion))
        else:
            lost += 1
    return tuple(kept.values())[:MOST], lost


def placed(objection: Objection, page: Page) -> Objection:
    """Return *objection* with its place on *page*; without one where its words are not there any more."""
    span = span_of(objection.quote, page.text)
    if span is None:
        return replace(objection, path=page.piece.path)
    at = page.finding(Rule(objection.rule, Ground.INDICATIVE, objection.help), span, objection.message)
    place = {name: getattr(at, name) for name in ("path", "line", "column", "width", "source", "severity")}
    return replace(objection, **place)


def applied(text: str, chosen: Iterable[tuple[int, Objection]]) -> Applied:
    """Put the suggestions of the *chosen* objections, each with its number, into *text*.

    What lies outside of their quotes stays to the letter. One without a suggestion is left, as is one whose
    quote has no longer its one place, or shares words with one that was taken.
    """
    spans: dict[int, tuple[int, int, str]] = {}
    left: list[tuple[int, str]] = []
    for number, each in chosen:
        span = span_of(each.quote, text)
        if not each.suggestion:
            left.append((number, "it suggests no other words"))
        elif span is None and span_of(each.suggestion, text):
            left.append((number, "what it suggests stands there already"))
        elif span is None:
            left.append((number, "its words are no longer in the text exactly once"))
        elif shared := [
            other for other, (start, end, _) in spans.items() if start < span[1] and span[0] < end
        ]:
            left.append((number, f"it shares words with {shared[0]}"))
        else:
            spans[number] = (*span, each.suggestion)
    for start, end, suggestion in sorted(spans.values(), reverse=True):
        text = text[:start] + suggestion + text[end:]
    return Applied(text, tuple(spans), tuple(left))
