"""Whether a text came out in the book's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from storygen.draft import Finding
from storygen.review.layers import paragraphs
from storygen.review.page import Page
from storygen.review.rules import LANGUAGE
from storygen.review.vocabulary import LANGUAGES, code_of, vocabulary
from storygen.text.languages import language
from storygen.text.words import plain_words

ENOUGH = 20
"""Words that a stretch of text has before anybody says what language it is in."""

_CERTAIN = 0.25
"""The least share of common words that a text has in its own language; in prose it is some forty per cent."""

_FAINT = 0.5
"""A language is not the declared one if that has less than so much of its common words."""

_TELLING = 4
"""Words that are common in one language alone tell kin apart: so many, and so many times more."""

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
_OTHER_SCRIPT = re.compile("[\u0370-\u1eff\u1f00-\u1fff\u3040-\ud7af\U00020000-\U0003ffff]{4}")
_SENTENCE = re.compile(r"[^.!?…。！？]*(?:[.!?…]+[\"'”’»)\]]*\s*|[。！？]+[」』）]*\s*|\Z)")


def foreign_text(page: Page) -> Iterator[Finding]:
    """Yield a finding for every stretch of narration that is in another language, or one for all of them."""
    declared = code_of(page.lang)
    layer = page.told if len(page.told_words) >= ENOUGH else page.prose
    if not _is_suspect(layer, page.words, declared):
        return
    spans = list(_stretches(layer))
    found = [(span, guess) for span in spans if (guess := other_language(layer[slice(*span)], declared))]
    size = sum(end - start for start, end in spans)
    if found and 2 * sum(end - start for (start, end), _ in found) >= size:
        yield _finding(page, *found[0], whole=True)
        return
    behind = -1
    for (start, end), guess in found:
        if start != behind:
            yield _finding(page, (start, end), guess, whole=False)
        behind = end


def other_language(text: str, declared: str) -> str:
    """Return the code of the language that *text* is in, if it surely is not the *declared* one; or nothing.

    >>> other_language("The lamp was out, and nobody in the harbour had seen it go.", "de")
    'en'
    >>> other_language("Die Lampe war aus, und niemand im Hafen hatte es gesehen.", "de")
    ''
    """
    script = _script(text)
    known = language(declared)
    if script and known and script not in known.scripts:
        return _SPEAKS.get(script) or (_latin(text, declared) if script == "latin" else script) or script
    if script == "han" and declared == "ja":
        return "zh"
    return _latin(text, declared) if script == "latin" else ""


def _is_suspect(layer: str, words: Sequence[str], declared: str) -> bool:
    """Whether *layer* may hold another language at all; most texts hold none, and are done with here."""
    known = language(declared)
    if known is None or known.scripts != ("latin",) or _OTHER_SCRIPT.search(layer):
        return True
    return sum(map(_elsewhere(declared).__contains__, words)) >= _TELLING


@cache
def _elsewhere(declared: str) -> frozenset[str]:
    """Return the words that are common in other languages and not known in the *declared* one."""
    others = (vocabulary(code).common for code in LANGUAGES if code != declared)
    return frozenset[str]().union(*others) - vocabulary(declared).common - vocabulary(declared).also


def _stretches(layer: str) -> Iterator[tuple[int, int]]:
    """Yield the paragraphs of *layer* in stretches of sentences, each long enough to tell its language."""
    for first, last in paragraphs(layer):
        start = first
        for end in [found.end() for found in _SENTENCE.finditer(layer, first, last)]:
            if len(plain_words(layer[start:end])) >= ENOUGH:
                yield start, end
                start = end


def is_known(tag: str) -> bool:
    """Whether anybody can say if a text is in the language *tag*."""
    return language(tag) is not None


def _latin(text: str, declared: str) -> str:
    """Return the language whose common words make up most of *text*, if it is not the *declared* one."""
    words = plain_words(text)
    shares = {code: _share(words, vocabulary(code).common) for code in LANGUAGES}
    best = max(shares, key=lambda code: shares[code])
    if best == declared or shares[best] < _CERTAIN:
        return ""
    mine, theirs = vocabulary(declared).common, vocabulary(best).common
    own, other = (sum(word in only for word in words) for only in (mine - theirs, theirs - mine))
    is_far = shares.get(declared, 0.0) <= _FAINT * shares[best]
    return best if is_far or other >= _TELLING * max(1, own) else ""


def _share(words: Sequence[str], common: frozenset[str]) -> float:
    return sum(word in common for word in words) / max(1, len(words))


def _script(text: str) -> str:
    """Return the script that most letters of *text* are in; any fair share of kana makes it Japanese."""
    counts = {name: len(letters.findall(text)) for name, letters in _SCRIPTS.items()}
    most = max(counts, key=lambda name: counts[name])
    if most in {"han", "kana"}:
        return "kana" if counts["kana"] >= _KANA_SHARE * (counts["kana"] + counts["han"]) else "han"
    return most if counts[most] else ""


def _finding(page: Page, span: tuple[int, int], guess: str, *, whole: bool) -> Finding:
    names = [known.name if (known := language(tag)) else tag for tag in (guess, page.lang)]
    what = "the section" if whole else "a paragraph"
    return page.finding(LANGUAGE, span, f"{what} is in {names[0]}, and the book in {names[1]}")
