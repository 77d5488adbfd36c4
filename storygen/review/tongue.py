"""Whether a text came out in the book's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from storygen.draft import Finding
from storygen.review.layers import paragraphs
from storygen.review.page import Page
from storygen.review.rules import LANGUAGE
from storygen.review.vocabulary import LANGUAGES, code_of, vocabulary
from storygen.text.languages import language
from storygen.text.words import plain_words

ENOUGH = 20
"""Words that a paragraph has before anybody says what language it is in."""

_CERTAIN = 0.25
"""The least share of common words that a text has in its own language; in prose it is some forty per cent."""

_FAINT = 0.5
"""A language is not the declared one if that has less than so much of its common words."""

_SCRIPTS = {
    "kana": re.compile("[\u3041-\u30ff\uff66-\uff9f]"),
    "han": re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"),
    "hangul": re.compile("[\uac00-\ud7af\u1100-\u11ff]"),
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "greek": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "arabic": re.compile("[\u0600-\u06ff]"),
    "hebrew": re.compile("[\u0590-\u05ff]"),
    "latin": re.compile("[A-Za-zÀ-ɏ]"),
}
_SPEAKS = {"kana": "ja", "han": "zh", "hangul": "ko"}
_KANA_SHARE = 0.1
_LARGEST = 2_000


def foreign_text(page: Page) -> Iterator[Finding]:
    """Yield a finding for every paragraph of narration that is in another language, or one for them all."""
    declared = code_of(page.lang)
    spans = [span for span in paragraphs(page.told) if _has_enough(page.told[slice(*span)])]
    layer = page.told if spans else page.prose
    spans = spans or ([(0, len(page.prose))] if _has_enough(page.prose) else [])
    found = [(span, guess) for span in spans if (guess := other_language(layer[slice(*span)], declared))]
    size = sum(end - start for start, end in spans)
    foreign = sum(end - start for (start, end), _ in found)
    if found and 2 * foreign >= size:
        yield _finding(page, *found[0], whole=True)
        return
    for span, guess in found:
        yield _finding(page, span, guess, whole=False)


def other_language(text: str, declared: str) -> str:
    """Return the code of the language that *text* is in, if it surely is not the *declared* one; or nothing.

    >>> other_language("The lamp was out, and nobody in the harbour had seen it go.", "de")
    'en'
    >>> other_language("Die Lampe war aus, und niemand im Hafen hatte es gesehen.", "de")
    ''
    """
    script = _script(text[:_LARGEST])
    known = language(declared)
    if script and known and script not in known.scripts:
        return _SPEAKS.get(script) or (_latin(text, declared) if script == "latin" else script) or script
    if script == "han" and declared == "ja":
        return "zh"
    return _latin(text, declared) if script == "latin" else ""


def is_known(tag: str) -> bool:
    """Whether anybody can say if a text is in the language *tag*."""
    return language(tag) is not None


def _latin(text: str, declared: str) -> str:
    """Return the language whose common words make up most of *text*, if it is not the *declared* one."""
    words = plain_words(text)
    shares = {code: _share(words, vocabulary(code).common) for code in LANGUAGES}
    best = max(shares, key=lambda code: shares[code])
    if best == declared or shares[best] < _CERTAIN or shares.get(declared, 0.0) > _FAINT * shares[best]:
        return ""
    return best


def _share(words: Sequence[str], common: frozenset[str]) -> float:
    return sum(word in common for word in words) / max(1, len(words))


def _script(text: str) -> str:
    """Return the script that most letters of *text* are in; any fair share of kana makes it Japanese."""
    counts = {name: len(letters.findall(text)) for name, letters in _SCRIPTS.items()}
    most = max(counts, key=lambda name: counts[name])
    if most in {"han", "kana"}:
        return "kana" if counts["kana"] >= _KANA_SHARE * (counts["kana"] + counts["han"]) else "han"
    return most if counts[most] else ""


def _has_enough(text: str) -> bool:
    return len(plain_words(text)) >= ENOUGH


def _finding(page: Page, span: tuple[int, int], guess: str, *, whole: bool) -> Finding:
    names = [known.name if (known := language(tag)) else tag for tag in (guess, page.lang)]
    what = "the section" if whole else "a paragraph"
    return page.finding(LANGUAGE, span, f"{what} is in {names[0]}, and the book in {names[1]}")
